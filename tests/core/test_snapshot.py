"""A hall frozen, thawed or replayed is the same hall (R-CORE-21), and a repeated command gets its first answer."""

import msgspec
import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.machine import evolve, remember
from firmware_py.core.snapshot import FORMAT, HallSnapshot, freeze, thaw
from tests.core.halls import (
    MINUTE,
    NINE,
    PLAN,
    SECOND,
    ask,
    call,
    finish,
    happen,
    let_pass,
    let_time_pass,
    level,
    open_hall,
    press,
    refused,
    serve,
    take,
)
from tests.core.same_hall import assert_same_hall


def busy_hall() -> Hall:
    """Somebody in every state, a telephone ringing, a printer out, a call-back owed."""
    hall = open_hall()
    for service in "aababac":
        take(hall, service)
    press(hall)
    let_pass(hall, 1)
    ask(hall, c.ReturnTicket("A001"), NINE + 2 * MINUTE)
    serve(hall, 2)
    ask(hall, c.Hold(2, "填表"), NINE)
    finish(hall, 2, NINE + 2 * MINUTE)
    ask(hall, level(hall, 2, 4, 900), NINE + 2 * MINUTE)
    call(hall, 1, NINE + 2 * MINUTE)
    ask(hall, c.Pause(1), NINE + 2 * MINUTE)
    take(hall, klass="G")
    ask(hall, f.RingBegan("desk3-phone", 3), NINE)
    ask(hall, f.RingEnded("desk3-phone", 3), NINE)
    ask(hall, f.RingingStopped("desk2-phone", 3), NINE)
    ask(hall, f.DeviceDown("printer", "paper_out"), NINE, "kiosk2")
    remember(hall, "cmd-1", e.Cancelled(NINE, "A099"))
    happen(hall, [e.ClockStepped(NINE, 7000), e.Restarted(NINE, 7000)])
    return hall


@pytest.mark.req("R-CORE-21")
def test_a_thawed_hall_is_the_same_hall() -> None:
    hall = busy_hall()

    thawed = thaw(freeze(hall))

    assert thawed is not None
    assert_same_hall(thawed, hall)
    for name in Hall.__slots__:
        if name not in {"groups", "lanes"}:
            assert getattr(thawed, name) == getattr(hall, name), name
    assert {name: (g.calls, g.prio_run) for name, g in thawed.groups.items()} == {
        name: (g.calls, g.prio_run) for name, g in hall.groups.items()
    }


@pytest.mark.req("R-CORE-21")
def test_who_was_sent_to_one_desk_waits_there_after_a_restart_too() -> None:
    hall = open_hall()
    take(hall)
    sent = serve(hall, 2)
    ask(hall, c.Transfer(2, "b", 3, "走错窗口"), NINE)

    thawed = thaw(freeze(hall))

    assert thawed is not None
    assert thawed.targeted == 1
    assert call(thawed, 3) == sent


@pytest.mark.req("R-CORE-21")
def test_a_called_ticket_survives_a_power_cut_as_called_and_nobody_else_calls_it() -> None:
    hall = open_hall()
    number = take(hall)
    call(hall)

    thawed = thaw(freeze(hall))

    assert thawed is not None
    assert thawed.tickets[number].desk == 1
    assert refused(thawed, c.Next(2), NINE + SECOND).reason == "nobody_waiting"
    ask(thawed, c.Recall(1), NINE + 10 * SECOND)  # re-announced only because the clerk asks


@pytest.mark.req("R-CORE-02", "R-CORE-21")
def test_the_events_read_back_from_their_journal_bytes_make_the_same_hall() -> None:
    hall, read = Hall(), msgspec.json.Decoder(e.HallEvent).decode
    events: list[e.Event] = [e.Configured(NINE, PLAN)]
    happen(hall, events)
    events += let_time_pass(hall, NINE)
    for asked in (
        c.Login(1),
        c.Take("a", "G"),
        c.ReportPrinted("A001"),
        c.Take("b"),
        c.ReportPrintUnknown("B001", "cable"),
        c.Next(1),
        c.Arrive(1),
        c.Finish(1),
        f.DeviceDown("keypad", "unplugged"),
        f.RingBegan("desk1-phone", 3),
        f.RingEnded("desk1-phone", 3),
        f.RingingStopped("desk1-phone", 3),
        c.Next(1),
        c.Pause(1, urgent=True),
    ):
        events += ask(hall, asked, NINE)

    shadow = Hall()
    for event in events:
        evolve(shadow, read(msgspec.json.encode(event)))

    assert {type(event) for event in events} >= {e.Withdrawn, e.CallbackOpened, e.RatingOpened, e.PrintUnknown}
    assert_same_hall(shadow, hall)


@pytest.mark.req("R-CORE-22")
def test_an_accepted_commands_answer_is_remembered_for_the_day_in_the_snapshot_too() -> None:
    hall = open_hall()
    [taken] = ask(hall, c.Take("a"), NINE)
    remember(hall, "cmd-7", taken)
    remember(hall, "", taken)

    thawed = thaw(freeze(hall))

    assert thawed is not None
    assert thawed.answers == {"cmd-7": c.Answer("cmd-7", taken)}  # type: ignore[arg-type]
    assert thawed.answers["cmd-7"].accepted
    let_time_pass(thawed, NINE + 24 * 60 * MINUTE)
    assert not thawed.answers


def test_a_snapshot_of_another_format_or_of_noise_is_no_hall() -> None:
    data = freeze(busy_hall())
    other = msgspec.structs.replace(msgspec.msgpack.decode(data, type=HallSnapshot), format=FORMAT + 1)

    assert thaw(msgspec.msgpack.encode(other)) is None
    for noise in (b"", b"\x00", data[:-1], b"\xff" * 64):
        assert thaw(noise) is None
