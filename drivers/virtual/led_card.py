"""Font cards at the far end of an RS-485 line: they decode what the driver sends, show it, and answer or stay dark.

The decoder is written from the card's side of hardware.md 2.1 and shares nothing with ``drivers.led``: were both
wrong in the same way, no test would notice.
"""

import contextlib
import os
import pty
import re
import select
import threading
import time
import tty
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from drivers.virtual.pty_wire import point

KEEP_FRAMES = 200  # a demo runs for days
KEEP_BYTES = 4096  # of unfinished input; a longer frame is not one

_FRAME = re.compile(rb"\xa5+([^\xa5\x5a]*)\x5a")
_ESCAPED = re.compile(rb"[\xa6\x5b][\x01\x02]?")
_PLAIN = {b"\xa6\x02": b"\xa5", b"\xa6\x01": b"\xa6", b"\x5b\x02": b"\x5a", b"\x5b\x01": b"\x5b"}
_ORDER = re.compile(r"\\(C[0-9]|F[OE][0-9]{3})")
_BROADCAST = 0xFFFE
_OK, _NO_GROUP, _NO_COMMAND, _BAD_CHECKSUM = 0, 1, 2, 5


class LedCard:
    """One sign: what it was sent and what it shows, to be looked at from any thread."""

    def __init__(self, address: int) -> None:
        self.address = address
        self.muted = False
        """No power: it hears nothing, shows nothing, answers nothing."""
        self.refuse_with: int | None = None
        """Error code it answers everything with, or None."""
        self.heard_ns = 0
        """When the first byte of the last frame arrived (``time.monotonic_ns``)."""
        self._frames: deque[bytes] = deque(maxlen=KEEP_FRAMES)
        self._areas: dict[int, tuple[int, str]] = {}
        self._lock = threading.Lock()

    @property
    def frames(self) -> list[bytes]:
        """The last whole frames for this card, as they were on the wire, oldest first."""
        with self._lock:
            return list(self._frames)

    @property
    def text(self) -> str:
        """What the sign shows, its lines separated by ``\\n``; ``""`` is a dark sign."""
        with self._lock:
            rows = dict(self._areas.values())
        return "\n".join(rows.get(row, "") for row in range(max(rows, default=-1) + 1))

    def darken(self) -> None:
        """Lose what is shown, as at a power cut."""
        with self._lock:
            self._areas.clear()

    def obey(self, raw: bytes, data: bytes, heard_ns: int) -> int:
        """Carry out one command and say with which error code (0 = done)."""
        with self._lock:
            self._frames.append(raw)
            self.heard_ns = heard_ns
            if self.refuse_with is not None:
                return self.refuse_with
            group, command = data[0], data[1]
            if (group, command) == (0xA3, 0x10):
                self._areas.clear()
            if (group, command) in ((0xA2, 0x00), (0xA3, 0x10)):
                return _OK
            if (group, command) == (0xA3, 0x06):
                return self._show(data[5:])
            return _NO_COMMAND if group in (0xA2, 0xA3) else _NO_GROUP

    def _show(self, rest: bytes) -> int:
        """``ndel narea (len area)*``, all or nothing."""
        if len(rest) < 2 or rest[0] not in (0x00, 0xFF):
            return _NO_COMMAND
        areas: dict[int, tuple[int, str]] = {} if rest[0] == 0xFF else dict(self._areas)
        count, rest = rest[1], rest[2:]
        for _ in range(count):
            size = int.from_bytes(rest[:2], "little")
            area, rest = rest[2 : 2 + size], rest[2 + size :]
            if len(area) != size or size < 27:
                return _NO_COMMAND
            top, height = int.from_bytes(area[3:5], "little"), int.from_bytes(area[7:9], "little")
            text = area[27:]
            if height == 0 or len(text) != int.from_bytes(area[23:27], "little"):
                return _NO_COMMAND
            areas[area[9]] = (top // height, _ORDER.sub("", text.decode("gb2312", errors="replace")))
        if rest:
            return _NO_COMMAND
        self._areas = areas
        return _OK


class VirtualLedBus:
    """The cards of one line behind a pty whose slave the real driver opens.

    Args:
        addresses: the cards on the line.
        link: where a symlink to the pty is kept, so that the driver's path outlives ``unplug`` and ``replug``.
        on_change: called with a card's address, from the line's thread or a knob's caller, after anything about it
            changed. Must not block.
    """

    def __init__(
        self, addresses: Iterable[int], *, link: Path | None = None, on_change: Callable[[int], None] | None = None
    ) -> None:
        self.cards: Mapping[int, LedCard] = {address: LedCard(address) for address in addresses}
        self.corrupt_replies = False
        """Damage one bit of every reply."""
        self.noise = b""
        """Bytes put on the line before every reply."""
        self._link = link
        self._on_change = on_change
        self._line: _Line | None = None
        self._path = ""
        self.replug()

    @property
    def path(self) -> str:
        """The device path to give the driver."""
        return str(self._link) if self._link is not None else self._path

    def set_mute(self, address: int, muted: bool) -> None:
        """Take a card's power away, or give it back: it comes back dark."""
        card = self.cards[address]
        card.muted = muted
        card.darken()
        self._changed(address)

    def set_refusal(self, address: int, error: int | None) -> None:
        """Let a card answer every command with this error code; None lets it obey again."""
        self.cards[address].refuse_with = error
        self._changed(address)

    def unplug(self) -> None:
        """Pull the adapter: the driver's next read or write fails, its path is gone. The signs keep their text."""
        line, self._line = self._line, None
        if line is not None:
            if self._link is not None:
                self._link.unlink(missing_ok=True)
            line.close()
            self._changed(*self.cards)

    def replug(self) -> None:
        """Put the adapter back, as a new pty under the same link."""
        self._line = self._line or _Line(self._hear)
        self._path = self._line.path
        if self._link is not None:
            point(self._link, self._path)
        self._changed(*self.cards)

    def close(self) -> None:
        """End the line's thread and give back the pty; may be called twice."""
        self._on_change = None
        self.unplug()

    def _changed(self, *addresses: int) -> None:
        for address in addresses:
            if self._on_change is not None:
                self._on_change(address)

    def _hear(self, line: "_Line", raw: bytes, body: bytes, heard_ns: int) -> None:
        if len(body) < 14 + 3 + 2:
            return
        target = int.from_bytes(body[:2], "little")
        data = body[14:-2]
        intact = _arc(body[:-2]) == body[-2] + 256 * body[-1] and len(data) == body[12] + 256 * body[13]
        for card in self.cards.values():
            if card.muted or target not in (card.address, _BROADCAST):
                continue
            error = card.obey(raw, data, heard_ns) if intact else _BAD_CHECKSUM
            if target != _BROADCAST and data[2] == 0x01:
                line.send(self.noise + self._reply(card.address, error))
            self._changed(card.address)

    def _reply(self, address: int, error: int) -> bytes:
        data = bytes((0xA0, 0x01 if error else 0x00, error, 0, 0))
        head = b"\x00\x80" + address.to_bytes(2, "little") + bytes(6) + b"\xfe\x02" + len(data).to_bytes(2, "little")
        crc = _arc(head + data) ^ (0x0100 if self.corrupt_replies else 0)
        plain = head + data + bytes((crc & 0xFF, crc >> 8))
        for special in (b"\xa6\x01", b"\xa6\x02", b"\x5b\x01", b"\x5b\x02"):
            # A6 and 5B first: the escapes of the others contain them
            plain = plain.replace(_PLAIN[special], special)
        return b"\xa5" * 8 + plain + b"\x5a"


class _Line:
    """One pty and the thread that listens at its master end."""

    def __init__(self, hear: Callable[["_Line", bytes, bytes, int], None]) -> None:
        self._master, self._slave = pty.openpty()  # own slave end: else the master reads EIO between two opens
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.path = os.ttyname(self._slave)
        self._end, self._ended = os.pipe()
        self._hear = hear
        self._thread = threading.Thread(target=self._listen, name="virtual-led", daemon=True)
        self._thread.start()

    def send(self, data: bytes) -> None:
        """Answer; what a driver does not read in time is lost, as on a wire."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._master, data)

    def close(self) -> None:
        """End the thread, which gives back the pty."""
        os.close(self._ended)
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _listen(self) -> None:
        pending, first_ns = b"", 0
        try:
            while True:
                ready, _, _ = select.select([self._master, self._end], [], [])
                if self._end in ready:
                    return
                now_ns = time.monotonic_ns()
                first_ns = first_ns if pending else now_ns
                pending += os.read(self._master, 4096)
                done = 0
                for match in _FRAME.finditer(pending):
                    done = match.end()
                    body = _ESCAPED.sub(lambda found: _PLAIN.get(found[0], b""), match[1])
                    self._hear(self, match[0], body, first_ns)
                    first_ns = now_ns
                pending = pending[done:][-KEEP_BYTES:]
        finally:
            for fd in (self._master, self._slave, self._end):
                os.close(fd)


def _arc(data: bytes) -> int:
    """CRC-16/ARC the long way round: bits fed lowest first through the unreflected polynomial, result mirrored."""
    register = 0
    for byte in data:
        for bit in range(8):
            feedback = (register >> 15) ^ (byte >> bit & 1)
            register = (register << 1 & 0xFFFF) ^ (0x8005 if feedback else 0)
    return int(f"{register:016b}"[::-1], 2)
