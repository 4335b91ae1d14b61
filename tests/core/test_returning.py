"""Who comes back: a passed number, a held one, and the slip of a day that ended too early (T12, T17, T30)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import decide
from firmware_py.core.picking import Choice, pick
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    DAY,
    ISSUING,
    MINUTE,
    NINE,
    NOON,
    PLAN,
    SECOND,
    ask,
    call,
    desk,
    finish,
    happen,
    let_pass,
    let_time_pass,
    open_hall,
    refused,
    serve,
    state,
    take,
    ticket,
)
from tests.core.test_refusals import ticket_in


@pytest.mark.req("R-CORE-12")
def test_t12_a_passed_ticket_returns_with_its_number_and_is_eligible_after_three_calls_of_the_group() -> None:
    hall = open_hall()
    passed = take(hall)
    number, at = let_pass(hall)
    assert number == passed
    others = [take(hall, at=at) for _ in range(4)]

    ask(hall, c.ReturnTicket(f" {passed.lower()} "), at, "kiosk1")

    assert ticket(hall, passed).accepted_at == NINE
    assert [finish(hall, 1, at + n * MINUTE) for n in range(5)] == [*others[:3], passed, others[3]]


@pytest.mark.req("R-CORE-12")
def test_t12_nobody_waits_idly_for_a_returned_ticket_to_ripen() -> None:
    hall = open_hall()
    passed = take(hall)
    _, at = let_pass(hall)
    ask(hall, c.ReturnTicket(passed), at, "desk1")

    assert call(hall, at=at) == passed


@pytest.mark.req("R-CORE-12")
@pytest.mark.parametrize("how", ["logout", "pause", "fault"])
def test_t12_a_returned_ticket_is_ripe_when_its_group_calls_nobody_any_more(how: str) -> None:
    hall = open_hall(desks=(3, 4))  # both serve c; desk 4 is a group of its own
    passed = take(hall, "c")
    _, at = let_pass(hall, 3)
    take(hall, "c", at)
    ask(hall, c.ReturnTicket(passed), at)
    assert pick(hall, desk(hall, 4), at) == Choice("C002", "ordinary")

    if how == "logout":
        ask(hall, c.Logout(3), at)
    elif how == "pause":
        ask(hall, c.Pause(3, urgent=True), at)
    else:
        happen(hall, [e.DeskFailed(at, 3, "pad")])

    assert ask(hall, c.Next(4), at) == [e.Called(at, passed, 4, "returned")]


@pytest.mark.req("R-CORE-12")
def test_t12_a_ticket_returns_at_most_twice() -> None:
    hall = open_hall()
    passed, at = take(hall), NINE
    for _ in range(2):
        _, at = let_pass(hall, at=at)
        ask(hall, c.ReturnTicket(passed), at)
        assert refused(hall, c.ReturnTicket(passed), at).reason == "still_waiting"
    _, at = let_pass(hall, at=at)

    assert refused(hall, c.ReturnTicket(passed), at).reason == "returns_exhausted"


def test_a_served_ticket_does_not_return() -> None:
    hall = open_hall()
    number = take(hall)
    serve(hall)

    assert refused(hall, c.ReturnTicket(number), NINE).reason == "being_served"
    assert refused(hall, c.ReturnTicket("A999"), NINE).reason == "unknown_ticket"


TOLD = {
    S.PRINTING: ("slip_coming", "slip_coming", "slip_coming"),
    S.WAITING: ("still_waiting", "", ""),
    S.CALLED: ("being_called",) * 3,
    S.SERVING: ("being_served",) * 3,
    S.HELD: ("", "put_aside", "put_aside"),
    S.PASSED: ("", "was_passed", "was_passed"),
    S.RATING: ("being_rated",) * 3,
    S.DONE: ("already_served",) * 3,
    S.CANCELLED: ("given_up",) * 3,
    S.VOID: ("was_void",) * 3,
    S.EXPIRED: ("was_expired",) * 3,
}
"""What a citizen is told at a dispenser who reports, gives up, or is to be upgraded; "" = it is done."""


@pytest.mark.req("R-KIOSK-08", "R-CALL-06")
@pytest.mark.parametrize("wanted", list(TOLD))
def test_at_a_dispenser_every_state_has_its_own_word_what_to_do(wanted: S) -> None:
    hall, number, at = ticket_in(wanted)
    commands = (c.ReturnTicket(number), c.Cancel(number), c.Upgrade(number))

    for command, reason in zip(commands, TOLD[wanted], strict=True):
        if reason:
            refusal = refused(hall, command, at, "kiosk1")
            assert (refusal.reason, refusal.details) == (reason, {"ticket": number, "desk": ticket(hall, number).desk})
        else:
            assert decide(hall, command, at, "kiosk1")


@pytest.mark.req("R-KIOSK-08")
def test_whom_the_day_was_closed_over_is_told_to_keep_the_slip() -> None:
    hall = open_hall()
    number = take(hall)
    let_time_pass(hall, CLOSE)
    ask(hall, c.CloseDay("停电"), CLOSE, "desk1")

    assert refused(hall, c.ReturnTicket(number), CLOSE).reason == "was_unserved"


# --- held, and back ---------------------------------------------------------------------------------------------------


def held(hall: Hall, desk: int = 1, at: int = NINE, service: str = "a") -> str:
    """Somebody was served at the desk and fills something in now."""
    take(hall, service, at)
    number = serve(hall, desk, at)
    ask(hall, c.Hold(desk), at)
    return number


@pytest.mark.req("R-CORE-13")
def test_t17_a_held_citizen_who_reports_back_goes_before_everybody_at_the_same_desk() -> None:
    hall = open_hall()
    number = held(hall)
    take(hall, klass="G")
    before = take(hall)

    assert ask(hall, c.ReturnTicket(number), NINE + MINUTE) == [e.ReportedBack(NINE + MINUTE, number)]
    assert state(hall, number) is S.HELD

    assert call(hall, 2, NINE + MINUTE) != number, "the desk where everything lies goes first"
    [called] = ask(hall, c.Next(1), NINE + MINUTE)
    assert isinstance(called, e.Called)
    assert (called.ticket, called.rule, called.overtaken) == (number, "held", 0)
    assert state(hall, before) is S.WAITING
    assert not hall.back


@pytest.mark.req("R-CORE-13", "R-CORE-05")
def test_t17_the_record_of_a_held_ticket_counts_who_waits_longer() -> None:
    hall = open_hall()
    first = take(hall, "b", NINE - SECOND)
    number = take(hall, "a", NINE)
    assert (serve(hall, 2, NINE), serve(hall, 1, NINE)) == (first, number)
    ask(hall, c.Hold(1), NINE)
    ask(hall, c.Hold(2), NINE)
    happen(hall, [e.Transferred(NINE, first, 2, "b", "走错")])
    ask(hall, c.ReturnTicket(number), NINE)

    [called] = ask(hall, c.Next(1), NINE)

    assert isinstance(called, e.Called)
    assert (called.ticket, called.rule, called.overtaken) == (number, "held", 1)


@pytest.mark.req("R-CORE-13")
def test_t17_once_its_desk_has_closed_any_desk_that_serves_it_calls_it_by_its_first_time() -> None:
    hall = open_hall()
    number = held(hall)
    ask(hall, c.ReturnTicket(number), NINE)
    take(hall)
    ask(hall, c.Logout(1), NINE + SECOND)

    assert refused(hall, c.Next(4), NINE + SECOND).reason == "nobody_waiting", "desk 4 does not serve it"
    assert call(hall, 2, NINE + SECOND) == number


@pytest.mark.req("R-CORE-13")
def test_t17_a_desk_left_for_a_moment_keeps_whom_it_holds() -> None:
    hall = open_hall()
    number = held(hall)
    ask(hall, c.ReturnTicket(number), NINE)
    ask(hall, c.Wait(1), NINE)

    assert refused(hall, c.Next(2), NINE).reason == "nobody_waiting"
    assert refused(hall, c.ResumeTicket(2, number), NINE).reason == "held_elsewhere"
    ask(hall, c.ResumeDesk(1), NINE + MINUTE)
    assert call(hall, 1, NINE + MINUTE) == number


@pytest.mark.req("R-CORE-13", "R-CORE-23")
@pytest.mark.parametrize("how", ["pause", "fault"])
def test_t17_whom_a_paused_or_broken_desk_holds_is_taken_by_another_that_serves_it(how: str) -> None:
    hall = open_hall()
    number = held(hall)
    ask(hall, c.ReturnTicket(number), NINE)
    ask(hall, c.Pause(1), NINE) if how == "pause" else happen(hall, [e.DeskFailed(NINE, 1, "pad")])

    assert refused(hall, c.Next(4), NINE).reason == "nobody_waiting", "desk 4 does not serve it"
    assert decide(hall, c.ResumeTicket(2, number), NINE, "desk2") == [e.Resumed(NINE, number, 2)]
    assert ask(hall, c.Next(2), NINE) == [e.Called(NINE, number, 2, "held")]


@pytest.mark.req("R-CORE-13")
def test_t17_of_two_who_are_back_the_earlier_number_goes_first_and_reporting_twice_is_answered() -> None:
    hall = open_hall()
    first, second = held(hall), held(hall, at=NINE + SECOND)
    ask(hall, c.ReturnTicket(second), NINE + MINUTE)
    ask(hall, c.ReturnTicket(first), NINE + MINUTE)

    refusal = refused(hall, c.ReturnTicket(first), NINE + MINUTE)
    assert (refusal.reason, refusal.details) == ("already_back", {"ticket": first})
    assert [finish(hall, 1, NINE + n * MINUTE) for n in (2, 3)] == [first, second]


@pytest.mark.req("R-CORE-13", "R-CORE-21")
def test_t17_resuming_by_key_ends_the_report_and_a_new_hold_needs_a_new_one() -> None:
    hall = open_hall()
    number = held(hall)
    ask(hall, c.ReturnTicket(number), NINE)
    again = thaw(freeze(hall))
    assert again is not None
    assert again.back == hall.back == {number}

    ask(again, c.ResumeTicket(1), NINE)
    ask(again, c.Hold(1), NINE)

    assert again.back == set()
    assert refused(again, c.Next(1), NINE).reason == "nobody_waiting"


# --- the morning after ------------------------------------------------------------------------------------------------

YESTERDAY = "2026-11-21"


def morning_after(count: int = 1) -> Hall:
    """A power cut left ``count`` people waiting yesterday; it is nine o'clock today."""
    hall = open_hall()
    for _ in range(count):
        take(hall)
    let_time_pass(hall, ISSUING + DAY)
    for number in (1, 2):
        if desk(hall, number).session is None:
            ask(hall, c.Login(number), NINE + DAY)
    let_time_pass(hall, NINE + DAY)
    return hall


@pytest.mark.req("R-CORE-16", "R-KIOSK-08")
def test_t30_the_slip_of_a_day_that_ended_too_early_is_worth_a_number_that_goes_next() -> None:
    hall = morning_after()
    for klass in "XXG":
        take(hall, at=NINE + DAY, klass=klass)

    events = ask(hall, c.ReturnTicket("a001", YESTERDAY), NINE + DAY, "kiosk1")

    assert events == [e.Taken(NINE + DAY, "A004", "a", "S", "kiosk1", 0, redeems="2026-11-21/A001")]
    ask(hall, c.ReportPrinted("A004"), NINE + DAY)
    [called] = ask(hall, c.Next(1), NINE + DAY)
    assert isinstance(called, e.Called)
    assert (called.ticket, called.rule, called.overtaken) == ("A004", "granted", 3)


@pytest.mark.req("R-CORE-16", "R-KIOSK-08")
def test_t30_a_slip_is_redeemed_once() -> None:
    hall = morning_after(2)
    ask(hall, c.ReturnTicket("A001", YESTERDAY), NINE + DAY)

    refusal = refused(hall, c.ReturnTicket("A001", YESTERDAY), NINE + DAY)
    assert (refusal.reason, refusal.details) == ("nothing_to_redeem", {"ticket": "A001", "day": YESTERDAY})
    assert ask(hall, c.ReturnTicket("A002", YESTERDAY), NINE + DAY)


@pytest.mark.req("R-CORE-16", "R-KIOSK-05")
def test_t30_a_number_that_never_reached_paper_leaves_the_old_slip_its_worth() -> None:
    hall = morning_after()
    [taken] = ask(hall, c.ReturnTicket("A001", YESTERDAY), NINE + DAY, "kiosk1")
    assert isinstance(taken, e.Taken)
    ask(hall, c.ReportPrintFailed(taken.ticket, "paper_out"), NINE + DAY, "kiosk1")
    again = thaw(freeze(hall))
    assert again is not None

    assert ask(again, c.ReturnTicket("A001", YESTERDAY), NINE + DAY, "kiosk2")
    assert refused(again, c.ReturnTicket("A001", YESTERDAY), NINE + DAY, "kiosk2").reason == "nothing_to_redeem"


@pytest.mark.req("R-CORE-16")
@pytest.mark.parametrize(
    ("number", "day"),
    [("A002", YESTERDAY), ("A001", "2026-11-20"), ("", YESTERDAY), ("A001", "yesterday"), ("Ω", "Ω" * 500)],
)
def test_t30_what_nobody_left_open_is_not_redeemed(number: str, day: str) -> None:
    assert refused(morning_after(), c.ReturnTicket(number, day), NINE + DAY).reason == "nothing_to_redeem"


@pytest.mark.req("R-CORE-16", "R-KIOSK-04")
def test_t30_keeps_the_issuing_hours_and_what_the_hall_offers_today() -> None:
    hall = morning_after()
    noon = thaw(freeze(hall))
    assert noon is not None
    let_time_pass(noon, NOON + DAY)
    assert refused(noon, c.ReturnTicket("A001", YESTERDAY), NOON + DAY, "kiosk1").reason == "noon"

    happen(hall, [e.Configured(NINE + DAY, replace(PLAN, services=PLAN.services[1:], desks=PLAN.desks[1:4]))])
    assert refused(hall, c.ReturnTicket("A001", YESTERDAY), NINE + DAY, "kiosk1").reason == "nothing_to_redeem"


@pytest.mark.req("R-KIOSK-08")
def test_todays_date_on_a_slip_means_todays_number() -> None:
    hall = open_hall()
    passed = take(hall)
    _, at = let_pass(hall)

    assert ask(hall, c.ReturnTicket(passed, YESTERDAY), at) == [e.Returned(at, passed, 4)]


@pytest.mark.req("R-CORE-16")
def test_t30_at_a_desk_the_number_waits_at_once_though_nothing_is_printed_there() -> None:
    hall = morning_after()

    taken, unknown = ask(hall, c.ReturnTicket("A001", YESTERDAY), NINE + DAY, "desk1")

    assert isinstance(taken, e.Taken)
    assert unknown == e.PrintUnknown(NINE + DAY, taken.ticket, "no_printer")
    assert ticket(hall, taken.ticket).state is S.WAITING
    assert call(hall, at=NINE + DAY) == taken.ticket


def test_after_closing_a_passed_number_still_returns() -> None:
    hall = open_hall()
    passed = take(hall)
    _, at = let_pass(hall)
    take(hall, at=at)
    let_time_pass(hall, CLOSE)

    assert ask(hall, c.ReturnTicket(passed), CLOSE + MINUTE)
