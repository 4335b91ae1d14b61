"""What every panel of buttons promises, over each real back-end and its far end, sound and broken."""

import logging
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.buttons import ButtonsLost, Pressed
from drivers.buttons.evdev_panel import EvdevPanel, Field
from drivers.keypad.held_keys import STUCK_MS
from drivers.virtual.faults import Fault
from drivers.virtual.touch_foil import ABS_MT_POSITION_X, ABS_X, BTN_TOUCH, EV_ABS
from drivers.virtual.usb_keys import DOWN, EV_KEY, EV_SYN, SYN_DROPPED, UP, UsbSockets, VirtualUsbKeys
from firmware_py.errors import DriverFault
from kiosk.presses import Presses
from tests.drivers.input_rigs import ButtonsRig, FoilRig, GpioPanelRig, KeyBoxRig, wired

PANELS = [GpioPanelRig, KeyBoxRig, FoilRig]
USB = [KeyBoxRig, FoilRig]


@pytest.fixture(params=PANELS, ids=lambda kind: kind.__name__)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ButtonsRig]:
    with wired(request.param, tmp_path) as made:
        yield made


@pytest.fixture(params=USB, ids=lambda kind: kind.__name__)
def usb(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ButtonsRig]:
    with wired(request.param, tmp_path) as made:
        yield made


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING and "port" in each.name]


@pytest.mark.req("R-KIOSK-01", "R-KIOSK-02")
def test_each_button_is_one_press_of_its_name_and_of_now(rig: ButtonsRig) -> None:
    rig.port.open()
    rig.until_up()
    before = rig.now()

    for name in (*rig.names, *rig.names):
        assert before <= rig.pressed(name).at <= rig.now()

    assert rig.nothing_came()


@pytest.mark.req("R-TECH-02", "R-TECH-11")
def test_a_panel_that_is_absent_at_the_start_is_one_log_line_and_works_when_it_comes(
    rig: ButtonsRig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.far.set_fault(Fault.UNPLUGGED, True)
    rig.port.open()
    down = rig.until_down()
    rig.tries(3)

    assert down.reason == "offline"
    assert rig.detail in down.detail, "which wire, in words"
    assert len(warnings(caplog)) == 1

    rig.far.set_fault(Fault.UNPLUGGED, False)
    rig.until_up()
    rig.pressed(rig.names[1])


@pytest.mark.req("R-TECH-02", "R-TECH-11")
def test_a_panel_that_is_pulled_out_is_told_once_and_is_back_by_itself(
    rig: ButtonsRig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.port.open()
    rig.until_up()
    rig.far.set_fault(Fault.UNPLUGGED, True)

    assert rig.until_down().reason == "offline"
    rig.tries(2)
    rig.far.set_fault(Fault.UNPLUGGED, False)
    rig.until_up()
    rig.pressed(rig.names[0])
    assert len(warnings(caplog)) == 1


@pytest.mark.req("R-TECH-11")
def test_a_panel_that_comes_back_under_another_name_of_its_socket_is_found(usb: ButtonsRig) -> None:
    usb.port.open()
    usb.until_up()
    usb.far.set_fault(Fault.UNPLUGGED, True)
    usb.until_down()

    usb.come_back_elsewhere()

    usb.until_up()
    usb.pressed(usb.names[0])


@pytest.mark.req("R-TECH-02")
def test_a_panel_another_process_owns_is_said_so_and_taken_when_it_is_free(rig: ButtonsRig) -> None:
    rig.taken_by_another(True)
    rig.port.open()

    down = rig.until_down()
    assert down.reason == "offline"
    assert "another process" in down.detail

    rig.taken_by_another(False)
    rig.until_up()
    rig.pressed(rig.names[0])


def test_a_panel_without_power_presses_nothing_and_is_no_error(rig: ButtonsRig) -> None:
    """Nothing on these wires can tell a panel that nobody presses from one that is dead."""
    rig.port.open()
    rig.until_up()
    rig.far.set_fault(Fault.SILENT, True)
    rig.press(rig.names[0])
    rig.far.set_fault(Fault.SILENT, False)

    rig.pressed(rig.names[1])
    assert rig.nothing_came()


@pytest.mark.req("R-KIOSK-01")
def test_worn_contacts_and_noise_are_one_ticket_and_never_another_button(rig: ButtonsRig) -> None:
    rig.port.open()
    rig.until_up()
    rig.far.set_fault(Fault.GARBAGE, True)
    rig.press(rig.names[0])
    rig.far.set_fault(Fault.GARBAGE, False)
    rig.press(rig.names[1])

    found = [rig.reading(Pressed)]
    while found[-1].button != rig.names[1]:
        found.append(rig.reading(Pressed))
    judge = Presses()
    assert {each.button for each in found[:-1]} == {rig.names[0]}
    assert [judge.judge(each.at) for each in found[:-1]].count("take") == 1


@pytest.mark.req("R-KIOSK-01", "R-TECH-02")
def test_scenario_36_a_button_that_is_held_down_is_one_press_and_after_half_a_minute_a_fault_with_its_name(
    rig: ButtonsRig, caplog: pytest.LogCaptureFixture
) -> None:
    """The first button of the panel; the other one goes on."""
    if isinstance(rig, FoilRig):
        pytest.skip("a foil knows one finger: while something lies on it, nothing else is felt")
    stuck, other = rig.names
    rig.port.open()
    rig.until_up()
    rig.far.set_fault(Fault.STUCK_KEY, True)
    assert rig.reading(Pressed).button == stuck
    rig.pressed(other)
    assert rig.nothing_came()

    rig.late_by = STUCK_MS + 1000
    down = rig.until_down()

    assert down.reason == "stuck_key"
    assert stuck in down.detail
    assert other not in down.detail
    rig.pressed(other)
    assert len(warnings(caplog)) == 1

    rig.far.set_fault(Fault.STUCK_KEY, False)
    rig.until_up()
    rig.pressed(stuck)


@pytest.mark.req("R-TECH-02")
def test_something_that_lies_on_the_foil_is_one_press_and_a_fault(tmp_path: Path) -> None:
    with wired(FoilRig, tmp_path) as rig:
        rig.port.open()
        rig.until_up()
        rig.foil.touch(75, 50)
        assert rig.reading(Pressed).button == "realty"
        rig.far.set_fault(Fault.STUCK_KEY, True)
        assert rig.reading(Pressed).button == "realty", "where the foil was touched last"
        assert rig.nothing_came()
        rig.late_by = STUCK_MS + 1000

        assert rig.until_down().reason == "stuck_key"
        rig.far.set_fault(Fault.STUCK_KEY, False)
        rig.until_up()


@pytest.mark.req("R-KIOSK-15")
def test_no_other_input_device_is_ever_opened_and_other_keys_of_this_one_are_nothing(tmp_path: Path) -> None:
    with wired(KeyBoxRig, tmp_path) as rig:
        stranger = rig.make()
        rig.sockets.plug("pci-usb-0:1.4:1.0-event-kbd", stranger)
        rig.port.open()
        rig.until_up()

        stranger.tap(79)
        rig.device.tap(30)
        rig.device.tap(69)
        rig.pressed("KEY_KP2")

        assert rig.nothing_came()
        assert {name for name in rig.sockets.opened if "1.4" in name} == set()
        assert rig.device.grabbed_by is not None, "its keys reach no login prompt"


@pytest.mark.req("R-KIOSK-02")
@pytest.mark.parametrize("key_first", [False, True])
def test_a_touch_counts_where_the_finger_came_down_and_only_once(tmp_path: Path, key_first: bool) -> None:
    with wired(FoilRig, tmp_path) as rig:
        rig.port.open()
        rig.until_up()
        rig.foil.touch(50, 50, key_first=key_first)  # between the fields
        rig.foil.touch(10, 99, slide_to=(90, 50), key_first=key_first)
        rig.foil.touch(90, 0, key_first=key_first)

        assert [rig.reading(Pressed).button for _ in range(2)] == ["social", "realty"]
        assert rig.nothing_came()


@pytest.mark.req("R-SYNC-02")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from([0, 1, 2, 3, 4, 21]), st.integers(0, 0x2FF), st.integers(-(2**31), 2**31 - 1)),
        max_size=60,
    )
)
def test_any_events_of_a_usb_device_press_nothing_but_its_own_buttons(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[int, int, int]]
) -> None:
    for kind in (KeyBoxRig, FoilRig):
        with wired(kind, tmp_path_factory.mktemp("events")) as rig:
            heard: queue.SimpleQueue[object] = queue.SimpleQueue()
            panel = rig.driver(heard.put)
            panel.open()
            rig.device.emit(*events, (0, 0, 0))
            rig.device.set_fault(Fault.UNPLUGGED, True)
            came = []
            while not isinstance(item := heard.get(timeout=5), ButtonsLost):
                came.append(item)
            panel.close()
            assert all(isinstance(each, Pressed) and each.button in rig.names for each in came)
            downs = sum(1 for event in events if event[0] == 1 and event[2] == 1)
            assert len(came) <= downs


@pytest.mark.req("R-KIOSK-01", "R-KIOSK-02")
def test_a_finger_that_comes_down_where_the_last_one_did_is_felt_after_a_restart_too(tmp_path: Path) -> None:
    """The kernel tells a position only when it changes: the second process never hears this one."""
    with wired(FoilRig, tmp_path) as rig:
        rig.foil.touch(75, 50)
        rig.port.open()
        rig.until_up()

        assert rig.pressed("realty").button == "realty"


@pytest.mark.req("R-KIOSK-01")
def test_half_a_report_is_no_touch_and_what_the_kernel_dropped_is_asked_for(tmp_path: Path) -> None:
    with wired(FoilRig, tmp_path) as rig:
        rig.port.open()
        rig.until_up()
        rig.pressed("social")
        rig.foil.counts |= {ABS_X: 3071}  # the finger moved on, and the kernel's word of it was lost
        rig.foil.emit((EV_SYN, SYN_DROPPED, 0), (EV_KEY, BTN_TOUCH, DOWN), (EV_SYN, 0, 0))
        rig.foil.emit((EV_KEY, BTN_TOUCH, UP), (EV_SYN, 0, 0))
        assert rig.nothing_came()

        rig.foil.emit((EV_KEY, BTN_TOUCH, DOWN), (EV_SYN, 0, 0))
        assert rig.reading(Pressed).button == "realty"


@pytest.mark.req("R-KIOSK-01")
def test_a_second_finger_elsewhere_moves_no_touch(tmp_path: Path) -> None:
    with wired(FoilRig, tmp_path) as rig:
        rig.port.open()
        rig.until_up()
        rig.pressed("social")
        rig.foil.emit((EV_ABS, ABS_MT_POSITION_X, 4000), (EV_SYN, 0, 0))
        rig.foil.emit((EV_KEY, BTN_TOUCH, DOWN), (EV_SYN, 0, 0))

        assert rig.reading(Pressed).button == "social"


@pytest.mark.req("R-TECH-02")
def test_a_device_that_is_touched_and_never_tells_where_is_said_to_be_the_wrong_one(tmp_path: Path) -> None:
    sockets = UsbSockets(tmp_path)
    path = sockets.plug("event0", VirtualUsbKeys((BTN_TOUCH,)))
    with pytest.raises(DriverFault) as caught:
        EvdevPanel(path, print, fields={"all": Field(0, 0, 100, 100)}, open_device=sockets.open).open()
    assert caught.value.reason == "wrong_keys"


@pytest.mark.req("R-KIOSK-02")
def test_a_key_presses_under_the_name_the_file_gives_it(tmp_path: Path) -> None:
    sockets, heard = UsbSockets(tmp_path), queue.SimpleQueue[object]()
    keys = VirtualUsbKeys((582, 80))
    panel = EvdevPanel(sockets.plug("event0", keys), heard.put, keys=["KEY_0582"], open_device=sockets.open)
    panel.open()
    keys.tap(582)
    pressed = heard.get(timeout=5)
    panel.close()

    assert isinstance(pressed, Pressed)
    assert pressed.button == "KEY_0582"
