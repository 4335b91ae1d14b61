"""What is wrong with a pad bus: bytes that get lost, come late, are damaged or are no protocol at all."""

from collections import deque
from typing import Final

from drivers.virtual.faults import Fault
from drivers.virtual.pad_devices import PAD, PadDevices

FAULTS: Final = (
    Fault.SILENT,
    Fault.GARBAGE,
    Fault.LOST_BYTES,
    Fault.SLOW,
    Fault.WRONG_CHECKSUM,
    Fault.DUPLICATE,
    Fault.STUCK_KEY,
)
NOISE: Final = bytes.fromhex("00 68 ff ff 16 68 05 05 68 ff")
"""Bytes of every kind that the protocol has, and no frame."""
LOST_EACH: Final = 23
"""Of so many bytes one does not arrive: most frames come through at the second or third sending."""
LATE_S: Final = 0.4
"""How much later than sent everything arrives on a slow bus."""
_ALWAYS: Final = {Fault.WRONG_CHECKSUM: "corrupt", Fault.DUPLICATE: "duplicate"}


class PadLine:
    """The devices of one bus behind a wire that can be bad. Not for two threads at once."""

    def __init__(self, bus: PadDevices, late_s: float = LATE_S) -> None:
        self._bus = bus
        self.faults = dict.fromkeys(FAULTS, False)
        self._out, self._in = _Direction(late_s), _Direction(late_s)

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Let it break so, or mend it. A stuck key is 呼叫 of the first pad, or the first key of the first evaluator
        where there is no pad.

        Raises:
            ValueError: it cannot have that fault.
        """
        if fault not in self.faults:
            raise ValueError(f"a pad bus cannot be {fault.value}")
        self.faults[fault] = on
        self._out.losing = self._in.losing = self.faults[Fault.LOST_BYTES]
        self._out.slow = self._in.slow = self.faults[Fault.SLOW]
        self._bus.always = {_ALWAYS[each] for each in _ALWAYS if self.faults[each]}
        if fault is Fault.SILENT:
            self._bus.forget()
        if fault is Fault.STUCK_KEY:
            address, kind = self._bus.first()
            key = b"\x0c" if kind == PAD else b"\x00"
            self._bus.jam(address, key if on else None, kind)

    def turn(self, heard: bytes, now: float) -> bytes:
        """Let the devices hear what was sent, and return what arrives of what they say."""
        heard = self._in.carry(heard, now)
        if self.faults[Fault.SILENT]:
            return self._out.carry(b"", now)
        self._bus.hear(heard, now)
        said = self._bus.play(now)
        if said and self.faults[Fault.GARBAGE]:
            said = NOISE + said + NOISE
        return self._out.carry(said, now)

    def patience(self, now: float) -> float | None:
        """Seconds until ``turn`` must be called again; None: only when something happens."""
        waits = [self._out.patience(now), self._in.patience(now)]
        if not self.faults[Fault.SILENT]:
            waits.append(self._bus.patience(now))
        return min((wait for wait in waits if wait is not None), default=None)


class _Direction:
    """One direction of the wire."""

    def __init__(self, late_s: float) -> None:
        self._late_s = late_s
        self.losing = False
        self.slow = False
        self._passed = 0
        self._late: deque[tuple[float, bytes]] = deque()

    def carry(self, data: bytes, now: float) -> bytes:
        """What arrives now of what was sent until now."""
        if self.losing:
            first, self._passed = self._passed, self._passed + len(data)
            data = bytes(byte for place, byte in enumerate(data, first + 1) if place % LOST_EACH)
        if data:
            self._late.append((now + self._late_s * self.slow, data))
        arrived = b""
        while self._late and self._late[0][0] <= now:
            arrived += self._late.popleft()[1]
        return arrived

    def patience(self, now: float) -> float | None:
        return max(0.0, self._late[0][0] - now) if self._late else None
