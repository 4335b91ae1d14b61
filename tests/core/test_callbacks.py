"""What is owed after a call: a call back, one for each caller, and the complaint line's record (R-PHONE-06, 08, 10)."""

import msgspec
import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.limits import PhoneLimits
from firmware_py.core.model import Callback, Line
from firmware_py.core.showing import desk_view, hall_view
from tests.core.halls import (
    CLOSE,
    DAY,
    LOG,
    MINUTE,
    NINE,
    PLAN,
    SECOND,
    ask,
    happen,
    let_time_pass,
    open_hall,
    refused,
    take,
    with_limits,
)
from tests.core.telephones import LINE, given_up, kinds, ring, ring_out

WANG, LIU = "0123456789abcdef", "fedcba9876543210"
"""Two callers, as their hashes."""
COMPLAINTS = replace(PLAN, desks=tuple(replace(each, complaint_line=each.id == 1) for each in PLAN.desks))


@pytest.mark.req("R-PHONE-05", "R-PHONE-06")
def test_a_missed_call_is_owed_a_call_back_within_half_an_hour() -> None:
    hall = open_hall()
    ring(hall, 3)
    at = NINE + MINUTE
    assert ask(hall, f.RingingStopped(LINE, 3), at) == [
        e.PhoneMissed(at, LINE, 3),
        e.CallbackOpened(at, LINE, 1, at + 30 * MINUTE),
    ]
    ring(hall, 4, at)
    ask(hall, f.RingingStopped(LINE, 4), at + MINUTE)
    assert desk_view(hall, LOG, 1).phone.callbacks == 2

    assert ask(hall, c.CallbackDone(1), at + MINUTE) == [e.CallbackClosed(at + MINUTE, LINE, 1, 1)]
    assert ask(hall, c.CallbackDone(1), at + MINUTE) == [e.CallbackClosed(at + MINUTE, LINE, 2, 1)]
    assert refused(hall, c.CallbackDone(1), at + MINUTE).reason == "no_callback"


@pytest.mark.req("R-PHONE-06", "R-PHONE-08")
def test_what_is_owed_is_shown_all_day_and_told_when_the_day_closes() -> None:
    hall = open_hall(COMPLAINTS)
    for n in (0, 1):
        ring(hall, 3, NINE + n * MINUTE)
        ask(hall, f.RingingStopped(LINE, 3), NINE + n * MINUTE + 30 * SECOND)
    ring(hall, 1, NINE + 5 * MINUTE)
    ask(hall, f.Lifted(LINE, 1), NINE + 5 * MINUTE + SECOND)
    ask(hall, f.HungUp(LINE, 5), NINE + 6 * MINUTE)
    ask(hall, c.CallbackDone(1), NINE + 7 * MINUTE)
    view = hall_view(hall, LOG, NINE + 7 * MINUTE)
    assert (view.callbacks, view.records) == (1, 1)

    assert let_time_pass(hall, CLOSE)[-1] == e.DayClosed(CLOSE, callbacks=1, records=1)
    assert len(hall.callbacks) == 2, "they are still owed"


@pytest.mark.req("R-PHONE-06")
def test_a_supervisor_who_ends_the_day_over_people_is_told_what_is_owed_too() -> None:
    hall = open_hall()
    ring(hall, 3)
    ask(hall, f.RingingStopped(LINE, 3), NINE + MINUTE)
    take(hall)
    let_time_pass(hall, CLOSE)

    assert ask(hall, c.CloseDay("停电"), CLOSE)[-1] == e.DayClosed(CLOSE, "staff1", "停电", callbacks=1)
    assert hall_view(open_hall(), LOG, NINE).callbacks == 0


@pytest.mark.req("R-PHONE-06")
def test_a_call_back_is_never_due_on_another_day() -> None:
    late = with_limits(phone=PhoneLimits(callback_due_min=24 * 60))
    hall = open_hall(late)
    ring(hall, 3)

    opened = ask(hall, f.RingingStopped(LINE, 3), NINE + MINUTE)[1]

    assert isinstance(opened, e.CallbackOpened)
    assert opened.due == NINE + 15 * 60 * MINUTE - MINUTE  # 23:59


@pytest.mark.req("R-PHONE-10")
def test_nothing_the_hall_keeps_of_a_call_has_room_for_a_number() -> None:
    kinds_of_line: list[type[msgspec.Struct]] = [
        kind for kind in vars(e).values() if isinstance(kind, type) and issubclass(kind, e.LineEvent)
    ]
    kinds_of_line += [Line, Callback]
    texts = {
        (kind.__name__, each.name)
        for kind in kinds_of_line
        for each in msgspec.structs.fields(kind)
        if each.type is str
    }

    # beside the line's name and the kind of task: the keyed hash, checked where it comes in
    assert {name for _, name in texts} <= {"line", "id", "caller", "kind"}
    assert {kind for kind, name in texts if name == "caller"} == {"CallerNoted", "CallbackOpened", "Line", "Callback"}


def test_a_new_plan_moves_a_line_or_drops_it_without_breaking_what_is_owed() -> None:
    hall = open_hall()
    ring(hall, 3)
    ask(hall, f.RingingStopped(LINE, 3), NINE + MINUTE)
    without = [replace(each, phone="", neighbours=(99,)) if each.id == 1 else each for each in hall.plan.desks]
    moved = [replace(each, phone=LINE, neighbours=(99, 3)) if each.id == 2 else each for each in without]

    happen(hall, [e.Configured(NINE + MINUTE, replace(hall.plan, desks=tuple(without)))])
    assert refused(hall, c.CallbackDone(1), NINE + MINUTE).reason == "no_callback"

    happen(hall, [e.Configured(NINE + MINUTE, replace(hall.plan, desks=tuple(moved)))])
    assert hall.lines[LINE].desk == 2
    assert kinds(ring(hall, 3, NINE + 2 * MINUTE)) == [e.Rang, e.Rang, e.Rang, e.NeighboursAlerted]
    assert kinds(ask(hall, c.CallbackDone(2), NINE + 3 * MINUTE)) == [e.CallbackClosed]


# --- merged per caller ------------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-06")
def test_scenario_24_two_missed_calls_of_one_caller_are_one_call_owed() -> None:
    hall = open_hall()
    first = ring_out(hall, 3, NINE, caller=WANG)
    second = ring_out(hall, 4, NINE + MINUTE, caller=WANG)

    assert isinstance(first[1], e.CallbackOpened)
    assert first[1].caller == WANG
    assert second == [
        e.PhoneMissed(given_up(4, NINE + MINUTE), LINE, 4),
        e.CallbackMerged(given_up(4, NINE + MINUTE), LINE, first[1].task),
    ]
    assert desk_view(hall, LOG, 1).phone.callbacks == 1

    ask(hall, c.CallbackDone(1), NINE + 2 * MINUTE)
    assert kinds(ring_out(hall, 3, NINE + 3 * MINUTE, caller=WANG)) == [e.PhoneMissed, e.CallbackOpened]


@pytest.mark.req("R-PHONE-06")
def test_a_call_nobody_made_back_is_still_owed_the_next_morning() -> None:
    hall = open_hall()
    ring_out(hall, 3, NINE, caller=WANG)
    let_time_pass(hall, NINE + DAY)
    ask(hall, c.Login(1), NINE + DAY)
    assert desk_view(hall, LOG, 1).phone.callbacks == 1
    assert kinds(ring_out(hall, 3, NINE + DAY, caller=WANG)) == [e.PhoneMissed, e.CallbackMerged]

    at = NINE + DAY + MINUTE
    assert ask(hall, c.CallbackDone(1), at) == [e.CallbackClosed(at, LINE, 1, 1)]


@pytest.mark.req("R-PHONE-06")
def test_calls_of_two_callers_and_of_callers_nobody_knows_are_owed_one_by_one() -> None:
    hall = open_hall()
    for n, caller in enumerate((WANG, LIU, "", "")):
        assert kinds(ring_out(hall, 3, NINE + n * MINUTE, caller=caller)) == [e.PhoneMissed, e.CallbackOpened]

    assert [task.caller for task in hall.callbacks.values()] == [WANG, LIU, "", ""]


@pytest.mark.req("R-PHONE-06")
def test_the_caller_of_one_call_is_not_taken_for_the_caller_of_the_next() -> None:
    hall = open_hall()
    ask(hall, f.RingBegan(LINE, 1), NINE)
    ask(hall, f.CallerKnown(LINE, WANG), NINE)
    ask(hall, f.Lifted(LINE, 1), NINE + SECOND)
    ask(hall, f.HungUp(LINE, 1000), NINE + 2 * SECOND)

    [_, opened] = ring_out(hall, 3, NINE + MINUTE)

    assert isinstance(opened, e.CallbackOpened)
    assert opened.caller == ""


@pytest.mark.req("R-PHONE-05", "R-PHONE-06")
def test_a_second_call_nobody_takes_is_owed_a_call_and_the_conversation_goes_on() -> None:
    hall = open_hall()
    ask(hall, f.Lifted(LINE, 0), NINE)
    talking = hall.lines[LINE]
    ask(hall, f.CallerKnown(LINE, LIU), NINE + SECOND)
    at = NINE + 20 * SECOND

    assert ask(hall, f.SecondCallEnded(LINE, 2), at) == [
        e.PhoneBusyMissed(at, LINE, 2),
        e.CallbackOpened(at, LINE, 1, at + 30 * MINUTE, LIU),
    ]

    assert hall.lines[LINE] == talking
    assert ask(hall, f.SecondCallEnded(LINE, 2), CLOSE) == [e.PhoneBusyMissed(CLOSE, LINE, 2, in_hours=False)]
    assert ask(hall, f.SecondCallEnded(LINE, 2), at, "desk2-phone") == []


@pytest.mark.req("R-PHONE-05", "R-PHONE-06", "R-PHONE-11")
@pytest.mark.parametrize("rings", [1, 2, 3, 9])
@pytest.mark.parametrize("at", [NINE, CLOSE])
def test_invariant_20_a_call_missed_in_hours_has_exactly_one_task_and_any_other_none(rings: int, at: int) -> None:
    hall = open_hall()
    ring_out(hall, rings, at)
    for n in range(2):
        ring_out(hall, rings, at + (n + 1) * MINUTE, caller=WANG)

    assert len(hall.callbacks) == (2 if rings >= 3 and at == NINE else 0)


# --- the complaint line -----------------------------------------------------------------------------------------------


def findings(events: list[e.Event]) -> list[tuple[str, int, str]]:
    return [(event.kind, event.desk, event.line) for event in events if isinstance(event, e.FindingRaised)]


@pytest.mark.req("R-PHONE-08")
@pytest.mark.parametrize("rings", [1, 2, 3, 8])
def test_on_the_complaint_line_every_unanswered_call_in_hours_is_a_finding(rings: int) -> None:
    hall = open_hall(COMPLAINTS)

    assert findings(ring_out(hall, rings)) == [("complaint_line", 1, LINE)]
    assert findings(ring_out(hall, rings, line="desk2-phone")) == []
    assert findings(ring_out(hall, rings, CLOSE)) == []


@pytest.mark.req("R-PHONE-08")
def test_on_the_complaint_line_a_second_call_nobody_takes_is_a_finding_too() -> None:
    hall = open_hall(COMPLAINTS)
    ask(hall, f.Lifted(LINE, 0), NINE)

    assert findings(ask(hall, f.SecondCallEnded(LINE, 1), NINE)) == [("complaint_line", 1, LINE)]
    assert findings(ask(hall, f.SecondCallEnded(LINE, 1), CLOSE)) == []


@pytest.mark.req("R-PHONE-08")
def test_a_call_answered_on_the_complaint_line_owes_a_record_until_it_is_filled_in() -> None:
    hall = open_hall(COMPLAINTS)
    ask(hall, f.RingBegan(LINE, 1), NINE)
    assert ask(hall, f.Lifted(LINE, 1), NINE) == [e.PhoneAnswered(NINE, LINE, 1, 1), e.RecordOwed(NINE, LINE, 1)]
    ask(hall, f.HungUp(LINE, 1000), NINE + SECOND)
    ring(hall, 3, NINE + MINUTE)
    ask(hall, c.Pickup(2), NINE + 2 * MINUTE)
    assert kinds(ask(hall, f.RingingStopped(LINE, 3), NINE + 2 * MINUTE)) == [e.PhoneAnswered, e.RecordOwed]

    phone = desk_view(hall, LOG, 1).phone
    assert (phone.records, phone.callbacks) == (2, 0)
    assert refused(hall, c.CallbackDone(1), NINE + 3 * MINUTE).reason == "no_callback"  # a form is no call
    assert refused(hall, c.RecordDone(2), NINE + 3 * MINUTE).reason == "no_record"  # it is the line's desk that owes
    for task in (1, 2):
        assert ask(hall, c.RecordDone(1), NINE + 3 * MINUTE) == [e.RecordFiled(NINE + 3 * MINUTE, LINE, task, 1)]
    assert refused(hall, c.RecordDone(1), NINE + 3 * MINUTE).reason == "no_record"


@pytest.mark.req("R-PHONE-08")
def test_no_other_line_owes_a_record() -> None:
    hall = open_hall()
    ask(hall, f.RingBegan(LINE, 1), NINE)

    assert kinds(ask(hall, f.Lifted(LINE, 1), NINE)) == [e.PhoneAnswered]
    assert refused(hall, c.RecordDone(1), NINE).reason == "no_record"


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-10")
@pytest.mark.parametrize(
    "told", ["13812345678", "", "0123456789ABCDEF", "0123456789abcde", "0" * 17, "+8613812345678ab"]
)
def test_what_is_not_a_hash_of_sixteen_digits_is_thrown_away(told: str) -> None:
    hall = open_hall()
    ask(hall, f.RingBegan(LINE, 1), NINE)

    assert ask(hall, f.CallerKnown(LINE, told), NINE) == []
    assert hall.lines[LINE].caller == ""


@pytest.mark.req("R-PHONE-10")
def test_a_caller_is_noted_once_for_a_call_that_is_there_and_only_by_its_own_line() -> None:
    hall = open_hall()
    assert ask(hall, f.CallerKnown(LINE, WANG), NINE) == []  # nothing rings
    ask(hall, f.RingBegan(LINE, 1), NINE)
    assert ask(hall, f.CallerKnown(LINE, WANG), NINE, "desk2-phone") == []

    assert ask(hall, f.CallerKnown(LINE, WANG), NINE) == [e.CallerNoted(NINE, LINE, WANG)]
    assert ask(hall, f.CallerKnown(LINE, WANG), NINE) == []
