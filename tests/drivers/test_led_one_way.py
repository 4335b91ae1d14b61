"""Several strips that never answer on one line: addresses, gaps, and a refresh that never holds up a call."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from drivers.led import SignShape, strip_frames
from drivers.led.one_way import OneWayBus
from drivers.virtual.faults import Fault
from drivers.virtual.led_strip import VirtualStrips
from drivers.virtual.led_weilipu import VirtualWeilipu
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.runtime.wire_settings.sign import StripSign, WeilipuSign
from firmware_py.runtime.wires import sign_driver

GAP_S = 0.02
SHAPES = {1: SignShape(64, 1), 2: SignShape(128, 1), 3: SignShape(64, 1)}


@pytest.fixture
def strips(tmp_path: Path) -> Iterator[VirtualStrips]:
    far = VirtualStrips([1, 2, 3], link=tmp_path / "strips")
    yield far
    far.close()


@pytest.fixture
def bus(strips: VirtualStrips) -> Iterator[OneWayBus]:
    driver = OneWayBus(strips.path, SHAPES, strip_frames.show, frame_gap_s=GAP_S)
    driver.open()
    yield driver
    driver.close()


@pytest.mark.req("R-CALL-01", "R-CALL-05")
def test_each_strip_takes_what_is_for_its_address(bus: OneWayBus, strips: VirtualStrips) -> None:
    for address, text in ((1, "A001"), (2, "正在办理 A002"), (3, "请稍候")):
        bus.show(address, text)
    assert strips.wait_for(lambda: strips.cards[3].text == "请稍候")
    assert [card.text for card in strips.cards.values()] == ["A001", "正在办理 A002", "请稍候"]


def frames(strips: VirtualStrips) -> list[int]:
    return [len(card.frames) for card in strips.cards.values()]


def test_a_check_sends_one_strip_again_and_the_next_check_the_next_one(bus: OneWayBus, strips: VirtualStrips) -> None:
    bus.check()
    assert frames(strips) == [0, 0, 0], "nothing was shown, so there is nothing to say again"
    bus.show(1, "A001")
    bus.show(3, "A003")
    for due in ([2, 0, 1], [2, 0, 2], [3, 0, 2]):
        bus.check()
        assert strips.wait_for(lambda due=due: frames(strips) == due), frames(strips)


@pytest.mark.req("R-CALL-05")
def test_what_was_shown_before_the_port_was_lost_is_never_sent_again_by_itself(
    bus: OneWayBus, strips: VirtualStrips
) -> None:
    bus.show(1, "A001")
    assert strips.wait_for(lambda: strips.cards[1].text == "A001")
    strips.unplug()
    with pytest.raises(DriverOffline):
        bus.check()
    strips.replug()
    strips.set_mute(1, muted=True)
    strips.set_mute(1, muted=False)
    bus.open()
    bus.check()
    bus.show(2, "A002")
    assert strips.wait_for(lambda: strips.cards[2].text == "A002")
    assert strips.cards[1].text == ""


def test_a_board_of_three_lines_is_refreshed_line_by_line() -> None:
    card = VirtualWeilipu(3)
    driver = sign_driver(WeilipuSign(card.path, width_px=192, lines=3, colour="green"))
    try:
        driver.open()
        driver.show(1, "请A003号到1号窗口\n请B001号到2号窗口\n")
        assert card.wait_for(lambda: card.cards[1].text == "请A003号到1号窗口\n请B001号到2号窗口")
        card.set_fault(Fault.SILENT, on=True)
        card.set_fault(Fault.SILENT, on=False)
        driver.check()
        assert card.wait_for(lambda: card.cards[1].text == "请A003号到1号窗口\n请B001号到2号窗口")
        assert card.colour == "green"
        with pytest.raises(DriverFault) as caught:
            driver.show(1, "一\n二\n三\n四")
        assert caught.value.reason == "led_text"
    finally:
        driver.close()
        card.close()


@pytest.mark.parametrize(
    ("settings", "counts_end"),
    [
        (partial(StripSign, kind="strip"), True),
        (partial(StripSign, kind="wpf"), False),
        (partial(StripSign, kind="wpf", checksum="with_end"), True),
        (partial(StripSign, checksum="without_end"), False),
    ],
)
def test_the_checksum_is_the_one_that_goes_with_the_kind_unless_the_file_says_otherwise(
    settings: partial[StripSign], counts_end: bool
) -> None:
    far = VirtualStrips([1], counts_end=counts_end)
    driver = sign_driver(settings(far.path))
    try:
        driver.open()
        driver.show(1, "A001")
        assert far.wait_for(lambda: far.cards[1].text == "A001")
    finally:
        driver.close()
        far.close()


def test_signs_of_one_port_have_one_owner_and_each_its_own_size(strips: VirtualStrips) -> None:
    wires = [StripSign(strips.path, address=1), StripSign(strips.path, address=2, width_px=128)]
    driver = sign_driver(*wires)
    try:
        driver.open()
        driver.show(2, "")
        driver.show(1, "")
        assert strips.wait_for(lambda: frames(strips)[:2] == [1, 1])
        assert strips.cards[2].frames[0].count(b" ") == 16
        assert strips.cards[1].frames[0].count(b" ") == 8
        with pytest.raises(DriverFault, match="no LED sign 3"):
            driver.show(3, "A001")
    finally:
        driver.close()
