"""What the hall is told: retained states when they changed, public events as they happen."""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import asdict, replace

from firmware_py.core import events as e
from firmware_py.core import showing
from firmware_py.core.model import Hall
from firmware_py.core.rating import nonce
from firmware_py.core.views import HallView, View
from firmware_py.journal.record import wall_text
from firmware_py.link import Topics, encode
from firmware_py.link.payloads import PublicEvent

PRIVATE: dict[type[e.Event], frozenset[str]] = {
    e.Configured: frozenset({"plan"}),
    e.Taken: frozenset({"klass"}),
    e.Called: frozenset({"rule", "overtaken", "oldest", "newest"}),
    e.Finished: frozenset({"staff"}),
    e.LoggedIn: frozenset({"staff", "acting_for"}),
    e.Rated: frozenset({"level", "elapsed_ms"}),
    e.RatingCorrected: frozenset({"level", "elapsed_ms"}),
    e.Voided: frozenset({"approver"}),
    e.Upgraded: frozenset({"by"}),
}
"""Fields that stay in the journal: classes, people, and what a citizen pressed (R-EVAL-06, R-SYNC-02)."""


class Publish(msgspec.Struct, frozen=True):
    """Effect: these bytes on this topic."""

    topic: str
    payload: bytes


class Publishing:
    """Remembers what every retained topic holds, so that only changes travel."""

    def __init__(self, topics: Topics, secret: bytes) -> None:
        self._topics = topics
        self._secret = secret
        self._told: dict[str, View | None] = {}
        """None = a broker may hold anything there; a topic that is told no more stays, to be cleared again."""
        self._cleared: set[str] = set()

    def expect(self, hall: Hall, log: str, at: int) -> None:
        """What an earlier life of the controller told, under a plan that may not be today's any more."""
        self._told = {topic: None for topic, _ in self._states(hall, log, at)}

    def changes(self, hall: Hall, log: str, at: int) -> Iterator[Publish]:
        """The states that are no longer what they were told to be."""
        fresh = dict(self._states(hall, log, at))
        for topic, view in fresh.items():
            bare = _bare(view)
            if self._told.get(topic) != bare:
                self._told[topic] = bare
                yield Publish(topic, encode(view))
        for topic in sorted(self._told.keys() - fresh.keys() - self._cleared):
            self._cleared.add(topic)
            yield Publish(topic, b"")

    def forget(self) -> None:
        """A broker may have lost everything: tell it all anew."""
        self._told = dict.fromkeys(self._told)
        self._cleared.clear()

    def event(self, hall_id: str, log: str, seq: int, event: e.Event, wall_ms: int) -> Publish:
        """The public part of one event."""
        kind = str(type(event).__struct_config__.tag)
        private = PRIVATE.get(type(event), frozenset())
        data = {name: value for name, value in asdict(event).items() if name not in private}
        body = PublicEvent(f"{log}:{seq}", f"hall/v1/{hall_id}", kind, wall_text(wall_ms), msgspec.Raw(encode(data)))
        return Publish(self._topics.event(kind), encode(body))

    def _states(self, hall: Hall, log: str, at: int) -> Iterable[tuple[str, View]]:
        for desk in hall.plan.desks:
            yield self._topics.desk(desk.id), showing.desk_view(hall, log, desk.id)
            if desk.evaluator:
                ticket = hall.tickets.get(hall.desks[desk.id].rating)
                key = nonce(self._secret, log, ticket.window_seq) if ticket else ""
                yield self._topics.rating(desk.evaluator), showing.rating_view(hall, log, desk.id, key)
        yield self._topics.board, showing.board_view(hall, log)
        for service in hall.plan.services:
            yield self._topics.queue(service.id), showing.queue_view(hall, log, service.id)
        yield self._topics.hall_state, showing.hall_view(hall, log, at)


def _bare(view: View) -> View:
    """The view without its moment: what decides whether it changed."""
    if isinstance(view, HallView):
        return replace(view, seq=0, at=0)
    return replace(view, seq=0)
