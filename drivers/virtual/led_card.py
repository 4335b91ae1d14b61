"""Onbon font cards at the far end of their wire: they decode what the driver sends, show it, and answer or stay dark.

The decoder is written from the card's side of hardware.md 2.1 and shares nothing with ``drivers.led``: were both
wrong in the same way, no test would notice.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import ClassVar, Final

from drivers.virtual.faults import Fault
from drivers.virtual.led_signs import LATE_S, ShownSign, VirtualSigns

_FRAME: Final = re.compile(rb"\xa5+([^\xa5\x5a]*)\x5a")
_ESCAPED: Final = re.compile(rb"[\xa6\x5b][\x01\x02]?")
_PLAIN: Final = {b"\xa6\x02": b"\xa5", b"\xa6\x01": b"\xa6", b"\x5b\x02": b"\x5a", b"\x5b\x01": b"\x5b"}
_ORDER: Final = re.compile(r"\\(C[0-9]|F[OE][0-9]{3})")
_BROADCAST: Final = 0xFFFE
_OK, _NO_GROUP, _NO_COMMAND, _BAD_CHECKSUM = 0, 1, 2, 5


class LedCard(ShownSign):
    """One card."""

    def __init__(self, address: int) -> None:
        super().__init__(address)
        self.refuse_with: int | None = None
        """Error code it answers everything with, or None."""
        self.refuse_shows_with: int | None = None
        """Error code it answers texts with, while it answers pings well; None = it takes them."""
        self.colour = ""
        """The colour order its text begins with, such as ``\\C2``."""
        self._areas: dict[int, tuple[int, str]] = {}

    def darken(self) -> None:
        """Lose what is shown, as at a power cut."""
        self._areas = {}
        super().darken()

    def obey(self, data: bytes) -> int:
        """Carry out one command and say with which error code (0 = done)."""
        if self.refuse_with is not None:
            return self.refuse_with
        group, command = data[0], data[1]
        if (group, command) == (0xA3, 0x10):
            self.darken()
        if (group, command) in ((0xA2, 0x00), (0xA3, 0x10)):
            return _OK
        if (group, command) == (0xA3, 0x06):
            return self._show(data[5:]) if self.refuse_shows_with is None else self.refuse_shows_with
        return _NO_COMMAND if group in (0xA2, 0xA3) else _NO_GROUP

    def _show(self, rest: bytes) -> int:
        """``ndel narea (len area)*``, all or nothing."""
        if len(rest) < 2 or rest[0] not in (0x00, 0xFF):
            return _NO_COMMAND
        areas: dict[int, tuple[int, str]] = {} if rest[0] == 0xFF else dict(self._areas)
        count, rest = rest[1], rest[2:]
        colour = ""
        for _ in range(count):
            size = int.from_bytes(rest[:2], "little")
            area, rest = rest[2 : 2 + size], rest[2 + size :]
            if len(area) != size or size < 27:
                return _NO_COMMAND
            top, height = int.from_bytes(area[3:5], "little"), int.from_bytes(area[7:9], "little")
            text = area[27:].decode("gb2312", errors="replace")
            if height == 0 or len(area) - 27 != int.from_bytes(area[23:27], "little"):
                return _NO_COMMAND
            if (order := _ORDER.match(text)) is not None:
                colour = order[0]
            areas[area[9]] = (top // height, _ORDER.sub("", text))
        if rest:
            return _NO_COMMAND
        self._areas, self.colour = areas, colour
        self.put(dict(areas.values()))
        return _OK


class VirtualLedBus(VirtualSigns):
    """The cards of one line. Arguments as ``VirtualSigns``; ``addresses`` are the cards'."""

    HAS: ClassVar[frozenset[Fault]] = VirtualSigns.HAS | {Fault.WRONG_CHECKSUM, Fault.DUPLICATE, Fault.REFUSES}

    def __init__(
        self,
        addresses: Iterable[int],
        *,
        link: Path | None = None,
        tcp: bool = False,
        late_s: float = LATE_S,
        on_change: Callable[[int], None] | None = None,
    ) -> None:
        cards = {address: LedCard(address) for address in addresses}
        self.cards: Mapping[int, LedCard] = cards
        super().__init__(cards, link=link, tcp=tcp, late_s=late_s, on_change=on_change)

    def set_refusal(self, address: int, error: int | None) -> None:
        """Let a card answer every command with this error code; None lets it obey again."""
        self.cards[address].refuse_with = error
        self._changed(address)

    def set_fault(self, fault: Fault, on: bool) -> None:
        """As ``VirtualSigns``; a card that refuses says that it does not know the command."""
        super().set_fault(fault, on)
        if fault is Fault.REFUSES:
            for card in self.cards.values():
                self.set_refusal(card.address, _NO_COMMAND if on else None)

    def _hear(self, pending: bytes, heard_ns: int) -> bytes:
        done = 0
        for match in _FRAME.finditer(pending):
            done = match.end()
            self._obey(match[0], _ESCAPED.sub(lambda found: _PLAIN.get(found[0], b""), match[1]), heard_ns)
        return pending[done:]

    def _obey(self, raw: bytes, body: bytes, heard_ns: int) -> None:
        if len(body) < 14 + 3 + 2:
            return
        target = int.from_bytes(body[:2], "little")
        data = body[14:-2]
        intact = _arc(body[:-2]) == body[-2] + 256 * body[-1] and len(data) == body[12] + 256 * body[13]
        for card in self.cards.values():
            if target not in (card.address, _BROADCAST) or not self._powered(card.address):
                continue
            card.heard(raw, heard_ns)
            error = card.obey(data) if intact else _BAD_CHECKSUM
            if target != _BROADCAST and data[2] == 0x01:
                self.line.send(self._reply(card.address, error))
            self._changed(card.address)

    def _reply(self, address: int, error: int) -> bytes:
        data = bytes((0xA0, 0x01 if error else 0x00, error, 0, 0))
        head = b"\x00\x80" + address.to_bytes(2, "little") + bytes(6) + b"\xfe\x02" + len(data).to_bytes(2, "little")
        crc = _arc(head + data) ^ (0x0100 if self._faults[Fault.WRONG_CHECKSUM] else 0)
        plain = head + data + bytes((crc & 0xFF, crc >> 8))
        for special in (b"\xa6\x01", b"\xa6\x02", b"\x5b\x01", b"\x5b\x02"):
            # A6 and 5B first: the escapes of the others contain them
            plain = plain.replace(_PLAIN[special], special)
        return b"\xa5" * 8 + plain + b"\x5a"


def _arc(data: bytes) -> int:
    """CRC-16/ARC the long way round: bits fed lowest first through the unreflected polynomial, result mirrored."""
    register = 0
    for byte in data:
        for bit in range(8):
            feedback = (register >> 15) ^ (byte >> bit & 1)
            register = (register << 1 & 0xFFFF) ^ (0x8005 if feedback else 0)
    return int(f"{register:016b}"[::-1], 2)
