"""The hall and its journal as one thing: what is not in the journal is not in the hall, and the other way round."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from firmware_py.controller.belief import believed
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.assigning import plan_refusal, rota_of_plan
from firmware_py.core.hall import Hall
from firmware_py.core.hours_changes import by_plan
from firmware_py.core.machine import decide, evolve, remember
from firmware_py.core.plan import Plan
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.errors import JournalCorrupt, JournalError, Rejected
from firmware_py.journal.record import Entry, Record
from firmware_py.journal.store import Journal
from firmware_py.journal.streams import StoreOutcome, StoreResult
from firmware_py.link import CONTROLLER

log = logging.getLogger(__name__)

SNAPSHOT_EVERY = 2000
"""Records between two snapshots: a restart replays at most so many, in a few milliseconds."""

_EVENTS = msgspec.json.Decoder(e.HallEvent)
_FACTS = msgspec.json.Decoder(f.EdgeFact)
_encode = msgspec.json.Encoder().encode


class Committed(msgspec.Struct, frozen=True):
    """An event that is durable and true, at its place."""

    seq: int
    event: e.Event


class Memory:
    """Owns the hall's journal. Belongs to the loop's thread."""

    def __init__(self, path: Path, *, boot: str, secret: bytes) -> None:
        self._path = path
        self._boot = boot
        self._secret = secret
        self._snapshot_seq = 0
        self._snapshot_tried = 0
        self.hall = Hall()
        self.journal: Journal

    @property
    def log(self) -> str:
        """The journal's log id."""
        return self.journal.log

    def open(self) -> None:
        """Take the journal and rebuild the hall: the newest snapshot, and every record behind it.

        Raises:
            JournalError: the file cannot be used; the sentence says what to do.
        """
        self.journal = Journal.open(self._path, boot=self._boot)
        if self.journal.replaced is not None:
            log.error(
                "the journal was damaged (%s); it is kept as %s and a new one begun",
                self.journal.replaced_because,
                self.journal.replaced,
            )
        try:
            self._rebuild()
        except BaseException:
            self.journal.close()
            raise

    @property
    def anchor(self) -> int | None:
        """Hall time at monotonic 0, as the newest record shows it; None when that was not written since this machine
        was started."""
        newest = self.journal.tail(1)
        if not newest or newest[0].boot != self._boot:
            return None
        return self.hall.last_at - newest[0].mono_ms

    def close(self) -> None:
        """Keep a snapshot for a quick start, and let go."""
        try:
            self.snapshot()
        except JournalError:
            log.exception("no snapshot was kept; the next start replays the journal instead")
        self.journal.close()

    def configure(self, plan: Plan, at: int, wall_ms: int, mono_ms: int) -> list[Committed]:
        """Journal the plan when it is another than the hall lives by; one that would leave people who wait without a
        desk, or take a desk away under somebody, is not followed before the next start (R-CORE-09)."""
        known = (CONTROLLER, "plan") in self.hall.devices
        refusal = plan_refusal(self.hall, plan, at) if plan != self.hall.plan else None
        events: list[e.Event] = []
        if refusal is not None:
            log.error("%s", _why_not(refusal))
            events += [] if known else [e.DeviceFailed(at, CONTROLLER, "plan", refusal.reason)]
        else:
            events += [e.DeviceMended(at, CONTROLLER, "plan")] if known else []
            if plan != self.hall.plan:
                events += [*by_plan(self.hall, plan, at), e.Configured(at, plan), *rota_of_plan(self.hall, plan, at)]
        return self.commit(events, wall_ms, mono_ms, actor=CONTROLLER)

    def commit(
        self, events: Sequence[e.Event], wall_ms: int, mono_ms: int, *, actor: str, cmd_id: str = ""
    ) -> list[Committed]:
        """Make ``events`` durable in one transaction, then true.

        Raises:
            JournalError: they are neither.
        """
        if not events:
            return []
        entries = [_entry(event, wall_ms, mono_ms, actor, cmd_id) for event in events]
        self.journal.append(entries)
        return self._evolved(events, cmd_id)

    def store(
        self, instance: str, records: Sequence[Record], at: int, wall_ms: int, mono_ms: int
    ) -> tuple[StoreResult, list[Committed]]:
        """Store an instance's batch, decide about its facts and journal what follows, all in one transaction.

        Raises:
            JournalError: nothing of it happened.
            JournalCorrupt: neither that nor the hall can be trusted any more; a restart looks at the file.
        """
        found: list[Committed] = []
        try:
            with self.journal.transaction() as transaction:
                result = transaction.store(instance, records)
                if result.outcome is StoreOutcome.STORED:
                    for record in result.fresh:
                        events = self._decided(record, at, instance)
                        for event in events:
                            transaction.append(_entry(event, wall_ms, mono_ms, instance, ""))
                        found += self._evolved(events, "")
        except BaseException:
            self._fall_back()
            raise
        return result, found

    def snapshot(self) -> None:
        """Keep the hall as it is.

        Raises:
            JournalError: the disk cannot take it.
        """
        if self.hall.seq and self.hall.seq != self._snapshot_seq:
            self.journal.snapshot(freeze(self.hall), self.journal.head, self.hall.last_at)
            self._snapshot_seq = self.hall.seq

    def snapshot_if_worth_it(self) -> None:
        """Keep a snapshot now and then, in an idle moment. A disk too full for one may still take the day's records.

        Raises:
            JournalCorrupt: what was found on the way.
        """
        if self.hall.seq - max(self._snapshot_seq, self._snapshot_tried) < SNAPSHOT_EVERY:
            return
        self._snapshot_tried = self.hall.seq
        try:
            self.snapshot()
        except JournalCorrupt:
            raise
        except JournalError:
            log.exception("no snapshot was kept; the next is tried %d records on", SNAPSHOT_EVERY)

    def _decided(self, record: Record, at: int, instance: str) -> list[e.Event]:
        try:
            fact = _FACTS.decode(record.data)
        except msgspec.MsgspecError as error:
            log.warning(
                "%s: record %d is no fact this release knows (%s); kept, not acted on", instance, record.seq, error
            )
            return []
        return decide(self.hall, believed(fact, self._secret, self.log), at, instance)

    def _evolved(self, events: Iterable[e.Event], cmd_id: str) -> list[Committed]:
        found = []
        for event in events:
            evolve(self.hall, event)
            remember(self.hall, cmd_id, event)
            found.append(Committed(self.hall.seq, event))
        return found

    def _fall_back(self) -> None:
        """The hall ran ahead of a transaction that did not come true."""
        try:
            self._rebuild()
        except JournalError as error:
            raise JournalCorrupt(f"{self._path}: the hall cannot be rebuilt: {error}") from error

    def _rebuild(self) -> None:
        hall = Hall()
        snapshot = self.journal.latest_snapshot()
        if snapshot is not None:
            thawed = thaw(snapshot.payload)
            if thawed is not None and thawed.seq == snapshot.seq:
                hall = thawed
        self._snapshot_seq = hall.seq
        for seq, kind, data, cmd_id, _ in self.journal.replay(hall.seq):
            try:
                event = _EVENTS.decode(data)
            except msgspec.MsgspecError as error:
                raise JournalCorrupt(
                    f"{self._path}: record {seq} ({kind}) cannot be read: {error}; "
                    "it was written by a newer release: install that one again"
                ) from error
            evolve(hall, event)
            remember(hall, cmd_id, event)
        self.hall = hall


def _why_not(refusal: Rejected) -> str:
    """For the technician's log: why the new plan is not in force, and what to do about it."""
    if refusal.reason == "plan_removes_desk":
        because = f"it has no desk {refusal.details['desk']}, where somebody is logged in or has not been finished with"
        remedy = "restart the controller when they have logged out there, or give the desk back"
    else:
        because = f"{refusal.details['n']} people wait for {refusal.details['service']} and no desk of it serves them"
        remedy = "restart the controller when they have been served, or give the service a desk"
    return f"the new hall.toml is not in force: {because}; the old plan stays: {remedy}"


def _entry(event: e.Event, wall_ms: int, mono_ms: int, actor: str, cmd_id: str) -> Entry:
    return Entry(
        wall_ms,
        mono_ms,
        actor,
        cmd_id,
        str(type(event).__struct_config__.tag),
        getattr(event, "ticket", ""),
        getattr(event, "desk", 0),
        _encode(event).decode(),
    )
