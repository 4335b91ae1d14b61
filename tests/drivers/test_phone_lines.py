"""Telephone lines: the real back-end on pins, and the telephone that rings at the other end."""

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import monotonic_ms
from drivers.phone import Edge
from drivers.phone.gpio_lines import GpioLines, LinePins
from drivers.virtual.pins import PinBoard
from drivers.virtual.ringing import Ringing, edges
from drivers.virtual.telephone import TelephoneBusy, TelephoneState, VirtualTelephone
from firmware_py.errors import DriverOffline

Inbox = queue.SimpleQueue[Edge]

WAIT_S = 10.0
MS = 1_000_000
RING, HOOK = 5, 6
QUICK = 0.05
"""Cadence of these tests: rings of 50 ms, silences of 200 ms, still 25 Hz."""


@pytest.fixture
def inbox() -> Inbox:
    return queue.SimpleQueue()


@pytest.fixture
def board(tmp_path: Path) -> Iterator[PinBoard]:
    with PinBoard(tmp_path / "pins") as far_end:
        yield far_end


@pytest.fixture
def lines(board: PinBoard, inbox: Inbox, tmp_path: Path) -> Iterator[GpioLines]:
    driver = GpioLines({"desk3": LinePins(ring=RING, hook=HOOK)}, inbox.put, factory=f"socket:{tmp_path / 'pins'}")
    driver.open()
    yield driver
    driver.close()


class States:
    """Waits for a telephone to reach a state."""

    def __init__(self) -> None:
        self.seen: list[TelephoneState] = []
        self._changed = threading.Condition()

    def changed(self, state: TelephoneState) -> None:
        with self._changed:
            self.seen.append(state)
            self._changed.notify_all()

    def reach(self, *states: TelephoneState) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.seen == list(states), WAIT_S)


@pytest.fixture
def states() -> States:
    return States()


@pytest.fixture
def telephone(board: PinBoard, states: States) -> Iterator[VirtualTelephone]:
    far_end = VirtualTelephone(board, RING, HOOK, cadence=QUICK, on_change=states.changed)
    yield far_end
    far_end.close()


def collect(inbox: Inbox, count: int) -> list[Edge]:
    return [inbox.get(timeout=WAIT_S) for _ in range(count)]


@pytest.mark.req("R-PHONE-01", "R-TECH-08")
def test_each_edge_of_the_line_arrives_with_its_own_time(lines: GpioLines, board: PinBoard, inbox: Inbox) -> None:
    start = monotonic_ms()
    ringing = list(edges(2, start_ns=start * MS))
    for edge in ringing:
        board.drive(RING, edge.closed, edge.at_ns)
    assert collect(inbox, len(ringing)) == [Edge("desk3", "ring", edge.closed, edge.at_ns // MS) for edge in ringing]
    board.drive(HOOK, low=True, at_ns=start * MS)
    assert collect(inbox, 1) == [Edge("desk3", "hook", True, start)]
    assert inbox.empty()


def test_a_call_that_is_answered_rings_and_then_lifts(
    lines: GpioLines, telephone: VirtualTelephone, inbox: Inbox, states: States
) -> None:
    telephone.ring(2, "answer", talk_ms=1000)
    assert states.reach(TelephoneState.RINGING, TelephoneState.TALKING, TelephoneState.IDLE)
    found = collect(inbox, 2 * 2 + 2)
    assert [(edge.wire, edge.closed) for edge in found] == [("ring", True), ("ring", False)] * 2 + [
        ("hook", True),
        ("hook", False),
    ]
    first, second = found[0].at, found[2].at
    assert second - first in (250, 251)
    assert second + 50 + 25 <= found[4].at
    assert found[5].at - found[4].at >= 50


def test_a_caller_who_gives_up_leaves_the_hook_alone(
    lines: GpioLines, telephone: VirtualTelephone, inbox: Inbox, states: States
) -> None:
    telephone.ring(3)
    assert states.reach(TelephoneState.RINGING, TelephoneState.IDLE)
    assert {edge.wire for edge in collect(inbox, 6)} == {"ring"}
    assert inbox.empty()
    assert telephone.state is TelephoneState.IDLE


def test_lifting_stops_the_ringing_at_once_and_hanging_up_frees_the_line(
    lines: GpioLines, telephone: VirtualTelephone, inbox: Inbox, states: States
) -> None:
    telephone.ring(1000)
    assert collect(inbox, 1)[0].wire == "ring"
    telephone.lift()
    telephone.lift()
    telephone.hang_up()
    telephone.hang_up()
    assert states.reach(TelephoneState.RINGING, TelephoneState.TALKING, TelephoneState.IDLE)
    found: list[Edge] = []
    while not found or (found[-1].wire, found[-1].closed) != ("hook", False):
        found += collect(inbox, 1)
    assert [(edge.wire, edge.closed) for edge in found[-3:]] == [("ring", False), ("hook", True), ("hook", False)]
    assert inbox.empty()


def test_a_telephone_in_use_cannot_be_called(telephone: VirtualTelephone) -> None:
    telephone.ring(1000)
    with pytest.raises(TelephoneBusy, match="ringing"):
        telephone.ring(1)
    telephone.lift()
    with pytest.raises(TelephoneBusy, match="talking"):
        telephone.ring(1)
    telephone.hang_up()
    telephone.ring(1)
    with pytest.raises(ValueError, match="0 times"):
        telephone.ring(0)


def test_a_conversation_lasts_until_it_is_hung_up(
    lines: GpioLines, telephone: VirtualTelephone, inbox: Inbox, states: States
) -> None:
    telephone.ring(1, "answer", talk_ms=None)
    assert states.reach(TelephoneState.RINGING, TelephoneState.TALKING)
    telephone.hang_up()
    assert states.reach(TelephoneState.RINGING, TelephoneState.TALKING, TelephoneState.IDLE)
    assert [edge.wire for edge in collect(inbox, 4)] == ["ring", "ring", "hook", "hook"]


def test_a_leaky_hook_detector_sees_the_ringing_too(
    lines: GpioLines, board: PinBoard, inbox: Inbox, states: States
) -> None:
    far_end = VirtualTelephone(
        board, RING, HOOK, ringing=Ringing(full_wave=True), cadence=QUICK, leaky_hook=True, on_change=states.changed
    )
    far_end.ring(1)
    assert states.reach(TelephoneState.RINGING, TelephoneState.IDLE)
    assert [edge.wire for edge in collect(inbox, 8)] == ["ring", "hook"] * 4
    far_end.close()


@pytest.mark.req("R-PHONE-12")
def test_a_telephone_off_the_hook_at_the_start_is_told_and_an_idle_one_is_not(
    board: PinBoard, inbox: Inbox, tmp_path: Path
) -> None:
    board.drive(HOOK, low=True)
    driver = GpioLines(
        {"desk3": LinePins(ring=RING, hook=HOOK), "desk4": LinePins(ring=12, hook=13)},
        inbox.put,
        factory=f"socket:{tmp_path / 'pins'}",
    )
    before = monotonic_ms()
    driver.open()
    told = inbox.get(timeout=WAIT_S)
    assert (told.line, told.wire, told.closed) == ("desk3", "hook", True)
    assert before <= told.at <= monotonic_ms()
    driver.close()
    assert inbox.empty()


@pytest.mark.req("R-PHONE-12")
def test_a_handset_hung_up_while_the_lines_open_is_not_told_to_be_lifted_still(
    board: PinBoard, inbox: Inbox, tmp_path: Path
) -> None:
    """The bell of desk 1 is told first; before desk 2's turn comes, its handset is hung up."""
    hung_up = threading.Event()

    def put(item: object) -> None:
        assert isinstance(item, Edge)
        inbox.put(item)
        if item.line == "desk2" and not item.closed:
            hung_up.set()
        if item.line == "desk1":
            board.drive(13, low=False)
            assert hung_up.wait(WAIT_S)

    board.drive(RING, low=True)
    board.drive(13, low=True)
    lines = {"desk1": LinePins(ring=RING), "desk2": LinePins(ring=12, hook=13)}
    driver = GpioLines(lines, put, factory=f"socket:{tmp_path / 'pins'}")
    driver.open()
    driver.close()
    told = [inbox.get(timeout=WAIT_S) for _ in range(2)]
    assert [(edge.line, edge.wire, edge.closed) for edge in told] == [("desk1", "ring", True), ("desk2", "hook", False)]
    assert inbox.empty()


def test_a_hook_edge_the_kernel_dropped_is_found(board: PinBoard, inbox: Inbox, tmp_path: Path) -> None:
    driver = GpioLines(
        {"desk3": LinePins(ring=RING, hook=HOOK)}, inbox.put, factory=f"socket:{tmp_path / 'pins'}", resync_s=0.02
    )
    driver.open()
    board.drive(HOOK, low=True, lost=True)
    assert inbox.get(timeout=WAIT_S).closed
    board.drive(HOOK, low=False, lost=True)
    assert not inbox.get(timeout=WAIT_S).closed
    driver.close()
    assert inbox.empty()


def test_without_a_board_the_lines_are_offline(inbox: Inbox, tmp_path: Path) -> None:
    driver = GpioLines({"desk3": LinePins(ring=RING, hook=HOOK)}, inbox.put, factory=f"socket:{tmp_path / 'pins'}")
    with pytest.raises(DriverOffline):
        driver.open()
    with pytest.raises(DriverOffline):
        driver.check()
    driver.close()
    driver.close()


@pytest.mark.req("R-PHONE-05", "R-PHONE-12")
def test_a_second_bell_and_the_exchanges_voltage_are_reported_where_they_are_fitted(
    board: PinBoard, inbox: Inbox, tmp_path: Path
) -> None:
    board.drive(13, low=True)  # the line is fed
    fitted = {"desk3": LinePins(ring=RING, hook=HOOK, second=16, loop=13), "desk4": LinePins(ring=19, hook=26, loop=12)}
    driver = GpioLines(fitted, inbox.put, factory=f"socket:{tmp_path / 'pins'}")
    driver.open()
    dead = inbox.get(timeout=WAIT_S)
    assert (dead.line, dead.wire, dead.closed) == ("desk4", "loop", False)  # not fed when they opened

    board.drive(16, low=True)
    board.drive(13, low=False)

    seen = [inbox.get(timeout=WAIT_S) for _ in range(2)]
    assert [(each.line, each.wire, each.closed) for each in seen] == [
        ("desk3", "second", True),
        ("desk3", "loop", False),
    ]
    driver.close()
