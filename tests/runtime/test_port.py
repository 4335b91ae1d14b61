"""Port threads: jobs, lost wires, faults, ends; time moves only by hand."""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.loop import Crashed
from firmware_py.runtime.port import JobDone, JobFailed, PortDown, PortThread, PortUp
from tests.runtime.wire import WAIT_S, Inbox, Wire

Make = Callable[..., PortThread[Wire]]

UP = PortUp("sign")
LOST = PortDown("sign", "offline", "cable out")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def wire(clock: ManualClock) -> Wire:
    return Wire(clock)


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def start(wire: Wire, inbox: Inbox, clock: ManualClock) -> Iterator[Make]:
    ports: list[PortThread[Wire]] = []

    def make(**options: Any) -> PortThread[Wire]:
        port = PortThread(wire, inbox.put, name="sign", clock=clock, **options)
        clock.on_advance(port.wake)
        ports.append(port)
        port.open()
        return port

    yield make
    for port in ports:
        port.close()


def say(text: str, card: str = "") -> Callable[[Wire], str]:
    return lambda driver: driver.say(text, card)


def failure(item: object) -> tuple[str, str]:
    assert isinstance(item, JobFailed)
    return item.job_id, str(item.error)


# --- jobs -------------------------------------------------------------------------------------------------------------


def test_jobs_are_done_in_order_by_one_thread_and_their_results_come_back(
    start: Make, wire: Wire, inbox: Inbox
) -> None:
    port = start()
    for text in ("a", "b", "c"):
        port.submit(f"job {text}", say(text))
    told = [inbox.next() for _ in range(4)]
    done = [JobDone("sign", "job a", "A"), JobDone("sign", "job b", "B"), JobDone("sign", "job c", "C")]
    assert told == [UP, *done]
    assert len(wire.threads) == 1
    assert threading.get_ident() not in wire.threads


def test_a_newer_job_takes_the_place_of_one_that_waits_with_the_same_key(start: Make, wire: Wire, inbox: Inbox) -> None:
    port = start()
    begun, go = threading.Event(), threading.Event()

    def hold(_: Wire) -> bool:
        begun.set()
        return go.wait(WAIT_S)

    port.submit("hold", hold)
    assert begun.wait(WAIT_S)
    port.submit_latest("desk 1", "old", say("old"))
    port.submit_latest("desk 2", "other", say("other"))
    port.submit_latest("desk 1", "new", say("new"))
    go.set()
    told = inbox.until_settled(port)
    assert told == [UP, JobDone("sign", "hold", True), JobDone("sign", "new", "NEW"), JobDone("sign", "other", "OTHER")]
    assert wire.said == ["new", "other"]


def test_a_job_in_hand_is_not_replaced(start: Make, wire: Wire, inbox: Inbox) -> None:
    port = start()
    begun, go = threading.Event(), threading.Event()

    def slow(driver: Wire) -> str:
        begun.set()
        assert go.wait(WAIT_S)
        return driver.say("first")

    port.submit_latest("desk 1", "first", slow)
    assert begun.wait(WAIT_S)
    port.submit_latest("desk 1", "second", say("second"))
    go.set()
    assert inbox.until_settled(port)[1:] == [JobDone("sign", "first", "FIRST"), JobDone("sign", "second", "SECOND")]


# --- a wire that is lost ----------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-05")
def test_an_absent_device_is_looked_for_with_growing_pauses_and_told_of_once(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    wire.plugged = False
    port = start()
    assert inbox.next() == LOST
    for pause_ms in (500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000):
        clock.advance(pause_ms - 1)
        assert inbox.until_settled(port) == []
        clock.advance(1)
        assert inbox.until_settled(port) == []
    assert wire.opened_at == [0, 500, 1_500, 3_500, 7_500, 15_500, 31_500, 61_500, 91_500]
    wire.plugged = True
    clock.advance(30_000)
    assert inbox.next() == UP


def test_the_log_has_one_line_when_the_wire_goes_and_one_when_it_is_back(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    port = start()
    assert inbox.next() == UP
    wire.plugged = False
    port.submit("job", say("x"))
    inbox.until_settled(port)
    for _ in range(5):
        clock.advance(30_000)
        inbox.until_settled(port)
    wire.plugged = True
    clock.advance(30_000)
    inbox.until_settled(port)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("INFO", "sign: ready"),
        ("WARNING", "sign: lost: cable out; trying again until it is back"),
        ("INFO", "sign: back"),
    ]


def test_a_job_that_meets_a_lost_wire_fails_and_the_wire_is_let_go(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    port = start()
    assert inbox.next() == UP
    wire.plugged = False
    port.submit("job", say("x"))
    assert failure(inbox.next()) == ("job", "cable out")
    assert inbox.next() == LOST
    assert not wire.held
    wire.plugged = True
    clock.advance(500)
    assert inbox.next() == UP
    port.submit("job 2", say("y"))
    assert inbox.next() == JobDone("sign", "job 2", "Y")


@pytest.mark.req("R-KIOSK-05")
def test_jobs_for_a_lost_wire_fail_at_once_and_are_not_done_later(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    wire.plugged = False
    port = start()
    assert inbox.next() == LOST
    port.submit("slip", say("x"))
    port.submit_latest("key", "sign", say("y"))
    assert failure(inbox.next()) == ("slip", "cable out")
    assert failure(inbox.next()) == ("sign", "cable out")
    wire.plugged = True
    clock.advance(500)
    assert inbox.until_settled(port) == [UP]
    assert wire.said == []


def test_a_job_submitted_before_the_first_attempt_waits_for_it(start: Make, wire: Wire, inbox: Inbox) -> None:
    wire.plugged = False
    port = start()
    port.submit("slip", say("x"))
    told = [inbox.next(), inbox.next()]
    assert told[0] == LOST
    assert failure(told[1]) == ("slip", "cable out")


def test_a_wire_that_flickers_is_left_alone_longer_each_time_and_a_steady_one_starts_anew(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    port = start()
    assert inbox.next() == UP
    for held_ms, pause_ms in ((0, 500), (1, 1_000), (29_999, 2_000), (30_000, 500), (0, 1_000)):
        clock.advance(held_ms)
        wire.plugged = False
        port.submit("job", say("x"))
        assert failure(inbox.next()) == ("job", "cable out")
        assert inbox.next() == LOST
        wire.plugged = True
        clock.advance(pause_ms - 1)
        assert inbox.until_settled(port) == []
        clock.advance(1)
        assert inbox.until_settled(port) == [UP]


def test_pauses_double_up_to_the_cap() -> None:
    back_off = BackOff(first_s=1, cap_s=5)
    pauses = [0.0]
    for _ in range(5):
        pauses.append(back_off.after(pauses[-1], held_s=0))
    assert pauses == [0, 1, 2, 4, 5, 5]


# --- signs: the latest is kept ----------------------------------------------------------------------------------------


def test_a_sign_shows_the_newest_text_when_its_wire_is_back(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    wire.plugged = False
    port = start(when_offline="keep_latest")
    assert inbox.next() == LOST
    port.submit_latest("desk 1", "old", say("old"))
    port.submit_latest("desk 1", "new", say("new"))
    port.submit("once", say("once"))
    assert failure(inbox.next()) == ("once", "cable out")
    wire.plugged = True
    clock.advance(500)
    assert [inbox.next(), inbox.next()] == [UP, JobDone("sign", "new", "NEW")]
    assert wire.said == ["new"]


def test_the_text_that_met_the_lost_wire_is_shown_when_it_is_back(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    port = start(when_offline="keep_latest")
    assert inbox.next() == UP
    wire.plugged = False
    port.submit_latest("desk 1", "text", say("text"))
    assert inbox.next() == LOST
    wire.plugged = True
    clock.advance(500)
    assert [inbox.next(), inbox.next()] == [UP, JobDone("sign", "text", "TEXT")]


def test_the_text_that_met_the_lost_wire_gives_way_to_a_newer_one(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    port = start(when_offline="keep_latest")
    begun, go = threading.Event(), threading.Event()

    def slow(driver: Wire) -> str:
        begun.set()
        assert go.wait(WAIT_S)
        return driver.say("old")

    port.submit_latest("desk 1", "old", slow)
    assert begun.wait(WAIT_S)
    port.submit_latest("desk 1", "new", say("new"))
    wire.plugged = False
    go.set()
    assert [inbox.next(), inbox.next()] == [UP, LOST]
    wire.plugged = True
    clock.advance(500)
    assert inbox.until_settled(port) == [UP, JobDone("sign", "new", "NEW")]
    assert wire.said == ["new"]


def test_a_port_that_opens_onto_a_dead_card_is_not_called_back_and_pauses_grow(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    port = start(when_offline="keep_latest")
    assert inbox.next() == UP
    wire.dead = {"card 1"}
    port.submit_latest("desk 1", "text", say("text", "card 1"))
    assert inbox.next() == PortDown("sign", "offline", "card 1 does not answer")
    for pause_ms in (500, 1_000, 2_000):
        clock.advance(pause_ms)
        assert inbox.until_settled(port) == []
    assert wire.opened_at == [0, 500, 1_500, 3_500]
    wire.dead = set()
    clock.advance(4_000)
    assert [inbox.next(), inbox.next()] == [UP, JobDone("sign", "text", "TEXT")]


def test_a_dead_card_does_not_keep_the_others_of_its_bus_dark(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    port = start(when_offline="keep_latest")
    assert inbox.next() == UP
    wire.dead = {"card 1"}
    port.submit_latest("desk 1", "one", say("one", "card 1"))
    port.submit_latest("desk 2", "two", say("two", "card 2"))
    while "two" not in wire.said:
        clock.advance(500)
        inbox.until_settled(port)
    assert wire.said == ["two"]


# --- faults: a person must act ----------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-05", "R-TECH-02")
def test_a_fault_found_by_a_check_is_told_and_its_mending_too(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    port = start(check_every_s=5)
    assert inbox.next() == UP
    wire.fault = DriverFault("paper_out", "DLE EOT 4 = 7e")
    clock.advance(5_000)
    assert inbox.next() == PortDown("sign", "paper_out", "DLE EOT 4 = 7e")
    clock.advance(5_000)
    assert inbox.until_settled(port) == []
    wire.fault = DriverFault("cover_open")
    clock.advance(5_000)
    assert inbox.next() == PortDown("sign", "cover_open", "")
    wire.fault = None
    clock.advance(5_000)
    assert inbox.next() == UP
    assert wire.checked_at == [0, 5_000, 10_000, 15_000, 20_000]
    assert wire.opened_at == [0]
    messages = [record.getMessage() for record in caplog.records]
    assert messages[1] == "sign: needs a person: paper_out: DLE EOT 4 = 7e"
    assert len(messages) == 4


def test_a_fault_found_by_a_check_is_not_mended_by_a_job(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    port = start(check_every_s=5)
    assert inbox.next() == UP
    wire.fault = DriverFault("paper_low")
    clock.advance(5_000)
    assert inbox.next() == PortDown("sign", "paper_low", "")
    port.submit("job", say("x"))
    assert inbox.until_settled(port) == [JobDone("sign", "job", "X")]


def test_a_fault_met_by_a_job_fails_the_job_and_the_next_good_one_ends_it(
    start: Make, wire: Wire, inbox: Inbox
) -> None:
    port = start(when_offline="keep_latest")
    assert inbox.next() == UP
    port.submit_latest("desk 1", "bad", say(""))
    assert failure(inbox.next()) == ("bad", "no_text: empty")
    assert inbox.next() == PortDown("sign", "no_text", "empty")
    port.submit_latest("desk 1", "good", say("good"))
    assert [inbox.next(), inbox.next()] == [UP, JobDone("sign", "good", "GOOD")]
    assert wire.opened_at == [0]


def test_a_fault_at_opening_is_told_and_opening_is_tried_again(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    wire.fault_at_open = DriverFault("wrong_keys", "no KEY_KP1")
    port = start()
    assert inbox.next() == PortDown("sign", "wrong_keys", "no KEY_KP1")
    port.submit("job", say("x"))
    assert failure(inbox.next()) == ("job", "wrong_keys: no KEY_KP1")
    wire.fault_at_open = None
    clock.advance(500)
    assert inbox.next() == UP


def test_a_wire_found_dead_by_a_check_is_reopened(start: Make, wire: Wire, inbox: Inbox, clock: ManualClock) -> None:
    start(check_every_s=2)
    assert inbox.next() == UP
    wire.plugged = False
    clock.advance(2_000)
    assert inbox.next() == LOST
    wire.plugged = True
    clock.advance(500)
    assert inbox.next() == UP


def test_a_fault_that_turns_into_a_lost_wire_is_told_as_such(
    start: Make, wire: Wire, inbox: Inbox, clock: ManualClock
) -> None:
    start(check_every_s=2)
    assert inbox.next() == UP
    wire.fault = DriverFault("cover_open")
    clock.advance(2_000)
    assert inbox.next() == PortDown("sign", "cover_open", "")
    wire.plugged = False
    clock.advance(2_000)
    assert inbox.next() == LOST
    wire.plugged = True
    clock.advance(500)
    assert inbox.next() == PortDown("sign", "cover_open", "")


# --- ends -------------------------------------------------------------------------------------------------------------


def test_closing_waits_for_the_job_in_hand_drops_the_others_and_closes_the_driver(
    start: Make, wire: Wire, inbox: Inbox
) -> None:
    port = start()
    begun, go = threading.Event(), threading.Event()

    def slow(driver: Wire) -> str:
        begun.set()
        assert go.wait(WAIT_S)
        return driver.say("whole")

    port.submit("slow", slow)
    port.submit("dropped", say("dropped"))
    assert begun.wait(WAIT_S)
    closing = threading.Thread(target=port.close)
    closing.start()
    go.set()
    closing.join(WAIT_S)
    assert not closing.is_alive()
    assert wire.said == ["whole"]
    assert not wire.held


def test_closing_is_bounded_when_the_job_in_hand_hangs(
    start: Make, wire: Wire, inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    port = start(close_s=0.01)
    begun, go = threading.Event(), threading.Event()

    def hang(_: Wire) -> None:
        begun.set()
        go.wait(WAIT_S)

    port.submit("hang", hang)
    assert begun.wait(WAIT_S)
    port.close()
    assert "still busy" in caplog.text
    go.set()


def test_closing_cuts_a_long_job_short_where_the_driver_can(start: Make, wire: Wire, inbox: Inbox) -> None:
    begun, cut = threading.Event(), threading.Event()

    def sentence(_: Wire) -> bool:
        begun.set()
        return cut.wait(WAIT_S)

    port = start(interrupt=cut.set)
    port.submit("sentence", sentence)
    assert begun.wait(WAIT_S)
    port.close()
    assert [inbox.next(), inbox.next()] == [UP, JobDone("sign", "sentence", True)]
    assert not wire.held


def test_a_job_for_a_closed_port_fails(start: Make, inbox: Inbox) -> None:
    port = start()
    port.close()
    port.close()
    port.submit("late", say("x"))
    told = inbox.next()
    while told == UP:
        told = inbox.next()
    assert failure(told) == ("late", "sign is closing")


def test_a_port_may_be_closed_before_it_was_opened(wire: Wire, inbox: Inbox) -> None:
    port = PortThread(wire, inbox.put, name="sign")
    port.close()
    assert wire.threads == set()


def test_closing_does_not_wait_for_the_next_attempt_on_a_lost_wire(start: Make, wire: Wire, inbox: Inbox) -> None:
    wire.plugged = False
    port = start(close_s=WAIT_S)
    assert inbox.next() == LOST
    port.close()
    assert wire.opened_at == [0]


def test_a_bug_in_a_job_is_the_owners_end(start: Make, wire: Wire, inbox: Inbox) -> None:
    port = start()
    assert inbox.next() == UP
    port.submit("bug", lambda driver: driver.said[99])
    crashed = inbox.next()
    assert isinstance(crashed, Crashed)
    assert crashed.name == "port sign"
    assert isinstance(crashed.error, IndexError)
    port.close()
    assert not wire.held


def test_a_port_can_fail_a_job_with_the_same_error_it_announced(start: Make, wire: Wire, inbox: Inbox) -> None:
    wire.plugged = False
    port = start()
    assert inbox.next() == LOST
    port.submit("slip", say("x"))
    failed = inbox.next()
    assert isinstance(failed, JobFailed)
    assert isinstance(failed.error, DriverOffline)
