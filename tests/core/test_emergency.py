"""Emergencies: everything stands still, and goes on as it stood (R-CORE-30, T27, invariant 23)."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.emergency import GOES_ON
from firmware_py.core.hall import Hall
from firmware_py.core.machine import DECIDE, decide, due
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
def test_only_a_supervisor_with_a_reason_stops_everything() -> None:
    hall = open_hall()

    assert refused(hall, c.EmergencyPause(" "), NINE, "desk1").reason == "reason_needed"
    assert refused(hall, c.EmergencyPause("火警"), NINE, "desk2").reason == "approval_needed"
    assert refused(hall, c.EmergencyResume(), NINE, "desk1").reason == "no_emergency"


def stand_ins(kind: type[c.Command]) -> c.Command:
    """A command of that kind; what it is about does not matter."""
    fields: dict[str, object] = {"desk": 1, "ticket": "A001", "service": "a", "hours": ("09:00-12:00",), "change": 1}
    fields |= {"services": ("a",), "effective": "2026-12-01", "code": "C001", "day": "2026-11-21", "starts": "14:00"}
    fields |= {"ends": "15:00", "handed": "09:00", "kind": "call", "subject": "A001", "reason": "x", "device": "pad"}
    fields |= {"inspector": "i1", "item": "复印", "by": "voice"}
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
