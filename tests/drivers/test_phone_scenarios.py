"""Scenarios 21 to 25 of rules.md 3.12 from the telephone at the far end to what the hall makes of the call."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from drivers.virtual.ringing import Ringing
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.limits import PhoneLimits
from firmware_py.core.states import TicketState
from tests.core.halls import NINE, SECOND, ask, open_hall, serve, state, take, with_limits
from tests.drivers.phone_rigs import LINE, MS, GpioRig, ModemRig, Rig, SeeingModemRig, wired

MINUTE = 60_000
Watching = Callable[..., Rig]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    """Makes a line of a kind, watched already."""
    with ExitStack() as lines:

        def make(kind: type[Rig], ringing: Ringing | None = None) -> Rig:
            made = type("Ringing", (kind,), {"ringing": ringing}) if ringing else kind
            folder = tmp_path / str(len(list(tmp_path.iterdir())))
            folder.mkdir()
            rig = lines.enter_context(wired(made, folder))
            rig.port.open()
            rig.until_up()
            rig.forget()
            return rig

        yield make


def told(hall: Hall, rig: Rig, since: int, line: str = LINE) -> list[e.Event]:
    """The hall hears what the line's watcher kept, at the times it knew it; ``since`` is nine o'clock."""
    heard = list(zip(rig.moments, rig.facts, strict=True))
    rig.forget()
    return [event for at, fact in heard for event in ask(hall, fact, NINE + at - since, line)]


def outcome(rig: Rig) -> list[f.Fact]:
    return [fact for fact in rig.facts if isinstance(fact, f.Lifted | f.HungUp | f.RingingStopped)]


# --- scenario 21 ------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-02", "R-PHONE-05")
@pytest.mark.parametrize("kind", [GpioRig, SeeingModemRig])
@pytest.mark.parametrize("after_ms", [50, 2000, 3900])
def test_scenario_21_lifted_exactly_between_the_end_of_ring_three_and_the_start_of_ring_four_is_within_three(
    watching: Watching, kind: type[Rig], after_ms: int
) -> None:
    rig = watching(kind)
    begins = rig.now
    rig.rings(3)
    rig.wait(after_ms)
    rig.lift()

    assert outcome(rig) == [f.Lifted(LINE, 3)]
    answered = told(open_hall(), rig, begins)[-1]
    assert isinstance(answered, e.PhoneAnswered)
    assert (answered.rings, answered.desk) == (3, 1)


@pytest.mark.req("R-PHONE-02")
@pytest.mark.parametrize("into_ms", [180, 500, 999])
def test_scenario_21_lifted_during_ring_four_is_late(watching: Watching, into_ms: int) -> None:
    rig = watching(GpioRig)
    assert isinstance(rig, GpioRig)
    begins = rig.now
    rig.play(4, cut_ms=15_000 + into_ms + 100)  # the exchange takes a moment to notice
    rig.telephone.hook_at_once(True, (begins + 15_000 + into_ms) * MS)
    rig.until(lambda: bool(rig.edges("hook")))
    rig.wait(SECOND)

    assert outcome(rig) == [f.Lifted(LINE, 4)]


@pytest.mark.req("R-PHONE-02")
def test_scenario_21_lifted_during_ring_four_is_late_for_a_modem_too(watching: Watching) -> None:
    rig = watching(SeeingModemRig)
    rig.rings(4)
    rig.lift()

    assert outcome(rig) == [f.Lifted(LINE, 4)]


@pytest.mark.req("R-PHONE-01")
@pytest.mark.parametrize(
    ("ringing", "rings", "counted"),
    [
        (Ringing(first_on_ms=400), 3, 3),
        (Ringing(first_on_ms=150), 3, 2),
        (Ringing(cadence_ms=(400, 200, 400, 2000)), 3, 3),
        (Ringing(cadence_ms=(400, 200, 400, 2000), full_wave=True), 4, 4),
        (Ringing(cadence_ms=(100, 4900)), 2, 0),
        (Ringing(frequency_hz=22.0), 2, 2),
        (Ringing(frequency_hz=28.0, full_wave=True), 2, 2),
    ],
    ids=["truncated", "truncated too much", "double", "double, two LEDs", "line tests", "22 Hz", "28 Hz, two LEDs"],
)
def test_scenario_21_first_bursts_cut_short_double_rings_line_tests_and_callers_who_drop(
    watching: Watching, ringing: Ringing, rings: int, counted: int
) -> None:
    rig = watching(GpioRig, ringing)
    assert isinstance(rig, GpioRig)

    rig.play(rings)
    rig.wait(MINUTE)

    assert [fact.ring for fact in rig.facts if isinstance(fact, f.RingBegan)] == list(range(1, counted + 1))
    assert outcome(rig) == ([f.RingingStopped(LINE, counted)] if counted else [])


@pytest.mark.req("R-PHONE-05", "R-PHONE-06")
@pytest.mark.parametrize(("kind", "came_to"), [(GpioRig, e.PhoneAbandoned), (ModemRig, e.PhoneUnknown)])
def test_scenario_21_a_caller_who_drops_after_two_rings_is_owed_nothing(
    watching: Watching, kind: type[Rig], came_to: type[e.Event]
) -> None:
    rig, hall = watching(kind), open_hall()
    begins = rig.now
    rig.rings(2)
    rig.wait(MINUTE)

    assert [type(event) for event in told(hall, rig, begins)] == [e.Rang, e.Rang, came_to]
    assert not hall.callbacks


# --- scenarios 22 to 25 -----------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-07", "R-PHONE-04")
@pytest.mark.parametrize("kind", [GpioRig, ModemRig])
@pytest.mark.parametrize(("profile", "asked_at"), [("answer", 3), ("neighbour", 1)])
def test_scenario_22_a_ring_on_a_desk_that_serves_asks_whom_the_profile_says_and_leaves_the_ticket_alone(
    watching: Watching, kind: type[Rig], profile: str, asked_at: int
) -> None:
    hall = open_hall(with_limits(phone=PhoneLimits(while_serving="answer" if profile == "answer" else "neighbour")))
    take(hall)
    number = serve(hall)
    rig = watching(kind)
    begins = rig.now

    rig.rings(4)

    alerts = [event.ring for event in told(hall, rig, begins) if isinstance(event, e.NeighboursAlerted)]
    assert alerts == [asked_at]
    assert state(hall, number) is TicketState.SERVING


@pytest.mark.req("R-PHONE-04", "R-PHONE-05")
def test_scenario_23_a_neighbour_whose_handset_is_off_the_hook_is_not_asked(watching: Watching) -> None:
    hall, neighbour, rig = open_hall(), watching(GpioRig), watching(GpioRig)
    neighbour.lift()
    lifted = [fact for fact in neighbour.facts if isinstance(fact, f.Lifted)]
    assert lifted == [f.Lifted(LINE, 0)]
    ask(hall, f.Lifted("desk2-phone", 0), NINE)
    begins = rig.now

    rig.rings(3)
    rig.wait(2000)

    assert [event.desks for event in told(hall, rig, begins) if isinstance(event, e.NeighboursAlerted)] == [(3,)]


@pytest.mark.req("R-PHONE-06", "R-PHONE-10")
def test_scenario_24_two_missed_calls_of_one_caller_whose_number_a_modem_told_are_one_call_owed(
    watching: Watching,
) -> None:
    hall, rig = open_hall(), watching(SeeingModemRig)
    assert isinstance(rig, SeeingModemRig)
    rig.number = "13812345678"
    begins = rig.now

    found = []
    for _ in range(2):
        rig.rings(3)
        rig.modem.stop_ringing()
        rig.wait(MINUTE)
        found += told(hall, rig, begins)

    assert [type(event) for event in found if not isinstance(event, e.Rang | e.NeighboursAlerted)] == [
        *(e.CallerNoted, e.PhoneMissed, e.CallbackOpened),
        *(e.CallerNoted, e.PhoneMissed, e.CallbackMerged),
    ]
    assert len(hall.callbacks) == 1


@pytest.mark.req("R-PHONE-05", "R-PHONE-09")
@pytest.mark.parametrize("kind", [GpioRig, SeeingModemRig])
def test_scenario_25_answered_and_dropped_after_two_seconds_is_answered_and_two_seconds_long(
    watching: Watching, kind: type[Rig]
) -> None:
    hall, rig = open_hall(), watching(kind)
    begins = rig.now
    rig.rings(1)
    rig.lift()
    rig.wait(SECOND)
    rig.hang_up()
    rig.wait(MINUTE)

    events = told(hall, rig, begins)
    assert [type(event) for event in events] == [e.Rang, e.PhoneAnswered, e.PhoneEnded]
    assert isinstance(events[-1], e.PhoneEnded)
    assert events[-1].talk_ms == 2 * SECOND
    assert not hall.callbacks


# --- the other two detectors ------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-06")
def test_a_second_call_that_rings_during_a_conversation_and_is_not_taken_is_missed(watching: Watching) -> None:
    hall, rig = open_hall(), watching(GpioRig)
    assert isinstance(rig, GpioRig)
    begins = rig.now
    rig.lift()
    rig.play(2, line_2=True)
    rig.wait(20 * SECOND)
    rig.hang_up()

    assert rig.facts == [f.Lifted(LINE, 0), f.SecondCallEnded(LINE, 2), f.HungUp(LINE, rig.moments[-1] - begins - 250)]
    assert e.PhoneBusyMissed in [type(event) for event in told(hall, rig, begins)]
    assert len(hall.callbacks) == 1


@pytest.mark.req("R-PHONE-12")
def test_a_line_that_was_dead_when_its_watch_began_is_a_fault_and_mended_when_it_is_fed(tmp_path: Path) -> None:
    with wired(GpioRig, tmp_path) as rig:
        assert isinstance(rig, GpioRig)
        rig.board.drive(19, low=False)  # cut before the daemon started
        rig.port.open()
        rig.until_up()
        rig.wait(10 * SECOND)
        assert rig.facts[-1] == f.DeviceDown("line", "no_loop")

        rig.board.drive(19, low=True)
        rig.until(lambda: rig.facts[-1] == f.DeviceUp("line"))
