"""A code reader on a serial line (a USB reader as a virtual port, 9600 8N1): one code a line, ended by CR or LF."""

from collections.abc import Callable
from typing import Final

from drivers import Put, monotonic_ms
from drivers.reader import LONGEST, CodeRead, CodeReader, ReaderLost
from drivers.serial_port import Hear, SerialPort, Write

PAUSE_MS: Final = 2000
"""Bytes further apart than this do not belong to one code: a worn plug's noise must not stand before the next one."""


class LineReader:
    """Bytes in, whole lines out; holds at most one line, and discards what is too long or no text."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._overlong = False

    def drop(self) -> None:
        """What is held has no end, and never will."""
        self._held.clear()
        self._overlong = False

    def feed(self, data: bytes) -> list[str]:
        """Take what the wire brought and return the lines it completed, in order; empty ones are none."""
        lines = []
        for byte in data:
            if byte not in b"\r\n":
                self._overlong = self._overlong or len(self._held) >= LONGEST
                if not self._overlong:
                    self._held.append(byte)
                continue
            text = "" if self._overlong else _text(bytes(self._held))
            self.drop()
            if text:
                lines.append(text)
        return lines


def _text(line: bytes) -> str:
    try:
        text = line.decode().strip()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""


class SerialReader(CodeReader):
    """The reader on one serial port; no other process may hold the port meanwhile.

    Args:
        port: device node, e.g. ``/dev/hall/reader`` or a pty.
        put: where ``CodeRead`` and ``ReaderLost`` go.
        baud: 9600 as readers come; always 8N1.
        now: monotonic milliseconds.
    """

    def __init__(self, port: str, put: Put, *, baud: int = 9600, now: Callable[[], int] = monotonic_ms) -> None:
        self._put = put
        self._now = now
        self._wire = SerialPort(
            port, baud, what="code reader", listen=self._listen, lost=lambda reason: put(ReaderLost(reason))
        )

    def open(self) -> None:
        """Open the port for this process alone and start reading; whatever waited in its buffer is discarded.

        Raises:
            DriverOffline: no such port, no permission, or another process holds it.
        """
        self._wire.open()

    def close(self) -> None:
        """Stop reading and release the port. No ``ReaderLost`` follows a close."""
        self._wire.close()

    def check(self) -> None:
        """Say whether the port is open and its thread alive; a reader itself cannot be asked.

        Raises:
            DriverOffline: closed, or lost since ``open``.
        """
        self._wire.check()

    def _listen(self, _: Write) -> Hear:
        lines, last = LineReader(), self._now()

        def hear(data: bytes) -> None:
            nonlocal last
            before, last = last, self._now()
            if last - before > PAUSE_MS:
                lines.drop()
            for text in lines.feed(data):
                self._put(CodeRead(text, last))

        return hear
