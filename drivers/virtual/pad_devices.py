"""What the devices of one ``FF 68`` bus do with time and bytes: send a key until it is heard, show what they are told.

Pure: the clock comes in, bytes go out. The codec is the devices' own, so that a mistake in the host's cannot hide.
A device sends, waits ``ack_s`` for the answer and sends again, three times at most (hardware.md 3.1).
"""

from collections import deque
from collections.abc import Collection
from typing import Final

import msgspec

PAD: Final = 0x01
EVALUATOR: Final = 0x11

_RETRIES: Final = 3
STUCK_S: Final = 0.1
"""A stuck key is sent anew this often."""
_LATE_S: Final = 2.0


class PadFace(msgspec.Struct, frozen=True):
    """What a person sees and hears at one address.

    ``digits`` is six characters, three waiting and three of the ticket, a blank for a dark digit; ``heard`` and
    ``unheard`` count the presses that were and were not answered.
    """

    digits: str = " " * 6
    beeps: int = 0
    invited: bool = False
    heard: int = 0
    unheard: int = 0


class _Device:
    """One pad or evaluator: keys to send, the one under way, and echoes still to come of it."""

    def __init__(self) -> None:
        self.keys: deque[bytes] = deque()
        self.sent: bytes | None = None
        self.sends = 0
        self.deadline = 0.0
        self.jammed: bytes | None = None
        self.jammed_at = 0.0
        self.echo = b""
        self.echoes = 0
        self.echo_until = 0.0


class PadDevices:
    """All devices of one bus.

    ``faults`` holds how many coming frames or answers suffer each fault; those in ``always`` all do.
    """

    def __init__(
        self, pads: Collection[int], evaluators: Collection[int], ack_s: float, lit_s: float, stuck_s: float = STUCK_S
    ) -> None:
        self._devices = {(address, PAD): _Device() for address in pads}
        self._devices |= {(address, EVALUATOR): _Device() for address in evaluators}
        self._ack_s = ack_s
        self._lit_s = lit_s
        self._stuck_s = stuck_s
        self._lit_until: dict[int, float] = {}
        self._buffer = bytearray()
        self.faces = {address: PadFace() for address, _ in self._devices}
        self.changed: set[int] = set()
        self.faults = {"corrupt": 0, "duplicate": 0, "deaf": 0}
        self.always: set[str] = set()

    def press(self, address: int, kind: int, data: bytes) -> None:
        """A finger comes down.

        Raises:
            ValueError: no such device.
        """
        self._device(address, kind).keys.append(data)

    def jam(self, address: int, data: bytes | None, kind: int = PAD) -> None:
        """A key sticks, or with None comes free.

        Raises:
            ValueError: no such device.
        """
        self._device(address, kind).jammed = data

    def first(self) -> tuple[int, int]:
        """The address and kind of one device."""
        return next(iter(self._devices))

    def forget(self) -> None:
        """The power is gone: what was pressed is not sent, what shone is dark."""
        for device in self._devices.values():
            device.keys.clear()
            device.sent = None
        self._buffer.clear()
        for address in self.faces:
            self._go_dark(address)
            self._show(address, digits=" " * 6)

    @property
    def idle(self) -> bool:
        """Whether no key is under way."""
        return not any(device.keys or device.sent for device in self._devices.values())

    def patience(self, now: float) -> float | None:
        """Seconds until ``play`` must be called again; None: only when something happens."""
        due = [device.deadline for device in self._devices.values() if device.sent is not None]
        due += [device.jammed_at for device in self._devices.values() if device.jammed is not None]
        due += self._lit_until.values()
        return max(0.0, min(due) - now) if due else None

    def play(self, now: float) -> bytes:
        """Do what is due, and return what goes onto the wire."""
        out = b""
        for (address, kind), device in self._devices.items():
            if device.jammed is not None and device.jammed_at <= now:
                device.jammed_at = now + self._stuck_s
                device.keys.append(device.jammed)
            if device.sent is not None and device.deadline <= now and device.sends > _RETRIES:
                device.sent = None
                self._show(address, unheard=self.faces[address].unheard + 1)
            if device.sent is None and device.keys:
                device.sent, device.sends, device.deadline = device.keys.popleft(), 0, now
            if device.sent is not None and device.deadline <= now:
                out += self._transmit(address, kind, device, device.sent, now)
        for address in [address for address, until in self._lit_until.items() if until <= now]:
            self._go_dark(address)
        return out

    def hear(self, data: bytes, now: float) -> None:
        """Bytes from the host."""
        buffer = self._buffer
        buffer += data
        while (start := buffer.find(b"\xff\x68")) >= 0:
            del buffer[:start]
            if len(buffer) < 5:
                return
            size = buffer[2]
            if buffer[3] != size or buffer[4] != 0x68 or not 2 <= size <= 8:
                del buffer[:1]
                continue
            if len(buffer) < size + 7:
                return
            address, func, *rest = buffer[5 : size + 5]
            good = (address + func + sum(rest)) % 256 == buffer[size + 5] and buffer[size + 6] == 0x16
            del buffer[: size + 7 if good else 1]
            if good and address in self.faces:
                self._obey(address, func, bytes(rest), now)
        del buffer[:-1]

    def _obey(self, address: int, func: int, data: bytes, now: float) -> None:
        face = self.faces[address]
        if func == 0x02 and len(data) == 6:
            self._show(address, digits="".join(" " if digit == 0x0A else f"{digit:X}"[-1] for digit in data))
        elif func == 0x03:
            self._show(address, beeps=face.beeps + 1)
        elif func == 0x01:
            answered = self._answered(address, data, now)
            if not answered and data == b"\x0b" and (address, EVALUATOR) in self._devices:
                self._lit_until[address] = now + self._lit_s
                self._show(address, invited=True)

    def _answered(self, address: int, data: bytes, now: float) -> bool:
        """Take a frame as the answer to a press; also the second answer to a press that was sent twice.

        Without the count, the late echo of a 评价 key would be the start of an evaluation: the same bytes.
        """
        for kind in (EVALUATOR, PAD):
            device = self._devices.get((address, kind))
            if device is None or device.echo != data or not device.echoes or now > device.echo_until:
                continue
            device.echoes -= 1
            if self._fault("deaf"):
                return True
            if device.sent == data:
                device.sent = None
                self._show(address, heard=self.faces[address].heard + 1)
                if kind == EVALUATOR:
                    self._go_dark(address)
            return True
        return False

    def _transmit(self, address: int, kind: int, device: _Device, data: bytes, now: float) -> bytes:
        device.sends += 1
        device.deadline = now + self._ack_s
        body = bytes([address, kind, *data])
        frame = bytes([0xFF, 0x68, len(body), len(body), 0x68, *body, sum(body) % 256, 0x16])
        if self._fault("corrupt"):
            return frame[:-2] + bytes([frame[-2] ^ 0x5A, 0x16])
        copies = 2 if self._fault("duplicate") else 1
        device.echoes = copies + (device.echoes if device.echo == data and now <= device.echo_until else 0)
        device.echo, device.echo_until = data, now + _LATE_S
        return frame * copies

    def _fault(self, name: str) -> bool:
        due = self.faults[name] > 0
        self.faults[name] -= due
        return due or name in self.always

    def _go_dark(self, address: int) -> None:
        if self._lit_until.pop(address, None) is not None:
            self._show(address, invited=False)

    def _show(self, address: int, **news: str | int | bool) -> None:
        self.faces[address] = msgspec.structs.replace(self.faces[address], **news)
        self.changed.add(address)

    def _device(self, address: int, kind: int) -> _Device:
        try:
            return self._devices[address, kind]
        except KeyError:
            raise ValueError(f"no {'pad' if kind == PAD else 'evaluator'} at address {address}") from None
