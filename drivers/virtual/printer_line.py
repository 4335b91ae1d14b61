"""A bad line between the virtual printer and its host: what is lost, doubled or surrounded by nonsense on it."""

from typing import Final

LOSE_EVERY: Final = 7
NONSENSE: Final = (b"\xff\x00", b"\x9c\x12", b"\x81\x37\xd0", b"\x00\xe5", b"\x14\xa0\x00", b"\xfe\x16\x7e")
"""Every piece holds a byte no printer says, and most also one that some printer might."""


class PrinterLine:
    """What is wrong with it now. For the printer's own thread only."""

    def __init__(self) -> None:
        self.loses = False
        self.garbled = False
        self.doubles = False
        self._heard = 0
        self._said = 0
        self._pieces = 0

    def hears(self, data: bytes) -> bytes:
        """What arrives at the printer of what the host sent."""
        if not self.loses:
            return data
        kept = bytes(byte for at, byte in enumerate(data, self._heard + 1) if at % LOSE_EVERY)
        self._heard += len(data)
        return kept

    def says(self, answers: list[bytes]) -> bytes:
        """What arrives at the host of the printer's answers."""
        said = b"".join(answer * 2 if self.doubles else answer for answer in answers)
        if self.garbled:
            said = self._nonsense() + said + self._nonsense()
        if not self.loses:
            return said
        kept = bytes(byte for at, byte in enumerate(said, self._said + 1) if at % LOSE_EVERY)
        self._said += len(said)
        return kept

    def _nonsense(self) -> bytes:
        self._pieces += 1
        return NONSENSE[self._pieces % len(NONSENSE)]
