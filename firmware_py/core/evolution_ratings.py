"""What facts about the evaluation window make of the hall."""

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.changing import Handlers, desk_after, moved, nothing, put
from firmware_py.core.hall import Hall
from firmware_py.core.tickets import TICKET


def _rating_opened(hall: Hall, event: e.RatingOpened) -> None:
    old = hall.tickets[event.ticket]
    new = replace(
        old,
        state=TICKET[old.state][type(event)],
        evaluator=event.evaluator,
        window_seq=hall.seq,
        opened_at=event.at,
    )
    put(hall, old, new)


def _rated(hall: Hall, event: e.Rated) -> None:
    old = hall.tickets[event.ticket]
    put(
        hall,
        old,
        replace(old, state=TICKET[old.state][type(event)], level=event.level, rated_elapsed_ms=event.elapsed_ms),
    )
    hall.desks[event.desk] = replace(hall.desks[event.desk], rated=True)


def _rating_corrected(hall: Hall, event: e.RatingCorrected) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], level=event.level))


def _rating_ended(hall: Hall, event: e.RatingLocked | e.RatingClosed | e.InviteFailed) -> None:
    moved(hall, event)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), rating="")


def _self_test_began(hall: Hall, event: e.SelfTestBegan) -> None:
    hall.desks[event.desk] = replace(hall.desks[event.desk], testing_since=event.at)


def _self_test_ended(hall: Hall, event: e.SelfTestEnded) -> None:
    hall.desks[event.desk] = replace(hall.desks[event.desk], testing_since=0)


EVOLVE: Handlers = {
    e.RatingOpened: _rating_opened,
    e.Rated: _rated,
    e.RatingCorrected: _rating_corrected,
    e.RatingLocked: _rating_ended,
    e.RatingClosed: _rating_ended,
    e.InviteFailed: _rating_ended,
    e.SelfTestBegan: _self_test_began,
    e.SelfTestPressed: nothing,
    e.SelfTestEnded: _self_test_ended,
    e.StrayRating: nothing,
}
