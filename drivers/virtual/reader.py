"""The far ends of a code reader's two wires: codes held before a lens, sent down a pty or typed as a USB keyboard."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from drivers.virtual.faults import Fault
from drivers.virtual.pty_wire import PtyWire
from drivers.virtual.usb_keys import DOWN, EV_KEY, EV_MSC, EV_SYN, UP, VirtualUsbKeys

NOISE: Final = b"\x00\xff\x1b[A\x80\r"
"""What a worn plug sends: bytes that are no text, and an end of a line."""
_LOSES: Final = 5
"""Every so many characters, one gets lost."""


class VirtualReader:
    """One reader on a serial line. A code that nobody reads is lost, as on a wire.

    Args:
        link: a stable name for the pty, made at ``open`` and at ``replug``, removed at ``unplug``.
    """

    def __init__(self, *, link: Path) -> None:
        self._wire = PtyWire(link)
        self._faults = dict.fromkeys(
            (Fault.UNPLUGGED, Fault.SILENT, Fault.GARBAGE, Fault.LOST_BYTES, Fault.DUPLICATE), False
        )

    @property
    def faults(self) -> Mapping[Fault, bool]:
        """Every fault it can have, and whether it has it now."""
        return dict(self._faults)

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Let it break so, or mend it.

        Raises:
            ValueError: it cannot have that fault.
        """
        if fault not in self._faults:
            raise ValueError(f"a code reader cannot be {fault.value}")
        if fault is Fault.UNPLUGGED:
            (self.unplug if on else self.replug)()
        self._faults[fault] = on

    def open(self) -> None:
        """Put the cable in.

        Raises:
            OSError: no pty, or the link cannot be made.
        """
        self._wire.plug_in()

    def replug(self) -> None:
        """Put the cable in again."""
        self._wire.plug_in()
        self._faults[Fault.UNPLUGGED] = False

    def unplug(self) -> None:
        """Pull the cable."""
        self._wire.pull_out()
        self._faults[Fault.UNPLUGGED] = True

    def close(self) -> None:
        """Take everything away."""
        self._wire.pull_out()

    @property
    def path(self) -> str:
        """The port the host opens."""
        return self._wire.path

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._wire.plugged

    def scan(self, text: str) -> None:
        """Hold a code before the lens: its text goes down the wire as one line."""
        if self._faults[Fault.SILENT]:
            return
        line = text.encode()
        if self._faults[Fault.LOST_BYTES]:
            line = bytes(byte for place, byte in enumerate(line, 1) if place % _LOSES)
        line = (line + b"\r") * (2 if self._faults[Fault.DUPLICATE] else 1)
        self.send(NOISE + line + NOISE if self._faults[Fault.GARBAGE] else line)

    def send(self, data: bytes) -> None:
        """Put these bytes on the wire."""
        self._wire.send(data)


_ROWS: Final = {2: "1234567890-=", 16: "qwertyuiop[]", 30: "asdfghjkl;'`", 43: "\\zxcvbnm,./"}
_SHIFTED_ROWS: Final = {2: "!@#$%^&*()_+", 16: "QWERTYUIOP{}", 30: 'ASDFGHJKL:"~', 43: "|ZXCVBNM<>?"}
"""Rows of a US keyboard: the kernel's code of the first key, and what the row types."""
SHIFT, ENTER, SPACE = 42, 28, 57
_KEYS: Final = {first + place: char for first, row in _ROWS.items() for place, char in enumerate(row)}
_SHIFTED: Final = {first + place: char for first, row in _SHIFTED_ROWS.items() for place, char in enumerate(row)}
_CODES: Final = {char: code for code, char in _KEYS.items()} | {" ": SPACE}
_SHIFTED_CODES: Final = {char: code for code, char in _SHIFTED.items()}


class VirtualHidReader(VirtualUsbKeys):
    """One reader that types as a USB keyboard. It is plugged into ``usb_keys.UsbSockets``."""

    def __init__(self, phys: str = "usb-1.2/input0") -> None:
        super().__init__(sorted({*_KEYS, SHIFT, ENTER, SPACE, 69}), phys)
        self._faults |= {Fault.LOST_BYTES: False, Fault.DUPLICATE: False}

    def scan(self, text: str, end: int = ENTER) -> None:
        """Hold a code before the lens: it is typed as fast as USB allows, and Enter after it.

        Raises:
            KeyError: a US keyboard has no such character; a real reader leaves it out or beeps.
        """
        if self._faults[Fault.SILENT]:
            return
        for _ in range(2 if self._faults[Fault.DUPLICATE] else 1):
            if self._faults[Fault.GARBAGE]:
                self.garbage()
            for place, char in enumerate(text, 1):
                if not (self._faults[Fault.LOST_BYTES] and place % _LOSES == 0):
                    self.emit(*_strokes(char))
            self.emit(*_stroke(end))


def _strokes(char: str) -> Iterator[tuple[int, int, int]]:
    shifted = char in _SHIFTED_CODES
    if shifted:
        yield from ((EV_MSC, 4, 0x700E1), (EV_KEY, SHIFT, DOWN), (EV_SYN, 0, 0))
    yield from _stroke(_SHIFTED_CODES[char] if shifted else _CODES[char])
    if shifted:
        yield from ((EV_KEY, SHIFT, UP), (EV_SYN, 0, 0))


def _stroke(code: int) -> Iterator[tuple[int, int, int]]:
    yield from ((EV_MSC, 4, 0x70004), (EV_KEY, code, DOWN), (EV_SYN, 0, 0), (EV_KEY, code, UP), (EV_SYN, 0, 0))
