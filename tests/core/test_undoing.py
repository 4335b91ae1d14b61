"""撤销: five seconds to take a finish, a pass or a transfer back, by a fact of its own (T24, R-CORE-29)."""

import msgspec
import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.model import Visit
from firmware_py.core.snapshot import HallSnapshot, freeze, thaw
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    LOG,
    MINUTE,
    NINE,
    SECOND,
    ask,
    call,
    desk,
    desk_state,
    happen,
    let_pass,
    let_time_pass,
    level,
    open_hall,
    refused,
    serve,
    state,
    take,
    ticket,
)


def finished_at(at: int, *, desk_id: int = 1, service: str = "a") -> tuple[Hall, str]:
    hall = open_hall()
    number = take(hall, service)
    serve(hall, desk_id, at - MINUTE)
    ask(hall, c.Finish(desk_id), at)
    return hall, number


@pytest.mark.req("R-CORE-29")
def test_t24_a_finish_is_taken_back_and_the_citizen_is_served_as_before() -> None:
    at = NINE + 2 * MINUTE
    hall = open_hall()
    number = take(hall)
    serve(hall, 1, at - MINUTE)
    before = ticket(hall, number)
    ask(hall, c.Finish(1), at)

    assert ask(hall, c.Undo(1), at + 5 * SECOND) == [e.FinishUndone(at + 5 * SECOND, number, 1)]

    assert replace(ticket(hall, number), evaluator="", window_seq=0) == before
    assert (desk_state(hall, 1), desk(hall, 1).ticket, desk(hall, 1).rating) == (D.SERVING, number, "")


@pytest.mark.req("R-CORE-29")
def test_t24_five_seconds_and_not_a_millisecond_more() -> None:
    at = NINE + 2 * MINUTE
    hall, _ = finished_at(at)

    assert refused(hall, c.Undo(1), at + 5 * SECOND + 1).reason == "undo_late"
    assert ask(hall, c.Undo(1), at + 5 * SECOND)


@pytest.mark.req("R-CORE-29", "R-EVAL-04")
def test_t24_the_window_vanishes_and_the_next_finish_invites_anew() -> None:
    at = NINE + 2 * MINUTE
    hall, number = finished_at(at)
    old = ticket(hall, number).window_seq
    ask(hall, c.Undo(1), at + SECOND)
    assert desk(hall, 1).rating == ""
    ask(hall, c.Finish(1), at + 3 * SECOND)

    assert ticket(hall, number).window_seq == hall.seq > old
    assert isinstance(ask(hall, f.LevelChosen(1, 5, 900, LOG, old, "proven"), at + 4 * SECOND)[0], e.StrayRating)


@pytest.mark.req("R-CORE-29", "R-EVAL-02", "R-EVAL-03")
def test_t24_a_press_made_before_a_finish_was_taken_back_rates_the_visit_when_it_ends() -> None:
    at = NINE + 2 * MINUTE
    hall, number = finished_at(at)
    press, other = level(hall, 1, 2, 900), level(hall, 1, 4, 1_900)
    ask(hall, c.Undo(1), at + 2 * SECOND)

    assert ask(hall, press, at + 3 * SECOND) == [e.Rated(at + 3 * SECOND, number, 1, 2, 900)]
    assert ask(hall, other, at + 3 * SECOND) == [e.RatingCorrected(at + 3 * SECOND, number, 1, 4, 1_900)]
    assert (state(hall, number), desk_state(hall, 1)) == (S.SERVING, D.SERVING)

    again = at + MINUTE
    finished, locked = ask(hall, c.Finish(1), again)
    assert isinstance(finished, e.Finished)
    assert locked == e.RatingLocked(again, number, 1)
    assert (state(hall, number), ticket(hall, number).level, desk_state(hall, 1)) == (S.DONE, 4, D.READY)
    assert refused(hall, c.Undo(1), again).reason == "undo_rated"


@pytest.mark.req("R-CORE-29", "R-EVAL-04")
@pytest.mark.parametrize("gone", ["held", "another evaluator", "unproven"])
def test_t24_a_press_that_cannot_be_about_who_is_served_stays_a_stray(gone: str) -> None:
    at = NINE + 2 * MINUTE
    hall, number = finished_at(at)
    press = level(hall, 1, 5, 900, proof="" if gone == "unproven" else "proven")
    ask(hall, c.Undo(1), at + SECOND)
    if gone == "held":
        ask(hall, c.Hold(1), at + SECOND)

    [stray] = ask(hall, press, at + 2 * SECOND, "desk2-eval" if gone == "another evaluator" else "")

    assert isinstance(stray, e.StrayRating)
    assert ticket(hall, number).level == 0


@pytest.mark.req("R-DESK-02", "R-CORE-29")
@pytest.mark.parametrize("leave", [c.Wait(2), c.Pause(2)])
def test_a_desk_that_was_left_takes_nothing_back_and_nobody_in_before_somebody_resumes(leave: c.Command) -> None:
    hall = open_hall()
    take(hall)
    number = serve(hall, 2)
    ask(hall, c.Hold(2), NINE)
    take(hall)
    other = serve(hall, 2)
    ask(hall, c.Hold(2), NINE)
    ask(hall, c.Transfer(2, "b", 0, "错", number), NINE)
    ask(hall, leave, NINE)

    for key in (c.Undo(2), c.ResumeTicket(2), c.ResumeTicket(2, other)):
        assert refused(hall, key, NINE + SECOND).reason == "resume_first"

    ask(hall, c.ResumeDesk(2), NINE + SECOND)
    assert ask(hall, c.Undo(2), NINE + 2 * SECOND) == [e.TransferUndone(NINE + 2 * SECOND, number, 2)]


@pytest.mark.req("R-CORE-29", "R-EVAL-04")
def test_t24_who_has_rated_is_done() -> None:
    at = NINE + 2 * MINUTE
    hall, number = finished_at(at)
    ask(hall, level(hall, 1, 5, 900), at + SECOND)

    refusal = refused(hall, c.Undo(1), at + 2 * SECOND)

    assert (refusal.reason, refusal.details) == ("undo_rated", {"ticket": number})


@pytest.mark.req("R-CORE-29")
def test_t24_a_desk_without_an_evaluator_takes_a_finish_back_too() -> None:
    at = NINE + 2 * MINUTE
    hall, number = finished_at(at, desk_id=4, service="c")
    assert (state(hall, number), hall.open_tickets) == (S.DONE, 0)

    ask(hall, c.Undo(4), at + SECOND)

    assert (state(hall, number), desk_state(hall, 4), hall.open_tickets) == (S.SERVING, D.SERVING, 1)


@pytest.mark.req("R-CORE-29")
def test_t24_a_pending_pause_stays_pending() -> None:
    at = NINE + 2 * MINUTE
    hall = open_hall()
    number = take(hall)
    serve(hall, 1, at)
    ask(hall, c.Pause(1), at)
    ask(hall, c.Finish(1), at)

    ask(hall, c.Undo(1), at)

    assert (state(hall, number), desk_state(hall, 1), desk(hall, 1).ticket) == (S.SERVING, D.PAUSE_PENDING, number)


@pytest.mark.req("R-CORE-29")
def test_a_pass_is_taken_back_with_its_calls_and_times() -> None:
    hall = open_hall()
    take(hall)
    number = call(hall)
    for n in (1, 2):
        ask(hall, c.Recall(1), NINE + n * 10 * SECOND)
    before, at = ticket(hall, number), NINE + 90 * SECOND
    ask(hall, c.Pass(1), at)
    assert refused(hall, c.Undo(1), at + 5 * SECOND + 1).reason == "undo_late"

    assert ask(hall, c.Undo(1), at + 5 * SECOND) == [e.PassUndone(at + 5 * SECOND, number, 1)]

    assert ticket(hall, number) == before
    assert (desk_state(hall, 1), desk(hall, 1).ticket) == (D.CALLING, number)
    ask(hall, c.Arrive(1), at + 6 * SECOND)


@pytest.mark.req("R-CORE-29", "R-CORE-12")
def test_a_passed_ticket_that_has_returned_is_left_where_it_is() -> None:
    hall = open_hall()
    take(hall)
    number, at = let_pass(hall)
    ask(hall, c.ReturnTicket(number), at + SECOND)

    assert refused(hall, c.Undo(1), at + 2 * SECOND).reason == "undo_moved"


@pytest.mark.req("R-CORE-29", "R-CORE-16")
def test_t14_the_end_of_a_final_call_is_taken_back_while_the_day_is_open() -> None:
    hall = open_hall()
    take(hall), take(hall)
    for _ in range(2):
        number, at = let_pass(hall)
    let_time_pass(hall, CLOSE)
    number, at = call(hall, 1, CLOSE), CLOSE + MINUTE
    ask(hall, c.Pass(1), at)
    assert state(hall, number) is S.EXPIRED

    ask(hall, c.Undo(1), at + SECOND)

    assert (state(hall, number), ticket(hall, number).final, hall.open_tickets) == (S.CALLED, True, 2)
    ask(hall, c.Pass(1), at + SECOND)
    call(hall, 1, at + SECOND)
    at += 2 * MINUTE
    ask(hall, c.Pass(1), at)
    let_time_pass(hall, at + 5 * SECOND)
    assert not hall.closed, "the day waits for the five seconds"
    ask(hall, c.Undo(1), at + 5 * SECOND)
    at += 6 * SECOND
    ask(hall, c.Pass(1), at)
    assert let_time_pass(hall, at + 5 * SECOND + 1)[-1] == e.DayClosed(at + 5 * SECOND + 1)
    assert refused(hall, c.Undo(1), at + 6 * SECOND).reason == "undo_late"


@pytest.mark.req("R-CORE-29", "R-CORE-16")
def test_t24_the_last_finish_of_the_day_is_taken_back_where_nobody_could_be_invited() -> None:
    hall = open_hall()
    number, at = take(hall, "c"), CLOSE + MINUTE
    let_time_pass(hall, CLOSE)
    serve(hall, 4, CLOSE)
    ask(hall, c.Finish(4), at)
    let_time_pass(hall, at + 5 * SECOND)
    assert not hall.closed

    ask(hall, c.Undo(4), at + 5 * SECOND)

    assert (state(hall, number), desk(hall, 4).ticket, hall.closed) == (S.SERVING, number, False)


@pytest.mark.req("R-CORE-29", "R-CORE-17")
def test_what_a_supervisor_has_ended_no_desk_takes_back() -> None:
    hall = open_hall()
    take(hall, "c"), take(hall)
    let_time_pass(hall, CLOSE)
    serve(hall, 4, CLOSE)
    ask(hall, c.Finish(4), CLOSE)
    ask(hall, c.CloseDay("停电"), CLOSE + SECOND, "desk1")

    assert refused(hall, c.Undo(4), CLOSE + 2 * SECOND).reason == "undo_closed"


@pytest.mark.req("R-CORE-29", "R-CORE-14")
def test_a_transfer_is_taken_back_with_service_place_and_visit() -> None:
    hall = open_hall()
    take(hall)
    number = serve(hall, 2)
    before, at = ticket(hall, number), NINE + MINUTE
    ask(hall, c.Transfer(2, "b", 3, "错"), at)
    assert refused(hall, c.Undo(2), at + 5 * SECOND + 1).reason == "undo_late"

    assert ask(hall, c.Undo(2), at + 5 * SECOND) == [e.TransferUndone(at + 5 * SECOND, number, 2)]

    assert ticket(hall, number) == before
    assert (desk_state(hall, 2), desk(hall, 2).ticket) == (D.SERVING, number)
    assert (hall.waiting("a"), hall.waiting("b"), hall.lanes) == (0, 0, {lane: {} for lane in hall.lanes})
    assert let_time_pass(hall, at + 5 * SECOND) == [e.AlertCleared(at + 5 * SECOND, "guide", number)]


@pytest.mark.req("R-CORE-29")
def test_a_transfer_is_not_taken_back_from_the_desk_that_has_called_it() -> None:
    hall = open_hall()
    take(hall)
    serve(hall, 2)
    ask(hall, c.Transfer(2, "b", 0, "错"), NINE)
    number = call(hall, 3, NINE + SECOND)
    assert refused(hall, c.Undo(2), NINE + 2 * SECOND).reason == "undo_moved"

    ask(hall, c.Wait(3), NINE + 2 * SECOND)  # nor once that desk has given it back: the hall has heard the call

    refusal = refused(hall, c.Undo(2), NINE + 3 * SECOND)
    assert (refusal.reason, refusal.details) == ("undo_moved", {"ticket": number})


@pytest.mark.req("R-CORE-29", "R-CORE-13")
def test_a_transfer_of_a_held_ticket_goes_back_to_being_held() -> None:
    hall = open_hall()
    take(hall)
    held = serve(hall, 2)
    ask(hall, c.Hold(2), NINE)
    other = take(hall)
    serve(hall, 2)
    before = ticket(hall, held)
    ask(hall, c.Transfer(2, "b", 0, "错", held), NINE + SECOND)

    ask(hall, c.Undo(2), NINE + 2 * SECOND)

    assert ticket(hall, held) == before
    assert (desk_state(hall, 2), desk(hall, 2).ticket) == (D.SERVING, other)


@pytest.mark.req("R-CORE-29", "R-CORE-07")
def test_a_class_given_meanwhile_is_kept() -> None:
    hall = open_hall()
    take(hall)
    number = serve(hall, 2)
    ask(hall, c.Transfer(2, "b", 0, "错"), NINE)
    ask(hall, c.Upgrade(number), NINE + SECOND)

    ask(hall, c.Undo(2), NINE + 2 * SECOND)

    assert ticket(hall, number).klass == "G"


@pytest.mark.req("R-CORE-29")
@pytest.mark.parametrize("implied", ["pass", "finish"])
def test_t25_what_next_implied_is_not_taken_back_once_it_has_called_the_next(implied: str) -> None:
    hall = open_hall()
    take(hall), take(hall)
    call(hall)
    for n in (1, 2) if implied == "pass" else ():
        ask(hall, c.Recall(1), NINE + n * 10 * SECOND)
    at = NINE + MINUTE
    following = call(hall, 1, at)

    refusal = refused(hall, c.Undo(1), at + SECOND)

    assert (refusal.reason, refusal.details) == ("undo_called", {"ticket": following})


@pytest.mark.req("R-CORE-29")
def test_t25_what_next_implied_is_taken_back_when_nobody_followed() -> None:
    hall = open_hall()
    take(hall)
    number = call(hall)
    ask(hall, c.Next(1), NINE + 30 * SECOND)
    assert state(hall, number) is S.RATING

    ask(hall, c.Undo(1), NINE + 31 * SECOND)

    assert (state(hall, number), desk_state(hall, 1)) == (S.SERVING, D.SERVING)


@pytest.mark.req("R-CORE-29")
def test_what_the_desk_did_before_somebody_else_came_back_is_settled() -> None:
    hall = open_hall()
    take(hall), take(hall)
    held = serve(hall)
    ask(hall, c.Hold(1), NINE)
    serve(hall)
    ask(hall, c.Transfer(1, "b", 0, "错"), NINE)
    ask(hall, c.ResumeTicket(1, held), NINE)

    assert refused(hall, c.Undo(1), NINE + SECOND).reason == "nothing_to_undo"


@pytest.mark.req("R-CORE-29")
def test_a_desk_that_was_left_resumes_first() -> None:
    hall = open_hall()
    take(hall)
    number, at = let_pass(hall)
    ask(hall, c.Wait(1), at)
    assert refused(hall, c.Undo(1), at + SECOND).reason == "resume_first"
    ask(hall, c.ResumeDesk(1), at + 2 * SECOND)

    ask(hall, c.Undo(1), at + 3 * SECOND)

    assert state(hall, number) is S.CALLED


@pytest.mark.req("R-CORE-29")
def test_there_is_nothing_to_take_back_at_first_nor_twice() -> None:
    hall = open_hall()
    assert refused(hall, c.Undo(1), NINE).reason == "nothing_to_undo"
    take(hall)
    serve(hall)
    assert refused(hall, c.Undo(1), NINE).reason == "nothing_to_undo"
    ask(hall, c.Finish(1), NINE)
    ask(hall, c.Undo(1), NINE)

    assert refused(hall, c.Undo(1), NINE).reason == "nothing_to_undo"


@pytest.mark.req("R-CORE-29", "R-CORE-30")
def test_an_emergency_stops_the_five_seconds_too() -> None:
    hall = open_hall()
    take(hall)
    number = serve(hall)
    at = NINE + 2 * MINUTE
    ask(hall, c.Finish(1), at)
    ask(hall, c.EmergencyPause("火警"), at + SECOND)
    ask(hall, c.EmergencyResume(), at + 10 * MINUTE + SECOND)
    end = at + 10 * MINUTE + 5 * SECOND
    assert refused(hall, c.Undo(1), end + 1).reason == "undo_late"

    ask(hall, c.Undo(1), end)

    assert ticket(hall, number).visit == Visit(0, NINE + 10 * MINUTE)  # no time of the visit passed meanwhile


@pytest.mark.req("R-CORE-29", "R-CORE-21")
def test_a_power_cut_leaves_it_as_undoable_as_it_was() -> None:
    at = NINE + 2 * MINUTE
    hall, number = finished_at(at)
    again = thaw(freeze(hall))
    assert again is not None

    happen(again, ask(hall, c.Undo(1), at + SECOND))

    assert ticket(again, number) == ticket(hall, number)
    assert freeze(again) == freeze(hall)


def everything_but_the_place(hall: Hall) -> HallSnapshot:
    """The hall, but for its place in the journal, that of a window somebody may have pressed at, since when desks are
    what they are, and the guide's alert."""
    kept = msgspec.msgpack.decode(freeze(hall), type=HallSnapshot)
    desks = {number: replace(each, since=0, undo=None) for number, each in kept.desks.items()}
    tickets = {number: replace(each, evaluator="", window_seq=0) for number, each in kept.tickets.items()}
    return replace(kept, seq=0, last_at=0, desks=desks, tickets=tickets, alerts=[])


@pytest.mark.req("R-CORE-29", "R-CORE-04")
@pytest.mark.parametrize(
    "key", [c.Finish(2), c.Transfer(2, "b", 3, "错"), c.Pass(2)], ids=lambda key: type(key).__name__
)
def test_once_taken_back_nothing_of_it_is_left_but_the_record(key: c.Command) -> None:
    hall = open_hall()
    for klass in ("X", "G", "X"):
        take(hall, klass=klass)
    call(hall, 2)
    for n in (1, 2):
        ask(hall, c.Recall(2), NINE + n * 10 * SECOND)
    if not isinstance(key, c.Pass):
        ask(hall, c.Arrive(2), NINE + 30 * SECOND)
    before, seq = everything_but_the_place(hall), hall.seq
    ask(hall, key, NINE + 2 * MINUTE)
    assert everything_but_the_place(hall) != before

    ask(hall, c.Undo(2), NINE + 2 * MINUTE + SECOND)

    assert everything_but_the_place(hall) == before
    assert hall.seq > seq + 1
