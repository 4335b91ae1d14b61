"""What every LED far end is: signs on one line that show texts, lose them with their power, and can break."""

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, Final

from drivers.virtual.faults import Fault
from drivers.virtual.led_line import NOISE, LedLine

KEEP_FRAMES: Final = 200  # a demo runs for days
KEEP_BYTES: Final = 4096  # of unfinished input; a longer frame is not one
LATE_S: Final = 1.5
"""A slow sign's delay: more than a driver waits for an answer, with all its retries."""


class ShownSign:
    """One sign: what it was sent and what it shows, to be looked at from any thread."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.muted = False
        """No power: it hears nothing, shows nothing, answers nothing."""
        self.heard_ns = 0
        """When the first byte of the last frame arrived (``time.monotonic_ns``)."""
        self._frames: deque[bytes] = deque(maxlen=KEEP_FRAMES)
        self._history: deque[str] = deque(maxlen=KEEP_FRAMES)
        self._rows: dict[int, str] = {}
        self._lock = threading.Lock()

    @property
    def frames(self) -> list[bytes]:
        """The last whole frames for this sign, as they were on the wire, oldest first."""
        with self._lock:
            return list(self._frames)

    @property
    def text(self) -> str:
        """What the sign shows, its lines separated by ``\\n``; ``""`` is a dark sign."""
        with self._lock:
            return self._text()

    @property
    def history(self) -> list[str]:
        """What it has shown, oldest first; one text shown again counts once."""
        with self._lock:
            return list(self._history)

    def darken(self) -> None:
        """Lose what is shown, as at a power cut."""
        self.put({})

    def heard(self, raw: bytes, heard_ns: int) -> None:
        """Note a whole frame for this sign."""
        with self._lock:
            self._frames.append(raw)
            self.heard_ns = heard_ns

    def rows(self) -> dict[int, str]:
        """Row → its text."""
        with self._lock:
            return dict(self._rows)

    def put(self, rows: dict[int, str]) -> None:
        """Show these rows and no others."""
        with self._lock:
            self._rows = {row: text for row, text in rows.items() if text}
            if not self._history or self._history[-1] != self._text():
                self._history.append(self._text())

    def _text(self) -> str:
        return "\n".join(self._rows.get(row, "") for row in range(max(self._rows, default=-1) + 1))


class VirtualSigns(ABC):
    """The signs of one line, behind a port that the real driver opens; a ``FarEnd``.

    Args:
        cards: what hangs on the line, by address.
        link: where a symlink to the pty is kept, so that the driver's path outlives ``unplug`` and ``replug``.
        tcp: a network card's port on 127.0.0.1 instead of a serial line.
        late_s: how late a slow line is.
        on_change: called with a sign's address, from the line's thread or a knob's caller, after anything about it
            changed. Must not block.
    """

    HAS: ClassVar[frozenset[Fault]] = frozenset(
        {Fault.UNPLUGGED, Fault.SILENT, Fault.GARBAGE, Fault.LOST_BYTES, Fault.SLOW}
    )
    """The faults it can have."""

    def __init__(
        self,
        cards: Mapping[int, ShownSign],
        *,
        link: Path | None = None,
        tcp: bool = False,
        late_s: float = LATE_S,
        on_change: Callable[[int], None] | None = None,
    ) -> None:
        self.cards: Mapping[int, ShownSign] = cards
        """What hangs on the line, by address."""
        self._on_change = on_change
        self._faults = dict.fromkeys(sorted(self.HAS), False)
        self._change = threading.Condition()
        self._pending = b""
        self._on_bytes: Callable[[], None] | None = None
        self.line = LedLine(self._arrived, link=link, tcp=tcp, late_s=late_s)
        self._changed(*self.cards)

    @property
    def path(self) -> str:
        """The port to give the driver."""
        return self.line.port

    @property
    def faults(self) -> Mapping[Fault, bool]:
        """Every fault it can have, and whether it has it now."""
        return dict(self._faults)

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Let the line or its signs break so, or mend them (``FarEnd.set_fault``)."""
        if fault not in self._faults:
            raise ValueError(f"an LED sign of this kind cannot have {fault.value!r}")
        self._faults[fault] = on
        match fault:
            case Fault.UNPLUGGED if on:
                self.line.pull_out()
            case Fault.UNPLUGGED:
                self.line.plug_in()
            case Fault.SILENT:
                for sign in self.cards.values():
                    sign.darken()
            case Fault.GARBAGE:
                self.line.noise = NOISE if on else b""
            case Fault.LOST_BYTES:
                self.line.loses = on
            case Fault.SLOW:
                self.line.set_slow(on)
            case Fault.DUPLICATE:
                self.line.doubles = on
            case _:  # what it answers is the card's business
                pass
        self._changed(*self.cards)

    def set_mute(self, address: int, muted: bool) -> None:
        """Take one sign's power away, or give it back: it comes back dark."""
        self.cards[address].muted = muted
        self.cards[address].darken()
        self._changed(address)

    def unplug(self) -> None:
        """Pull the adapter: the driver's next read or write fails, its path is gone. The signs keep their text."""
        self.set_fault(Fault.UNPLUGGED, on=True)

    def replug(self) -> None:
        """Put the adapter back, as a new pty under the same link, or on the same TCP port."""
        self.set_fault(Fault.UNPLUGGED, on=False)

    def wait_for(self, happened: Callable[[], bool], timeout_s: float = 5.0) -> bool:
        """Wait until this is so, looking after every change; whether it came to be."""
        with self._change:
            return self._change.wait_for(happened, timeout_s)

    def on_bytes(self, act: Callable[[], None] | None) -> None:
        """Have this done in the line's thread when bytes come, before they are heard; they are then lost."""
        self._on_bytes = act

    def close(self) -> None:
        """End the line's thread and give back the port; may be called twice."""
        self._on_change = None
        self.line.close()

    @abstractmethod
    def _hear(self, pending: bytes, heard_ns: int) -> bytes:
        """Obey every whole frame in ``pending``; what remains is the beginning of the next one."""

    def _powered(self, address: int) -> bool:
        return not (self.cards[address].muted or self._faults[Fault.SILENT])

    def _arrived(self, data: bytes, heard_ns: int) -> None:
        if self._on_bytes is not None:
            self._on_bytes()
            return
        self._pending = self._hear(self._pending + data, heard_ns)[-KEEP_BYTES:]

    def _changed(self, *addresses: int) -> None:
        with self._change:
            self._change.notify_all()
        for address in addresses:
            if self._on_change is not None:
                self._on_change(address)
