"""The player program that plugs into a ``VirtualLoudspeaker``: ``loudspeaker_cable.py SOCKET < WAV``; stdlib only.

It plays like ``aplay``: returns when the sound has ended, exit 0 when it was heard, 1 with a sentence when not.
"""

import socket
import sys

_WHY = {
    b"!": "audio open error: Device or resource busy",
    b"": "audio open error: the loudspeaker is unplugged",
}


def main(path: str) -> int:
    """Send the file, wait until the loudspeaker says that it has been heard."""
    sound = sys.stdin.buffer.read()
    with socket.socket(socket.AF_UNIX) as cable:
        try:
            cable.connect(path)
            cable.sendall(len(sound).to_bytes(8, "big") + sound)
            heard = cable.recv(1)
        except OSError as error:
            sys.stderr.write(f"audio open error: {error}\n")
            return 1
    if heard != b".":
        sys.stderr.write(_WHY.get(heard, "audio open error") + "\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
