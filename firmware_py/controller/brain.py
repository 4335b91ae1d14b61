"""What the controller does about everything that reaches its inbox (design: facts before effects)."""

import logging
from collections.abc import Iterator

import msgspec

from firmware_py.controller.hall_time import HallTime
from firmware_py.controller.memory import Committed, Memory
from firmware_py.controller.publishing import Publish, Publishing
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.authority import authorise
from firmware_py.core.machine import clock_read, decide, due, tick
from firmware_py.core.plan import Plan
from firmware_py.errors import JournalCorrupt, JournalError, Rejected
from firmware_py.journal.record import Record, wall_text
from firmware_py.journal.streams import StoreResult
from firmware_py.link import (
    CONTROLLER,
    Kind,
    Lifecycle,
    LinkDown,
    LinkUp,
    Malformed,
    Received,
    Refused,
    Status,
    Topics,
    decode,
    encode,
    parse,
)
from firmware_py.link.payloads import PublicEvent
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.loop import Timer
from sync.stream.receiver import StreamReceiver
from sync.stream.wire import Ack

log = logging.getLogger(__name__)

CLOCK_LOOK_MS = 1000
"""How often the wall clock is compared with hall time: a step is noticed within a second."""


class Reply(msgspec.Struct, frozen=True):
    """Effect: answer an instance."""

    instance: str
    answer: c.Answer


class _CommandId(msgspec.Struct):
    """What can still be read of a malformed request: enough to answer it."""

    cmd_id: str = ""


class Brain:
    """The controller's logic. It journals before it returns an effect, so no effect is ever ahead of its fact."""

    def __init__(self, plan: Plan, memory: Memory, clock: Clock, *, secret: bytes, topics: Topics) -> None:
        self._plan = plan
        self._memory = memory
        self._clock = clock
        self._time: HallTime
        self._anchor: int | None = None
        self._topics = topics
        self._publishing = Publishing(topics, secret)
        self._streams = StreamReceiver(self._store)
        self._stored: list[Committed] = []
        self._now = 0
        self._next_look: int | None = None
        self._held_up_until: int | None = None

    def open(self) -> None:
        """Rebuild the hall from its journal; the loop's thread owns both from here on.

        Raises:
            JournalError: the journal cannot be used.
        """
        self._memory.open()
        hall = self._memory.hall
        self._anchor = self._memory.anchor
        self._time = HallTime(self._clock, hall.last_at, self._anchor)
        self._publishing.expect(hall, self._memory.log, hall.last_at)

    def close(self) -> None:
        """Let go of the journal."""
        self._memory.close()

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        self._now = now
        if self._next_look is None:
            yield from self._start()
        match item:
            case Received(topic, payload):
                yield from self._received(topic, payload)
            case LinkUp():
                self._publishing.forget()
                yield SetStatus(Lifecycle.READY)
                yield from self._streams_up()
            case LinkDown(reason):
                log.warning("the link is down: %s", reason)
            case Refused(topic, reason):
                log.error("the broker refused %s: %s; check its ACL file", topic, reason)
            case Timer():
                pass
            case _:
                log.warning("nobody expected %r here", item)
        yield from self._time_passes()
        yield from self._publishing.changes(self._memory.hall, self._memory.log, self._at())

    def due(self) -> int:
        """When time alone may have something to say; at least once a second for the wall clock."""
        if self._next_look is None:
            return self._now
        if self._held_up_until is not None:
            return self._held_up_until
        return min(self._next_look, self._time.mono(due(self._memory.hall, self._at())))

    # --- commands -----------------------------------------------------------------------------------------------------

    def _received(self, topic: str, payload: bytes) -> Iterator[object]:
        address = parse(topic)
        if address is None or not payload:
            return
        if address.kind is Kind.COMMAND:
            yield from self._asked(address.name, payload)
        elif address.kind is Kind.LOG:
            yield from self._streamed(address.name, payload)
        elif address.kind is Kind.STATUS:
            yield from self._status(address.name, payload)

    def _asked(self, instance: str, payload: bytes) -> Iterator[object]:
        try:
            request = decode(payload, c.Request)
        except Malformed as error:
            log.warning("%s sent no command: %s", instance, error)
            yield Reply(instance, c.Answer(_cmd_id(payload), refusal="malformed", details={"detail": str(error)[:200]}))
            return
        known = self._memory.hall.answers.get(request.cmd_id)
        if known is not None:
            yield Reply(instance, known)
            return
        if not 1 <= len(request.cmd_id) <= 64:
            yield Reply(instance, c.Answer(request.cmd_id[:64], refusal="malformed", details={"detail": "cmd_id"}))
            return
        try:
            hall = self._memory.hall
            authorise(hall.plan, instance, request.command, hall.devices)
            events = decide(hall, request.command, self._at(), instance)
            done = self._commit(events, instance, request.cmd_id)
        except Rejected as refusal:
            yield from self._refused(instance, request, refusal)
        except JournalError as error:
            log.exception("nothing was done: the journal could not be written")
            yield from self._refused(instance, request, Rejected("journal_fault", detail=str(error)[:200]))
            if isinstance(error, JournalCorrupt):
                raise  # the next start sets the file aside
        else:
            # the answer first: the slip and the sign wait for it
            answer = self._memory.hall.answers.get(request.cmd_id, c.Answer(request.cmd_id))
            yield Reply(instance, answer)
            yield from self._tell(done)

    def _refused(self, instance: str, request: c.Request, refusal: Rejected) -> Iterator[object]:
        yield Reply(instance, c.Answer(request.cmd_id, refusal=refusal.reason, details=refusal.details))
        desk = getattr(request.command, "desk", 0)
        data = {"cmd_id": request.cmd_id, "instance": instance, "desk": desk, "reason": refusal.reason}
        body = PublicEvent(
            request.cmd_id,
            f"hall/v1/{self._memory.hall.plan.id}",
            "refused",
            wall_text(self._time.wall_ms()),
            msgspec.Raw(encode(data | {"details": refusal.details})),
        )
        yield Publish(self._topics.event("refused"), encode(body))

    # --- streams ------------------------------------------------------------------------------------------------------

    def _streamed(self, instance: str, payload: bytes) -> Iterator[object]:
        try:
            ack = self._streams.on_batch(instance, payload)
        except Malformed as error:
            log.warning("%s sent no batch: %s", instance, error)
            return
        except JournalCorrupt:
            raise
        except JournalError:
            log.exception("%s: its batch was not stored; it will send it again", instance)
            return
        if ack.problem:
            log.warning("%s: stream %s at %d: %s", instance, ack.log, ack.upto, ack.problem)
        yield Publish(self._topics.ack(instance), encode(ack))
        done, self._stored = self._stored, []
        yield from self._tell(done)

    def _store(self, instance: str, records: tuple[Record, ...]) -> StoreResult:
        result, self._stored = self._memory.store(instance, records, self._at(), self._wall(), self._now)
        return result

    def _streams_up(self) -> Iterator[object]:
        for instance, (name, upto) in self._memory.journal.watermarks().items():
            yield Publish(self._topics.ack(instance), encode(Ack(name, upto)))

    def _status(self, instance: str, payload: bytes) -> Iterator[object]:
        """An instance that vanished is a device that failed, until it is back."""
        try:
            status = decode(payload, Status)
        except Malformed as error:
            log.warning("%s sent no status: %s", instance, error)
            return
        reason = "lost" if status.state is Lifecycle.LOST else ""
        if status.state in {Lifecycle.LOST, Lifecycle.READY} and instance != CONTROLLER:
            events = decide(self._memory.hall, c.ReportDevice("instance", reason), self._at(), instance)
            try:
                yield from self._tell(self._commit(events, CONTROLLER))
            except JournalCorrupt:
                raise
            except JournalError:
                log.exception("%s is %s, which could not be journalled", instance, status.state.value)

    # --- time ---------------------------------------------------------------------------------------------------------

    def _start(self) -> Iterator[object]:
        self._next_look = self._now
        memory = self._memory
        restarted = self._time.restarted(memory.hall, self._at(), same_boot=self._anchor is not None)
        if memory.hall.seq or not restarted.trusted:
            yield from self._tell(self._commit([restarted], CONTROLLER))
        yield from self._tell(memory.configure(self._plan, self._at(), self._wall(), self._now))
        if memory.journal.replaced is not None:
            yield from self._tell(
                self._commit([e.DeviceFailed(self._at(), CONTROLLER, "journal", "journal_replaced")], CONTROLLER)
            )

    def _time_passes(self) -> Iterator[object]:
        hall = self._memory.hall
        if self._held_up_until is not None and self._now < self._held_up_until:
            return
        try:
            if self._next_look is None or self._now >= self._next_look:
                self._next_look = self._now + CLOCK_LOOK_MS
                yield from self._tell(
                    self._commit(
                        clock_read(hall, self._time.wall_ms(), self._at(), self._time.vouched_for(hall)), "clock"
                    )
                )
                self._memory.snapshot_if_worth_it()
            while events := tick(self._memory.hall, self._at()):
                yield from self._tell(self._commit(events, "clock"))
        except JournalCorrupt:
            raise
        except JournalError:
            if self._held_up_until is None:
                log.exception("time passed and could not be journalled; trying every second")
            self._held_up_until = self._now + CLOCK_LOOK_MS
        else:
            self._held_up_until = None

    def _at(self) -> int:
        return self._time.at(self._now)

    def _wall(self) -> int:
        return self._time.wall_ms()

    def _commit(self, events: list[e.Event], actor: str, cmd_id: str = "") -> list[Committed]:
        return self._memory.commit(events, self._wall(), self._now, actor=actor, cmd_id=cmd_id)

    def _tell(self, done: list[Committed]) -> Iterator[object]:
        hall_id, wall = self._memory.hall.plan.id, self._wall()
        for committed in done:
            yield self._publishing.event(hall_id, self._memory.log, committed.seq, committed.event, wall)


def _cmd_id(payload: bytes) -> str:
    try:
        return msgspec.json.decode(payload, type=_CommandId).cmd_id[:64]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
