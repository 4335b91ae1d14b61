"""What every telephone line promises, over each real back-end and its far end, sound and broken."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.virtual.faults import Fault
from firmware_py.core import facts as f
from firmware_py.errors import DriverOffline
from tests.drivers.phone_rigs import (
    LINE,
    RIGS,
    SILENCE_MS,
    BlindGpioRig,
    GpioRig,
    ModemRig,
    Rig,
    SeeingModemRig,
    wired,
)

MINUTE = 60_000
WATCHED = [f.DeviceUp("lines"), f.WatchBegan(LINE)]
OFFLINE = f.DeviceDown("lines", "offline")
SEEING = [GpioRig, SeeingModemRig]


@pytest.fixture(params=RIGS, ids=lambda kind: kind.__name__)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with wired(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=SEEING, ids=lambda kind: kind.__name__)
def seeing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with wired(request.param, tmp_path) as made:
        made.port.open()
        made.until_up()
        made.forget()
        yield made


def rung(rig: Rig, times: int) -> list[f.Fact]:
    """The facts of a call that nobody is seen to answer."""
    found: list[f.Fact] = []
    for ring in range(1, times + 1):
        found += [f.RingBegan(LINE, ring), f.RingEnded(LINE, ring)]
    if not rig.hook_seen:
        del found[-1]  # nobody rang again to show that it went unanswered
    return [*found, f.RingingStopped(LINE, times, rig.hook_seen)]


def counts_a_call(rig: Rig) -> None:
    rig.forget()
    rig.rings(2)
    rig.wait(MINUTE)
    assert rig.facts == rung(rig, 2)
    rig.forget()


# --- sound lines ------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-01", "R-PHONE-05", "R-TECH-08")
@pytest.mark.parametrize("times", [1, 3, 5])
def test_a_call_rings_as_often_as_it_rings_and_what_ended_it_is_said_only_where_it_was_seen(
    rig: Rig, times: int
) -> None:
    rig.port.open()
    rig.until_up()
    assert rig.facts == WATCHED
    rig.forget()

    rig.rings(times)
    rig.wait(MINUTE)

    assert rig.facts == rung(rig, times)
    assert rig.watch.due() is None, "a quiet line needs no waking"


@pytest.mark.req("R-PHONE-02", "R-PHONE-05")
def test_scenario_25_a_call_answered_in_ring_two_and_hung_up_after_two_seconds(seeing: Rig) -> None:
    seeing.rings(2)
    seeing.lift()
    seeing.wait(1000)
    seeing.hang_up()
    seeing.wait(MINUTE)

    *rings, lifted, hung_up = seeing.facts
    assert rings[:3] == [f.RingBegan(LINE, 1), f.RingEnded(LINE, 1), f.RingBegan(LINE, 2)]
    assert lifted == f.Lifted(LINE, 2)
    assert hung_up == f.HungUp(LINE, 2000)


@pytest.mark.req("R-PHONE-05")
def test_a_handset_lifted_by_itself_is_an_outgoing_call(seeing: Rig) -> None:
    seeing.lift()
    seeing.wait(10_000)
    seeing.hang_up()

    assert seeing.facts == [f.Lifted(LINE, 0), f.HungUp(LINE, 11_000)]


# --- wires that go and come -------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-12", "R-TECH-02")
def test_what_is_absent_at_the_start_is_one_log_line_and_one_fault_and_watched_when_it_comes(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    rig.far.set_fault(Fault.UNPLUGGED, True)
    rig.port.open()
    down = rig.until_down()
    assert rig.driver.tries(3)

    assert rig.facts == [OFFLINE]
    assert str(rig.path) in down.detail, "which wire, in words"
    assert [record.levelname for record in caplog.records if record.name.endswith("port")] == ["WARNING"]

    rig.far.set_fault(Fault.UNPLUGGED, False)
    rig.until_up()
    assert rig.facts == [OFFLINE, *WATCHED]
    counts_a_call(rig)


@pytest.mark.req("R-PHONE-05", "R-PHONE-12")
def test_a_wire_pulled_in_the_middle_of_a_call_leaves_that_call_unknown_and_the_next_is_counted_from_one(
    rig: Rig,
) -> None:
    rig.port.open()
    rig.until_up()
    rig.forget()
    rig.ring()
    rig.far.set_fault(Fault.UNPLUGGED, True)
    rig.until_down()
    rig.far.set_fault(Fault.UNPLUGGED, False)  # a modem comes back as another node behind its link
    rig.until_up()
    rig.wait(MINUTE)

    assert rig.facts[0] == f.RingBegan(LINE, 1)
    assert rig.facts[-3:] == [OFFLINE, *WATCHED]
    assert not [fact for fact in rig.facts if isinstance(fact, f.RingingStopped | f.Lifted)]
    counts_a_call(rig)


@pytest.mark.req("R-PHONE-12")
def test_a_line_that_another_process_holds_says_so_and_is_taken_when_it_is_let_go(rig: Rig) -> None:
    other = rig.back_end(lambda _: None)
    other.open()

    rig.port.open()
    down = rig.until_down()
    assert (down.reason, rig.facts) == ("offline", [OFFLINE])
    assert any(word in down.detail for word in ("lock", "already")), down.detail

    other.close()
    rig.until_up()
    counts_a_call(rig)


def test_closing_twice_or_before_opening_is_nothing_and_a_closed_line_is_offline(rig: Rig) -> None:
    heard: list[object] = []
    driver = rig.back_end(heard.append)
    driver.close()
    driver.open()
    driver.check()
    driver.close()
    driver.close()

    with pytest.raises(DriverOffline):
        driver.check()
    assert heard == []


# --- every fault a far end can have -----------------------------------------------------------------------------------


def counts_all_the_same(rig: Rig) -> None:
    rig.until_up()
    counts_a_call(rig)


def offline(*words: str) -> Callable[[Rig], None]:
    def check(rig: Rig) -> None:
        down = rig.until_down()
        assert down.reason == "offline"
        assert all(word in down.detail for word in words), down.detail
        assert rig.facts == [OFFLINE]

    return check


def refused(rig: Rig) -> None:
    down = rig.until_down()
    assert (down.reason, rig.facts) == ("modem_refused", [f.DeviceDown("lines", "modem_refused")])
    assert "ATZ" in down.detail


def offline_or_refused(rig: Rig) -> None:
    assert rig.until_down().reason in {"offline", "modem_refused"}
    assert rig.driver.tries(2)
    assert not [fact for fact in rig.facts if not isinstance(fact, f.DeviceDown)]


def line_fault(reason: str, after_ms: int, *facts: f.Fact) -> Callable[[Rig], None]:
    def check(rig: Rig) -> None:
        rig.until_up()
        rig.wait(after_ms)
        assert rig.facts[-1] == f.DeviceDown("line", reason)
        assert [fact for fact in rig.facts if fact not in WATCHED][:-1] == list(facts)

    return check


def never_rings(rig: Rig) -> None:
    rig.until_up()
    rig.until(lambda: len(rig.edges("ring")) >= 24)
    assert rig.facts == WATCHED


def unseen(rig: Rig) -> None:
    rig.until_up()
    rig.wait(20 * MINUTE)
    assert rig.facts == WATCHED


GPIO = {
    Fault.UNPLUGGED: offline("pin board"),
    Fault.GARBAGE: never_rings,
    Fault.STUCK_RING: line_fault("stuck_ring", 6000),
    Fault.STUCK_HOOK: line_fault("left_off_hook", 11 * MINUTE, f.Lifted(LINE, 0)),
    Fault.NO_LOOP: line_fault("no_loop", 6000),
}
BLIND = GPIO | {Fault.STUCK_HOOK: unseen, Fault.NO_LOOP: unseen}
MODEM = {
    Fault.UNPLUGGED: offline("modem"),
    Fault.SILENT: offline("does not answer ATZ"),
    Fault.SLOW: offline("does not answer ATZ"),
    Fault.REFUSES: refused,
    Fault.LOST_BYTES: offline_or_refused,
    Fault.GARBAGE: counts_all_the_same,
    Fault.DUPLICATE: counts_all_the_same,
}
PROMISES = {GpioRig: GPIO, BlindGpioRig: BLIND, ModemRig: MODEM, SeeingModemRig: MODEM}
CASES = [(kind, fault) for kind, promises in PROMISES.items() for fault in promises]


@pytest.mark.req("R-PHONE-12", "R-TECH-02")
@pytest.mark.parametrize(("kind", "fault"), CASES, ids=[f"{kind.__name__}-{fault}" for kind, fault in CASES])
def test_each_fault_shows_as_promised_and_is_over_when_it_is_mended(
    kind: type[Rig], fault: Fault, tmp_path: Path
) -> None:
    with wired(kind, tmp_path) as rig:
        rig.far.set_fault(fault, True)
        rig.port.open()

        PROMISES[kind][fault](rig)

        rig.far.set_fault(fault, False)
        down = [fact for fact in rig.facts if isinstance(fact, f.DeviceDown)]
        if down:
            rig.until(lambda: f.DeviceUp(down[-1].device) in rig.facts[rig.facts.index(down[-1]) :])
        rig.wait(SILENCE_MS)
        counts_a_call(rig)


def test_every_fault_a_far_end_can_have_has_a_promise(rig: Rig) -> None:
    assert set(PROMISES[type(rig)]) == set(rig.far.faults)
    assert not any(rig.far.faults.values())
    with pytest.raises(ValueError, match=Fault.PAPER_OUT):
        rig.far.set_fault(Fault.PAPER_OUT, True)
