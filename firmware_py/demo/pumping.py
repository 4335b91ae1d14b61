"""Carries what happens in the hall to the pages that look: coalesced states, new journal records, slips and sounds."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from firmware_py.core import events as e
from firmware_py.core.plan import Plan
from firmware_py.demo import describing
from firmware_py.demo.following import Follower
from firmware_py.demo.observing import Observer, Refusal
from firmware_py.demo.virtual_hall import VirtualHall
from firmware_py.errors import JournalError
from firmware_py.journal.reader import JournalReader
from firmware_py.journal.record import Record
from firmware_py.phrases import telling

COALESCE_S = 0.05
"""Between two states on the page; a hall at rush hour changes faster than anybody reads."""
QUEUE_MAX = 500
"""A page that does not read for so long is cut off; it reconnects and sees everything anew."""

_EVENTS = msgspec.json.Decoder(e.HallEvent)


class Pump:
    """Runs in the web server's event loop; ``touch`` and ``refusal`` may be called from any thread."""

    def __init__(self, virtual: VirtualHall) -> None:
        self._virtual = virtual
        self._observer: Observer | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._dirty = asyncio.Event()
        self._pages: set[asyncio.Queue[tuple[str, Any] | None]] = set()
        self._reader: JournalReader | None = None
        self._follower, self._followed = Follower(), 0
        self._plan: Plan = virtual.plan
        self._seq = 0
        self._state: Any = None
        self._slips: dict[str, int] = {}
        self._sounds: set[tuple[str, int]] = set()

    def touch(self, _: str = "") -> None:
        """Something may have changed."""
        if self._loop is not None and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):  # the loop closed between the two lines
                self._loop.call_soon_threadsafe(self._dirty.set)

    def refusal(self, refusal: Refusal) -> None:
        """Somebody was refused."""
        if self._loop is not None and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._tell, "refused", msgspec.to_builtins(refusal))

    async def run(self, observer: Observer) -> None:
        """Until cancelled."""
        self._loop = asyncio.get_running_loop()
        self._observer = observer
        while True:
            with contextlib.suppress(TimeoutError):  # the clock on the page moves every second anyway
                await asyncio.wait_for(self._dirty.wait(), 1.0)
            self._dirty.clear()
            self._look()
            await asyncio.sleep(COALESCE_S)

    def close(self) -> None:
        """Send the pages away."""
        for page in self._pages:
            page.put_nowait(None)
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    async def listen(self) -> AsyncIterator[tuple[str, Any]]:
        """What one page is told: the state at once, then everything new."""
        page: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue(QUEUE_MAX)
        if self._observer is not None:
            page.put_nowait(("state", self.state()))
        self._pages.add(page)
        try:
            while (item := await page.get()) is not None:
                yield item
        finally:
            self._pages.discard(page)

    def state(self) -> Any:
        """``GET /api/hall``."""
        if self._observer is None:
            return {}
        self._follow()
        return describing.hall(self._virtual, self._observer, self._follower)

    def items_at(self, desk: int) -> tuple[str, ...]:
        """What can be added to the visit at the desk now."""
        view = self._observer.desks.get(desk) if self._observer is not None else None
        return view.items if view is not None else ()

    def journal(self, after: int, limit: int = 500) -> list[Any]:
        """Records behind ``after``, in words."""
        reader = self._journal()
        if reader is None:
            return []
        return [self._in_words(record) for record in reader.records(after, limit)]

    @property
    def seq(self) -> int:
        """The newest record."""
        reader = self._journal()
        return reader.head.seq if reader is not None else 0

    def _look(self) -> None:
        state = self.state()
        if state != self._state:
            self._state = state
            self._tell("state", state)
        for kiosk in self._virtual.ends.kiosks.values():
            slips = kiosk.printer.slips()
            known = self._slips.get(kiosk.id, 0)
            self._slips[kiosk.id] = max([known, *(slip.number for slip in slips)])
            for slip in slips:
                if slip.number > known:
                    self._tell("slip", {"kiosk": kiosk.id, "slip": describing.slip(slip)})
        fresh = [
            sound
            for sound in describing.sounds(self._virtual, wav=False)
            if (sound["where"], sound["number"]) not in self._sounds
        ]
        for sound in fresh:
            self._sounds.add((sound["where"], sound["number"]))
            self._tell("voice", sound)
        for record in self.journal(self._seq):
            self._seq = record["seq"]
            self._tell("journal", record)

    def _follow(self) -> None:
        """Bring the follower to the journal's end: what is published is in the journal before."""
        reader = self._journal()
        while reader is not None and (records := reader.records(self._followed, 500)):
            for record in records:
                self._followed = record.seq
                if (event := _decoded(record)) is not None:
                    self._follower.follow(event)

    def _tell(self, kind: str, data: Any) -> None:
        for page in list(self._pages):
            try:
                page.put_nowait((kind, data))
            except asyncio.QueueFull:
                self._pages.discard(page)
                page.get_nowait()
                page.put_nowait(None)

    def _journal(self) -> JournalReader | None:
        try:
            if self._reader is not None and self._reader.superseded:
                self._reader.close()
                self._reader, self._seq = None, 0
                self._follower, self._followed = Follower(), 0
            if self._reader is None:
                self._reader = self._virtual.journal()
        except JournalError:
            return None  # the controller has not made it yet
        return self._reader

    def _in_words(self, record: Record) -> Any:
        moment = datetime.strptime(record.wall, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        local = moment + timedelta(minutes=self._plan.utc_offset_min)
        return describing.journal_record(record, self._told, f"{local:%H:%M:%S}")

    def _told(self, record: Record) -> tuple[str, str]:
        event = _decoded(record)
        if event is None:
            return record.type, ""
        if isinstance(event, e.Configured):
            self._plan = event.plan
        reason = telling.why(event, self._plan) if isinstance(event, e.Called) else ""
        return telling.sentence(event, self._plan), reason


def _decoded(record: Record) -> e.HallEvent | None:
    """The event, None for one a later release wrote."""
    try:
        event: e.HallEvent = _EVENTS.decode(record.data)
    except msgspec.MsgspecError:
        return None
    return event
