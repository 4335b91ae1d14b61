"""The far ends of the cables: what a printer, sign, pad, loudspeaker or line would do with the bytes it gets.

Nothing here is imported by a real back-end; each far end sits behind a pty, a socket or a pin board, speaks the
device's protocol with code of its own, and has its faults switched on from outside.
"""
