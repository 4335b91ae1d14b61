"""Emergencies: everything stands still, and goes on as it stood (R-CORE-30, T27, invariant 23)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.emergency import GOES_ON
from firmware_py.core.hall import Hall
from firmware_py.core.machine import DECIDE, decide, due
from firmware_py.core.picking import pick
from firmware_py.core.schedule import issue_refusal
from firmware_py.core.service_time import waited_ms
from firmware_py.core.showing import hall_view
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from firmware_py.errors import Rejected
from tests.core.halls import (
    CLOSE,
    DAY,
    HOUR,
    ISSUING,
    LOG,
    MINUTE,
    NINE,
    PLAN,
    SECOND,
    ask,
    call,
    desk_state,
    finish,
    happen,
    let_time_pass,
    level,
    open_hall,
    press,
    reading,
    refused,
    serve,
    state,
    take,
)
from tests.core.same_hall import assert_same_hall

LASTED = 47 * MINUTE


def emergency(hall: Hall, at: int, lasted: int = LASTED) -> int:
    """Everything is stopped at ``at`` and goes on when this says."""
    [began] = ask(hall, c.EmergencyPause("火警"), at, "desk1")
    assert began == e.EmergencyBegan(at, "staff1", "火警")
    let_time_pass(hall, at + lasted)
    [ended] = ask(hall, c.EmergencyResume(), at + lasted, "desk1")
    assert ended == e.EmergencyEnded(at + lasted, "staff1", lasted)
    return at + lasted


@pytest.mark.req("R-CORE-30")
@pytest.mark.parametrize(
    ("by", "desks", "answers"), [("desk1", (1, 2), "staff1"), ("desk1", (2,), "desk1"), ("duty", (2,), "duty")]
)
def test_a_supervisors_key_stops_everything_without_a_reason_and_without_a_login(
    by: str, desks: tuple[int, ...], answers: str
) -> None:
    hall = open_hall(replace(PLAN, supervisors=("duty",)), desks=desks)

    assert ask(hall, c.EmergencyPause(), NINE, by) == [e.EmergencyBegan(NINE, answers, "")]
    assert ask(hall, c.EmergencyResume(), NINE + MINUTE, by) == [e.EmergencyEnded(NINE + MINUTE, answers, MINUTE)]


@pytest.mark.req("R-CORE-30")
def test_only_a_supervisor_stops_everything_and_only_once() -> None:
    hall = open_hall()

    assert refused(hall, c.EmergencyPause("火" * 101), NINE, "desk1").reason == "reason_long"
    assert refused(hall, c.EmergencyPause("火警"), NINE, "desk2").reason == "approval_needed"
    assert refused(hall, c.EmergencyResume(), NINE, "desk1").reason == "no_emergency"


def stand_ins(kind: type[c.Command]) -> c.Command:
    """A command of that kind; what it is about does not matter."""
    fields: dict[str, object] = {"desk": 1, "ticket": "A001", "service": "a", "hours": ("09:00-12:00",), "change": 1}
    fields |= {"services": ("a",), "effective": "2026-12-01", "code": "C001", "day": "2026-11-21", "starts": "14:00"}
    fields |= {"ends": "15:00", "handed": "09:00", "kind": "call", "subject": "A001", "reason": "x", "device": "pad"}
    fields |= {"inspector": "i1", "item": "复印", "by": "voice", "seq": 1}
    required = {name: value for name, value in fields.items() if name in kind.__struct_fields__}
    return kind(**required)


COMMANDS = [kind for kind in DECIDE if issubclass(kind, c.Command)]


@pytest.mark.req("R-CORE-30")
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_during_an_emergency_every_key_waits_but_the_way_out_and_what_has_happened(kind: type[c.Command]) -> None:
    hall = open_hall()
    take(hall)
    ask(hall, c.EmergencyPause("火警"), NINE, "desk1")
    try:
        decide(hall, stand_ins(kind), NINE + SECOND, "desk1")
    except Rejected as refusal:
        assert (refusal.reason == "emergency") is (kind not in GOES_ON), refusal
    else:
        assert kind in GOES_ON


@pytest.mark.req("R-CORE-30", "R-DESK-07")
def test_help_may_be_called_in_an_emergency_and_come() -> None:
    hall = open_hall()
    ask(hall, c.EmergencyPause("火警"), NINE, "desk1")

    assert ask(hall, c.Assist(2), NINE + SECOND) == [e.AlertRaised(NINE + SECOND, "assist", "2")]
    assert ask(hall, c.EndAssist(2), NINE + MINUTE) == [e.AlertCleared(NINE + MINUTE, "assist", "2", "staff1")]


SLOT, UNTIL = NINE - 15 * MINUTE, NINE + HOUR + 15 * MINUTE
"""When an appointment from nine to ten has priority."""


def booked(hall: Hall, at: int, slot: tuple[str, str] = ("09:00", "10:00"), code: str = "AB12") -> str:
    """An appointment for ``a``, checked in."""
    ask(hall, c.Book(code, "a", "2026-11-21", *slot), at)
    [taken] = ask(hall, c.CheckIn(code), at)
    assert isinstance(taken, e.Taken)
    ask(hall, c.ReportPrinted(taken.ticket), at)
    return taken.ticket


@pytest.mark.req("R-CORE-30", "R-CORE-08")
@pytest.mark.parametrize(("late", "first"), [(0, "booked"), (1, "ordinary")])
def test_invariant_23_an_appointment_keeps_the_rest_of_its_slot_to_the_millisecond(late: int, first: str) -> None:
    hall = open_hall()
    ordinary, number = take(hall), booked(hall, NINE + MINUTE)
    began = NINE + 20 * MINUTE
    at = emergency(hall, began, 2 * HOUR)  # far beyond its end

    again = thaw(freeze(hall))
    assert again is not None
    assert_same_hall(again, hall)
    assert (hall.tickets[number].slot_from, hall.tickets[number].slot_until) == (SLOT + 2 * HOUR, UNTIL + 2 * HOUR)
    assert call(hall, 1, at + UNTIL - began + late) == (number if first == "booked" else ordinary)


@pytest.mark.req("R-CORE-30", "R-CORE-08")
@pytest.mark.parametrize("slot", ["09:00-10:00", "10:00-11:00", "11:00-12:00", "14:00-15:00"])
@pytest.mark.parametrize("lasted", [SECOND, 30 * MINUTE, 90 * MINUTE, 3 * HOUR])
def test_invariant_23_who_is_next_after_an_emergency_is_who_was_next_before(slot: str, lasted: int) -> None:
    hall = open_hall()
    starts, ends = slot.split("-")
    take(hall), booked(hall, NINE, (starts, ends))
    before = pick(hall, hall.desks[1], NINE + 10 * MINUTE)

    at = emergency(hall, NINE + 10 * MINUTE, lasted)

    assert pick(hall, hall.desks[1], at) == before


@pytest.mark.req("R-CORE-30", "R-CORE-08")
def test_a_slot_that_an_emergency_did_not_touch_stays_where_it_is() -> None:
    hall = open_hall()
    number = booked(hall, NINE, ("14:00", "15:00"))
    before = hall.tickets[number]

    emergency(hall, NINE + 10 * MINUTE, HOUR)

    assert hall.tickets[number] == before


@pytest.mark.req("R-CORE-30", "R-CORE-08")
@pytest.mark.parametrize(("late", "klass"), [(0, "A"), (1, "X")])
def test_whom_an_emergency_kept_outside_checks_in_with_the_grace_moved_on(late: int, klass: str) -> None:
    hall = open_hall()
    ask(hall, c.Book("AB12", "a", "2026-11-21", "09:00", "10:00"), NINE)
    emergency(hall, NINE + 30 * MINUTE, HOUR)

    [taken] = ask(hall, c.CheckIn("AB12"), UNTIL + HOUR + late)

    assert isinstance(taken, e.Taken)
    assert (taken.klass, taken.slot_until) == (klass, UNTIL + HOUR if klass == "A" else 0)


@pytest.mark.req("R-CORE-30", "R-EVAL-02")
def test_a_citizen_may_still_rate_and_a_slip_may_still_come_out() -> None:
    hall = open_hall()
    take(hall)
    finish(hall, 1)
    printing = press(hall)
    ask(hall, c.EmergencyPause("火警"), NINE, "desk1")

    assert ask(hall, level(hall, 1, 5, 900), NINE + SECOND)
    assert ask(hall, c.ReportPrinted(printing), NINE + SECOND)
    assert ask(hall, f.RingBegan("desk2-phone", 1), NINE + SECOND)
    late = press_state(hall)
    assert late == "emergency"
    assert hall_view(hall, LOG, NINE).reason == "emergency"


def press_state(hall: Hall) -> str:
    assert refused(hall, c.Take("a"), NINE + SECOND).reason == "emergency"
    return issue_refusal(hall, NINE + SECOND)


@pytest.mark.req("R-CORE-30")
def test_no_timer_fires_but_a_printers_and_the_walls_closing() -> None:
    hall = open_hall()
    finish_one = take(hall)
    finish(hall, 1)
    printing = press(hall)
    ask(hall, c.Wait(2), NINE)
    ask(hall, c.EmergencyPause("火警"), NINE, "desk1")

    assert let_time_pass(hall, NINE + 15 * SECOND) == [e.PrintUnknown(NINE + 15 * SECOND, printing, "no_outcome")]
    assert let_time_pass(hall, NINE + 2 * HOUR) == []
    assert due(hall, NINE + 2 * HOUR) == NINE + 3 * HOUR, "the loop is not woken for what stands still"
    assert [type(event) for event in let_time_pass(hall, CLOSE)] == [e.IssueClosed]
    assert let_time_pass(hall, ISSUING + DAY) == [], "and no new day begins"
    assert (state(hall, finish_one), desk_state(hall, 2)) == (S.RATING, D.WAIT)

    ask(hall, c.EmergencyResume(), ISSUING + DAY, "desk1")
    assert e.DayOpened in [type(event) for event in let_time_pass(hall, ISSUING + DAY)]
    assert hall.frozen == []


@pytest.mark.req("R-CORE-30")
def test_invariant_23_the_order_and_every_key_are_what_they_were() -> None:
    hall = open_hall(desks=(1, 2, 3, 4))
    numbers = [
        take(hall, service, NINE + n, klass) for n, (service, klass) in enumerate(zip("abcab", "XGXXG", strict=True))
    ]
    before = {lane: {queue: list(keys) for queue, keys in queues.items()} for lane, queues in hall.lanes.items()}
    tickets = dict(hall.tickets)

    emergency(hall, NINE + MINUTE)

    assert {
        lane: {queue: list(keys) for queue, keys in queues.items()} for lane, queues in hall.lanes.items()
    } == before
    assert hall.tickets == tickets
    assert all(ticket.accepted_at == NINE + n for n, ticket in enumerate(map(hall.tickets.__getitem__, numbers)))


@pytest.mark.req("R-CORE-30", "R-CORE-11")
def test_the_time_to_a_no_show_stands_still_to_the_millisecond() -> None:
    hall = open_hall()
    number = take(hall)
    call(hall)
    for n in (1, 2):
        ask(hall, c.Recall(1), NINE + n * 10 * SECOND)
    at = emergency(hall, NINE + 25 * SECOND)

    assert refused(hall, c.Pass(1), at + 35 * SECOND - 1).reason == "pass_wait"
    ask(hall, c.Pass(1), at + 35 * SECOND)
    assert state(hall, number) is S.PASSED


@pytest.mark.req("R-CORE-30", "R-CORE-11", "R-CALL-02")
def test_a_reading_that_ended_during_the_emergency_counts_from_its_end() -> None:
    hall = open_hall()
    number = take(hall)
    call(hall)
    ask(hall, c.EmergencyPause("火警"), NINE + SECOND, "desk1")
    ask(hall, reading(hall, number), NINE + 5 * SECOND, "voice1")
    at = NINE + LASTED
    ask(hall, c.EmergencyResume(), at, "desk1")
    for n in (1, 2):
        ask(hall, c.Recall(1), at + n * 10 * SECOND)

    assert refused(hall, c.Pass(1), at + MINUTE - 1).reason == "pass_wait"
    ask(hall, c.Pass(1), at + MINUTE)
    assert state(hall, number) is S.PASSED


@pytest.mark.req("R-CORE-30", "R-CORE-11")
def test_the_gap_between_two_recalls_stands_still() -> None:
    hall = open_hall()
    take(hall)
    call(hall)
    at = emergency(hall, NINE + 4 * SECOND)

    assert refused(hall, c.Recall(1), at + 6 * SECOND - 1).reason == "recall_soon"
    assert ask(hall, c.Recall(1), at + 6 * SECOND)


@pytest.mark.req("R-CORE-30")
def test_a_short_leave_becomes_a_pause_ten_minutes_later_by_the_clock_that_stood_still() -> None:
    hall = open_hall()
    ask(hall, c.Wait(1), NINE)
    at = emergency(hall, NINE + 4 * MINUTE)

    let_time_pass(hall, at + 6 * MINUTE - 1)
    assert desk_state(hall, 1) is D.WAIT
    let_time_pass(hall, at + 6 * MINUTE)
    assert desk_state(hall, 1) is D.PAUSED


@pytest.mark.req("R-CORE-30", "R-CORE-29")
@pytest.mark.parametrize(("late", "undone"), [(0, True), (1, False)])
def test_five_seconds_to_take_something_back_are_five_seconds(late: int, undone: bool) -> None:
    hall = open_hall()
    number = take(hall)
    finish(hall, 1)
    at = emergency(hall, NINE + 2 * SECOND)

    moment = at + 3 * SECOND + late
    if undone:
        ask(hall, c.Undo(1), moment)
        assert state(hall, number) is S.SERVING
    else:
        refused(hall, c.Undo(1), moment)


@pytest.mark.req("R-CORE-30", "R-CORE-27")
def test_what_a_visit_took_leaves_the_emergency_out() -> None:
    hall = open_hall()
    take(hall)
    serve(hall, 1)
    at = emergency(hall, NINE + 3 * MINUTE)

    finished = [each for each in ask(hall, c.Finish(1), at + 2 * MINUTE) if isinstance(each, e.Finished)]

    assert [each.served_ms for each in finished] == [5 * MINUTE]


@pytest.mark.req("R-CORE-30", "R-CORE-06")
def test_waiting_time_leaves_every_emergency_of_the_day_out() -> None:
    hall = open_hall()
    take(hall)
    at = emergency(hall, NINE + MINUTE, 30 * MINUTE)
    at = emergency(hall, at + MINUTE, 30 * MINUTE)

    assert hall.frozen == [(NINE + MINUTE, NINE + 31 * MINUTE), (NINE + 32 * MINUTE, NINE + 62 * MINUTE)]
    assert waited_ms(hall, NINE, at + MINUTE) == 3 * MINUTE


@pytest.mark.req("R-CORE-30", "R-CORE-21")
def test_an_emergency_outlasts_a_restart() -> None:
    hall = open_hall()
    take(hall)
    call(hall)
    ask(hall, c.EmergencyPause("火警"), NINE + MINUTE, "desk1")

    again = thaw(freeze(hall))
    assert again is not None
    assert_same_hall(again, hall)
    happen(again, [e.Restarted(NINE + 10 * MINUTE)])
    assert refused(again, c.Recall(1), NINE + 10 * MINUTE).reason == "emergency"
    ask(again, c.EmergencyResume(), NINE + 20 * MINUTE, "desk1")
    assert again.tickets["A001"].called_at == NINE + 19 * MINUTE
