"""What the hall is told: retained states when they changed, public events as they happen."""

from collections.abc import Callable, Iterator
from functools import cache, partial

import msgspec
from msgspec.structs import asdict, replace

from firmware_py.core import events as e
from firmware_py.core import showing
from firmware_py.core.hall import Hall
from firmware_py.core.model import Ticket
from firmware_py.core.notices import standing
from firmware_py.core.rating import nonce
from firmware_py.core.views import HallView, View
from firmware_py.journal.record import wall_text
from firmware_py.link import Topics, encode
from firmware_py.link.payloads import PublicEvent

PRIVATE: dict[type[e.Event], frozenset[str]] = {
    e.Configured: frozenset({"plan"}),
    e.ClockConfirmed: frozenset({"staff"}),
    e.DayOpened: frozenset({"by"}),
    e.IssueReopened: frozenset({"by"}),
    e.DayClosed: frozenset({"by", "reason"}),
    e.HoursAnnounced: frozenset({"approver"}),
    e.EmergencyBegan: frozenset({"by"}),
    e.EmergencyEnded: frozenset({"by"}),
    e.Taken: frozenset({"klass", "booking", "slot_from", "slot_until", "redeems"}),
    e.ManualEntered: frozenset({"by"}),
    e.Called: frozenset({"rule", "overtaken", "oldest", "newest", "approver", "reason"}),
    e.Announced: frozenset({"by"}),
    e.Transferred: frozenset({"approver"}),
    e.Finished: frozenset({"staff", "contributors"}),
    e.Rated: frozenset({"level", "elapsed_ms", "reduced_scale", "shared_bus"}),
    e.RatingCorrected: frozenset({"level", "elapsed_ms"}),
    e.SelfTestPressed: frozenset({"level"}),
    e.Voided: frozenset({"approver", "reason"}),
    e.Granted: frozenset({"approver", "reason"}),
    e.Upgraded: frozenset({"by"}),
    e.LoggedIn: frozenset({"staff", "acting_for", "approver"}),
    e.StoodIn: frozenset({"staff", "acting_for", "approver"}),
    e.LoggedOut: frozenset({"approver"}),
    e.AbsenceReminded: frozenset({"staff"}),
    e.AbsenceReported: frozenset({"staff"}),
    e.AbsenceLong: frozenset({"staff"}),
    e.AbsenceExplained: frozenset({"staff", "reason"}),
    e.DeskAssigned: frozenset({"approver"}),
    e.TideOpened: frozenset({"by"}),
    e.TideClosed: frozenset({"by"}),
    e.Approved: frozenset({"subject", "approver", "reason"}),
    e.AlertCleared: frozenset({"by"}),
    e.FindingRaised: frozenset({"by", "detail"}),
    e.Patrolled: frozenset({"inspector", "finding"}),
    e.Booked: frozenset({"code"}),
    e.BookingCancelled: frozenset({"code"}),
    e.BookingMissed: frozenset({"code"}),
    e.CallbackOpened: frozenset({"caller"}),
    e.CallerNoted: frozenset({"caller"}),
}
"""Fields that stay in the journal: classes, people, and what a citizen pressed (R-EVAL-06, R-SYNC-02)."""


MOVES_HELD: tuple[type[e.Event], ...] = (
    *(e.Held, e.Resumed, e.Transferred, e.TransferUndone, e.PassUndone),
    *(e.Unserved, e.DayOpened),
)
"""Events after which another set of tickets is put aside somewhere; so is it after a call of a held one."""

HELD_CALLS = frozenset({"final", "held"})
"""Rules by which a ticket that was put aside is called."""

Made = tuple[object, ...]
"""What a view is made of: frozen parts of the hall, so that comparing them costs next to nothing."""


class Publish(msgspec.Struct, frozen=True):
    """Effect: these bytes on this topic."""

    topic: str
    payload: bytes


class Publishing:
    """Remembers what every retained topic holds, so that only changes travel."""

    def __init__(self, topics: Topics, secret: bytes) -> None:
        # checking a name costs more than comparing a view
        self._of_desk, self._of_queue = cache(topics.desk), cache(topics.queue)
        self._of_rating, self._of_event = cache(topics.rating), cache(topics.event)
        self._board, self._hall_state = topics.board, topics.hall_state
        self._secret = secret
        self._told: dict[str, View | None] = {}
        """None = a broker may hold anything there; a topic that is told no more stays, to be cleared again."""
        self._cleared: set[str] = set()
        self._made_of: dict[str, Made] = {}
        self._held_moves = 0

    def expect(self, hall: Hall, log: str, at: int) -> None:
        """What an earlier life of the controller told, under a plan that may not be today's any more."""
        self._told = {topic: None for topic, _, _ in self._states(hall, log, at)}

    def changes(self, hall: Hall, log: str, at: int) -> Iterator[Publish]:
        """The states that are no longer what they were told to be."""
        fresh: set[str] = set()
        for topic, made_of, make in self._states(hall, log, at):
            fresh.add(topic)
            if self._made_of.get(topic) == made_of:
                continue
            self._made_of[topic] = made_of
            view = make()
            bare = _bare(view)
            if self._told.get(topic) != bare:
                self._told[topic] = bare
                yield Publish(topic, encode(view))
        for topic in sorted(self._told.keys() - fresh - self._cleared):
            self._cleared.add(topic)
            yield Publish(topic, b"")

    def forget(self) -> None:
        """A broker may have lost everything: tell it all anew."""
        self._told = dict.fromkeys(self._told)
        self._cleared.clear()
        self._made_of.clear()

    def event(self, hall_id: str, log: str, seq: int, event: e.Event, wall_ms: int) -> Publish:
        """The public part of one event. Every event comes this way before ``changes`` is asked."""
        if isinstance(event, MOVES_HELD) or (isinstance(event, e.Called) and event.rule in HELD_CALLS):
            self._held_moves += 1
        kind = str(type(event).__struct_config__.tag)
        private = PRIVATE.get(type(event), frozenset())
        data = {name: value for name, value in asdict(event).items() if name not in private}
        body = PublicEvent(f"{log}:{seq}", f"hall/v1/{hall_id}", kind, wall_text(wall_ms), msgspec.Raw(encode(data)))
        return Publish(self._of_event(kind), encode(body))

    def _states(self, hall: Hall, log: str, at: int) -> Iterator[tuple[str, Made, Callable[[], View]]]:
        """Every retained topic, what its view is made of, and the way to make it.

        Making all of them for every command would cost a large hall more than the command itself.
        """
        plan = hall.plan
        waiting = {service.id: hall.waiting(service.id) for service in plan.services}
        lines = (*hall.lines.values(), *hall.callbacks.values())
        alerts = tuple(hall.alerts)
        for planned in plan.desks:
            desk = hall.desks[planned.id]
            queues = tuple(waiting.get(service) for service in desk.services)
            ticket = hall.tickets.get(desk.ticket)
            made_of = (log, plan, desk, ticket, queues, hall.calling, lines, alerts, self._held_moves)
            yield self._of_desk(planned.id), made_of, partial(showing.desk_view, hall, log, planned.id)
            if planned.evaluator:
                rated = hall.tickets.get(desk.rating)
                make_rating = partial(self._rating_view, hall, log, planned.id, rated)
                yield self._of_rating(planned.evaluator), (log, plan, desk, rated, hall.closed), make_rating
        called = tuple(hall.tickets.get(desk.ticket) for desk in hall.desks.values())
        board_of = (log, plan, hall.announced, called, showing.coming_hours(hall), standing(hall, at))
        yield self._board, board_of, partial(showing.board_view, hall, log, at)
        for service in plan.services:
            make_queue = partial(showing.queue_view, hall, log, service.id)
            yield self._of_queue(service.id), (log, plan, waiting[service.id]), make_queue
        view = showing.hall_view(hall, log, at)  # time alone changes it
        yield self._hall_state, (_bare(view),), lambda: view

    def _rating_view(self, hall: Hall, log: str, desk: int, ticket: Ticket | None) -> View:
        key = nonce(self._secret, log, ticket.window_seq) if ticket else ""
        return showing.rating_view(hall, log, desk, key)


def _bare(view: View) -> View:
    """The view without its moment: what decides whether it changed."""
    if isinstance(view, HallView):
        return replace(view, seq=0, at=0)
    return replace(view, seq=0)
