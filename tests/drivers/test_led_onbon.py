"""The real bus driver against cards at the other end of a pty: contract, faults, noise, and a pulled cable."""

import contextlib
import os
import pty
import queue
import select
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.led import SignShape, onbon_frames
from drivers.led.line import Line
from drivers.led.onbon import OnbonBus
from drivers.virtual.faults import Fault
from drivers.virtual.led_card import VirtualLedBus
from firmware_py.errors import DriverFault, DriverOffline

REPLY_S = 0.05
ONE = {1: SignShape(64, 1)}
SIGNS = {1: SignShape(64, 1), 2: SignShape(128, 2), 0xA5: SignShape(64, 1)}
PATIENCE_S = 5.0


@pytest.fixture
def cards(tmp_path: Path) -> Iterator[VirtualLedBus]:
    far_end = VirtualLedBus([1, 2, 0xA5], link=tmp_path / "led")
    yield far_end
    far_end.close()


@pytest.fixture
def bus(cards: VirtualLedBus) -> Iterator[OnbonBus]:
    driver = OnbonBus(cards.path, SIGNS, reply_timeout_s=REPLY_S)
    driver.open()
    yield driver
    driver.close()


@pytest.mark.req("R-CALL-01", "R-CALL-05")
def test_a_sign_shows_what_it_is_told_when_show_returns(bus: OnbonBus, cards: VirtualLedBus) -> None:
    bus.show(1, "请A001号")
    bus.show(0xA5, "暂停服务")
    assert cards.cards[1].text == "请A001号"
    assert cards.cards[0xA5].text == "暂停服务"
    assert cards.cards[2].frames == []


@pytest.mark.req("R-CALL-10")
def test_an_empty_text_blanks_the_sign(bus: OnbonBus, cards: VirtualLedBus) -> None:
    bus.show(1, "A001")
    bus.show(1, "")
    assert cards.cards[1].text == ""


def test_a_board_keeps_its_lines_and_the_second_goes_when_the_next_text_has_none(
    bus: OnbonBus, cards: VirtualLedBus
) -> None:
    bus.show(2, "请A001号到3号窗口\n请B002号到4号窗口")
    assert cards.cards[2].text == "请A001号到3号窗口\n请B002号到4号窗口"
    bus.show(2, "\n请B002号到4号窗口")
    assert cards.cards[2].text == "\n请B002号到4号窗口"
    bus.show(2, "服务结束")
    assert cards.cards[2].text == "服务结束"


@pytest.mark.req("R-CALL-01")
def test_the_frame_is_on_the_wire_within_20_ms(bus: OnbonBus, cards: VirtualLedBus) -> None:
    delays = []
    for number in range(9):
        called_ns = time.monotonic_ns()
        bus.show(1, f"A{number:03d}")
        delays.append(cards.cards[1].heard_ns - called_ns)
    assert sorted(delays)[len(delays) // 2] <= 20_000_000


@pytest.mark.req("R-CALL-08")
def test_a_dead_card_is_offline_in_bounded_time(cards: VirtualLedBus) -> None:
    driver = OnbonBus(cards.path, ONE, reply_timeout_s=2 * REPLY_S)
    try:
        driver.open()
        cards.set_mute(1, muted=True)
        started = time.monotonic()
        with pytest.raises(DriverOffline, match="card 1 "):
            driver.show(1, "A001")
        assert time.monotonic() - started < 6 * REPLY_S + 1.0
        cards.set_mute(1, muted=False)
        driver.show(1, "A002")
        assert cards.cards[1].text == "A002"
    finally:
        driver.close()


@pytest.mark.req("R-CALL-08")
def test_a_dead_card_among_living_ones_is_its_own_fault_and_they_go_on(bus: OnbonBus, cards: VirtualLedBus) -> None:
    bus.check()
    cards.set_mute(1, muted=True)
    for verb in (lambda: bus.show(1, "A001"), bus.check):
        with pytest.raises(DriverFault, match="card 1 ") as caught:
            verb()
        assert caught.value.reason == "led_silent"
    bus.show(2, "A002")
    assert cards.cards[2].text == "A002"


@pytest.mark.req("R-CALL-05")
def test_a_card_that_is_back_is_shown_what_it_missed_by_the_next_check(bus: OnbonBus, cards: VirtualLedBus) -> None:
    bus.show(2, "请稍候")
    bus.show(1, "A001")
    cards.set_mute(1, muted=True)
    for text in ("A002", "A003"):
        with pytest.raises(DriverFault):
            bus.show(1, text)
    cards.set_mute(1, muted=False)
    assert cards.cards[1].text == ""
    bus.check()
    assert cards.cards[1].text == "A003"
    assert len(cards.cards[2].frames) == 1


def test_a_card_known_to_be_dead_is_asked_once_not_three_times(cards: VirtualLedBus) -> None:
    bus = OnbonBus(cards.path, ONE, reply_timeout_s=REPLY_S)
    cards.set_fault(Fault.WRONG_CHECKSUM, on=True)
    for asked in (3, 4, 5):
        with pytest.raises(DriverOffline):
            bus.show(1, "A001")
        assert len(cards.cards[1].frames) == asked
    cards.set_fault(Fault.WRONG_CHECKSUM, on=False)
    bus.show(1, "A001")
    cards.set_fault(Fault.WRONG_CHECKSUM, on=True)
    with pytest.raises(DriverOffline):
        bus.show(1, "A001")
    assert len(cards.cards[1].frames) == 6 + 3
    bus.close()


@pytest.mark.parametrize(("error", "asked", "name"), [(2, 1, "command unknown"), (3, 3, "busy"), (5, 3, "checksum")])
def test_a_refusal_is_a_fault_that_says_why_and_a_passing_one_is_retried(
    bus: OnbonBus, cards: VirtualLedBus, error: int, asked: int, name: str
) -> None:
    cards.set_refusal(1, error)
    with pytest.raises(DriverFault, match=name) as caught:
        bus.show(1, "A001")
    assert caught.value.reason == "led_refused"
    assert len(cards.cards[1].frames) == asked


def test_noise_around_a_reply_does_not_hide_it(bus: OnbonBus, cards: VirtualLedBus) -> None:
    cards.line.noise = b"\x00\xff\xa5\xa5\x5a\xa6" * 20
    bus.show(1, "A001")
    assert len(cards.cards[1].frames) == 1


def test_the_answer_of_another_card_is_not_this_cards(cards: VirtualLedBus, bus: OnbonBus) -> None:
    neighbour = VirtualLedBus([8])
    try:
        wire = os.open(neighbour.path, os.O_RDWR | os.O_NOCTTY)
        try:
            os.write(wire, onbon_frames.ping(8))
            cards.line.noise = os.read(wire, 100)
        finally:
            os.close(wire)
    finally:
        neighbour.close()
    cards.set_fault(Fault.WRONG_CHECKSUM, on=True)
    with pytest.raises(DriverOffline, match="card 1, 2, 165 "):
        bus.show(1, "A001")


def test_a_stale_answer_left_on_the_line_is_not_this_frames() -> None:
    master, slave = pty.openpty()
    driver = OnbonBus(os.ttyname(slave), ONE, reply_timeout_s=REPLY_S, retries=0)
    try:
        driver.open()
        yes = bytes.fromhex("a5a5a5a5a5a5a5a5 0080 0100 000000 00 00 00 fe 02 0500 a000000000 64dc 5a")
        assert onbon_frames.ReplyReader().feed(yes)[0].ok
        os.write(master, yes)
        assert select.select([slave], [], [], PATIENCE_S)[0], "the answer lies there"
        with pytest.raises(DriverOffline, match="card 1 "):
            driver.show(1, "A001")
    finally:
        driver.close()
        os.close(master)
        os.close(slave)


def test_the_line_rests_between_two_frames(cards: VirtualLedBus) -> None:
    driver = OnbonBus(cards.path, SIGNS, frame_gap_s=0.05)
    try:
        driver.open()
        driver.show(1, "A001")
        driver.show(2, "A001")
    finally:
        driver.close()
    assert cards.cards[2].heard_ns - cards.cards[1].heard_ns >= 50_000_000


def test_a_pulled_cable_is_offline_at_once_and_a_replugged_one_is_found_again(
    bus: OnbonBus, cards: VirtualLedBus
) -> None:
    bus.show(1, "A001")
    cards.unplug()
    for _ in range(2):
        with pytest.raises(DriverOffline):
            bus.show(1, "A002")
    with pytest.raises(DriverOffline):
        bus.check()
    with pytest.raises(DriverOffline):
        bus.open()
    cards.replug()
    bus.open()
    bus.show(1, "A003")
    assert cards.cards[1].text == "A003"
    cards.unplug()
    with pytest.raises(DriverOffline):
        bus.check()
    cards.replug()
    bus.show(1, "A004")
    assert cards.cards[1].text == "A004"


def test_check_asks_one_card_at_a_time_so_that_a_call_waits_for_one(bus: OnbonBus, cards: VirtualLedBus) -> None:
    for asked in ([1, 0, 0], [1, 1, 0], [1, 1, 1], [2, 1, 1]):
        bus.check()
        assert [len(card.frames) for card in cards.cards.values()] == asked


def test_checks_name_every_silent_card_and_tell_a_dead_line_from_a_dead_sign(
    bus: OnbonBus, cards: VirtualLedBus
) -> None:
    bus.check()
    cards.set_mute(1, muted=True)
    cards.set_mute(2, muted=True)
    with pytest.raises(DriverFault, match="card 2 "):
        bus.check()
    with pytest.raises(DriverFault, match="card 2 "):
        bus.check()
    with pytest.raises(DriverFault, match="card 1, 2 "):
        bus.check()
    cards.set_mute(0xA5, muted=True)
    with pytest.raises(DriverFault, match="card 1, 2 "):  # what answered last is believed until it is asked
        bus.check()
    with pytest.raises(DriverOffline, match="card 1, 2, 165 "):
        bus.check()
    cards.set_mute(1, muted=False)
    with pytest.raises(DriverFault, match="card 2, 165 "):
        bus.check()


def test_a_check_of_one_sign_asks_that_sign_and_tells_its_own_trouble_alone(
    bus: OnbonBus, cards: VirtualLedBus
) -> None:
    cards.set_mute(1, muted=True)
    with pytest.raises(DriverFault, match="card 1 ") as caught:
        bus.check_sign(1)
    assert caught.value.reason == "led_silent"
    bus.check_sign(2)
    bus.check_sign(0xA5)
    cards.set_mute(1, muted=False)
    bus.check_sign(1)


@pytest.mark.req("R-CALL-01")
def test_a_text_that_was_missed_before_the_whole_line_was_lost_never_comes_after_it(
    bus: OnbonBus, cards: VirtualLedBus
) -> None:
    bus.check_sign(2)
    cards.set_mute(1, muted=True)
    with pytest.raises(DriverFault):
        bus.show(1, "A001")
    cards.set_fault(Fault.SILENT, on=True)
    with pytest.raises(DriverOffline, match="card 1, 2, 165 "):
        bus.check_sign(2)
    cards.set_fault(Fault.SILENT, on=False)
    cards.set_mute(1, muted=False)
    for address in (1, 2, 1):
        bus.check_sign(address)
    assert cards.cards[1].text == ""
    bus.show(1, "A002")
    assert cards.cards[1].history[-1] == "A002"
    assert "A001" not in cards.cards[1].history


def test_the_port_belongs_to_one_driver(bus: OnbonBus, cards: VirtualLedBus) -> None:
    second = OnbonBus(cards.path, SIGNS)
    with pytest.raises(DriverOffline, match="cannot be opened"):
        second.open()
    bus.close()
    second.open()
    second.close()


def test_a_missing_port_is_offline_and_close_never_raises(tmp_path: Path) -> None:
    driver = OnbonBus(str(tmp_path / "nothing"), ONE)
    driver.close()
    with pytest.raises(DriverOffline, match="nothing"):
        driver.open()
    driver.close()
    driver.close()


def test_a_network_card_that_hung_up_on_an_idle_connection_is_no_fault() -> None:
    far_end = VirtualLedBus([1], tcp=True)
    driver = OnbonBus(far_end.path, ONE)
    try:
        driver.open()
        driver.show(1, "A001")
        far_end.unplug()
        far_end.replug()
        driver.show(1, "A002")
        assert far_end.cards[1].text == "A002"
        far_end.unplug()
        with pytest.raises(DriverOffline):
            driver.show(1, "A003")
    finally:
        driver.close()
        far_end.close()


def test_a_network_port_that_talks_without_end_holds_nobody_up() -> None:
    over = threading.Event()

    def pour(server: socket.socket) -> None:
        host, _ = server.accept()
        host.settimeout(0.05)
        while not over.is_set():
            with contextlib.suppress(OSError):
                host.send(bytes(65536))
        host.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        pouring = threading.Thread(target=pour, args=(server,), daemon=True)
        pouring.start()
        line = Line(f"tcp://127.0.0.1:{server.getsockname()[1]}", 9600, 0.0)
        began = time.monotonic()
        try:
            with pytest.raises(DriverOffline, match="talks without end"):
                while time.monotonic() < began + PATIENCE_S:
                    line.probe()
        finally:
            over.set()
            line.close()
            pouring.join(PATIENCE_S)


def test_a_text_that_a_card_refuses_while_it_answers_stays_its_fault_until_it_takes_it(
    bus: OnbonBus, cards: VirtualLedBus
) -> None:
    """A healthy ping must not hide a sign that shows nothing: its owner would be told up and down for ever."""
    bus.check()
    cards.cards[1].refuse_shows_with = 4
    for _ in range(2):
        with pytest.raises(DriverFault, match="out of memory"):
            bus.show(1, "A001")
    told = []
    for _ in range(6):
        try:
            bus.check()
        except DriverFault as error:
            told.append(error.reason)
    assert told == ["led_refused"] * 2, "once for each time it is this card's turn"
    cards.cards[1].refuse_shows_with = None
    for _ in range(3):
        bus.check()
    assert cards.cards[1].text == "A001"


@pytest.mark.parametrize("address", [0, 0xFFFE, -1, 70_000, 3])
def test_an_address_without_a_sign_is_refused_before_the_wire(bus: OnbonBus, address: int) -> None:
    with pytest.raises(DriverFault) as caught:
        bus.show(address, "A001")
    assert caught.value.reason == "led_address"


def test_the_far_end_tells_who_changed(tmp_path: Path) -> None:
    changes: queue.SimpleQueue[int] = queue.SimpleQueue()
    far_end = VirtualLedBus([4, 5], on_change=changes.put)
    driver = OnbonBus(far_end.path, {5: SignShape()})
    try:
        assert {changes.get(timeout=PATIENCE_S), changes.get(timeout=PATIENCE_S)} == {4, 5}
        driver.open()
        driver.show(5, "A001")
        assert changes.get(timeout=PATIENCE_S) == 5
        far_end.set_mute(4, muted=True)
        assert changes.get(timeout=PATIENCE_S) == 4
    finally:
        driver.close()
        far_end.close()


COMMANDS = st.builds(
    lambda command, rest: onbon_frames.frame(1, command + rest),
    st.sampled_from([b"\xa2\x00\x02", b"\xa3\x10\x02", b"\xa3\x06\x02\x00\x00", b"\x00\x00\x02"]),
    st.binary(max_size=80),
)
"""Whole frames with nonsense in them; 02 asks for no answer, which would be a second talker's on the line."""


@settings(max_examples=60, deadline=None)
@given(noise=st.lists(st.binary(min_size=1, max_size=300) | COMMANDS, max_size=4))
def test_whatever_arrives_a_card_obeys_the_next_whole_frame(noise: list[bytes]) -> None:
    far_end = VirtualLedBus([1])
    driver = OnbonBus(far_end.path, ONE, retries=0)
    try:
        driver.open()
        wire = os.open(far_end.path, os.O_RDWR | os.O_NOCTTY)
        try:
            for piece in noise:
                os.write(wire, piece)
        finally:
            os.close(wire)
        driver.show(1, "A007")
        assert far_end.cards[1].text == "A007"
    finally:
        driver.close()
        far_end.close()
