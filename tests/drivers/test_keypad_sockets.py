"""Which USB pad is whose: the socket it is plugged into says it, and what nobody named stays without effect."""

import queue
from pathlib import Path

import pytest

from drivers.keypad import KeyPressed, LevelPressed, PadLost
from drivers.keypad.evdev_pad import EvdevPad
from drivers.keypad.key_names import code_of
from drivers.keypad.keymaps import NUMBER_PAD
from drivers.virtual.faults import Fault
from drivers.virtual.usb_keys import UsbSockets, VirtualUsbKeys
from firmware_py.errors import DriverFault, DriverOffline

WAIT_S = 5.0
NUMBER_KEYS = [code_of(key) for key in NUMBER_PAD]
LETTERS = list(range(1, 60))
SOCKET_3, SOCKET_4, SOCKET_5 = (f"platform-xhci-usb-0:1.{port}:1.0-event-kbd" for port in (3, 4, 5))
NEXT = code_of("KEY_KP1")


def number_pad(port: int) -> VirtualUsbKeys:
    """One of several pads of the same model: nothing but the socket tells them apart."""
    return VirtualUsbKeys(NUMBER_KEYS, f"usb-0000:01:00.0-1.{port}/input0")


class Desk:
    """A desk's pad at a socket, and what it hears."""

    def __init__(self, sockets: UsbSockets, folder: Path, port: int) -> None:
        self.inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        pattern = str(folder / f"*usb-0:1.{port}:*event-kbd")
        self.pad = EvdevPad(
            pattern, self.inbox.put, address=port, keys=list(NUMBER_PAD), open_device=sockets.open, now=lambda: 7
        )

    def hears(self) -> object:
        return self.inbox.get(timeout=WAIT_S)


@pytest.fixture
def sockets(tmp_path: Path) -> UsbSockets:
    return UsbSockets(tmp_path)


@pytest.mark.req("R-DESK-01", "R-CALL-11")
def test_scenario_19_keypads_swapped_between_desks_3_and_4_press_for_the_desk_they_are_plugged_in_at(
    sockets: UsbSockets, tmp_path: Path
) -> None:
    left, right = number_pad(3), number_pad(4)
    sockets.plug(SOCKET_3, left)
    sockets.plug(SOCKET_4, right)
    three, four = Desk(sockets, tmp_path, 3), Desk(sockets, tmp_path, 4)
    for desk in (three, four):
        desk.pad.open()
    left.tap(NEXT)
    assert three.hears() == KeyPressed(3, "KEY_KP1", 7)

    sockets.unplug(SOCKET_3)
    sockets.unplug(SOCKET_4)
    assert isinstance(three.hears(), PadLost)
    assert isinstance(four.hears(), PadLost)
    left.phys, right.phys = right.phys, left.phys
    sockets.plug(SOCKET_3, right)
    sockets.plug(SOCKET_4, left)
    for desk in (three, four):
        desk.pad.open()

    left.tap(NEXT)
    assert four.hears() == KeyPressed(4, "KEY_KP1", 7)
    right.tap(NEXT)
    assert three.hears() == KeyPressed(3, "KEY_KP1", 7)
    for desk in (three, four):
        desk.pad.close()
        assert desk.inbox.empty()


@pytest.mark.req("R-EVAL-04")
def test_scenario_19_evaluators_swapped_by_usb_rate_the_desk_they_are_plugged_in_at(
    sockets: UsbSockets, tmp_path: Path
) -> None:
    pads = {3: number_pad(4), 4: number_pad(3)}  # the other one's, each
    sockets.plug(SOCKET_3, pads[3])
    sockets.plug(SOCKET_4, pads[4])
    for port, device in pads.items():
        inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        pattern = str(tmp_path / f"*usb-0:1.{port}:*event-kbd")
        evaluator = EvdevPad(
            pattern, inbox.put, address=port, positions={"KEY_KP1": 0}, open_device=sockets.open, now=lambda: 7
        )
        evaluator.open()
        device.tap(NEXT)
        assert inbox.get(timeout=WAIT_S) == LevelPressed(port, 0, 7)
        evaluator.close()


@pytest.mark.req("R-KIOSK-15")
def test_a_pad_in_a_socket_nobody_named_is_never_opened_and_presses_nothing(
    sockets: UsbSockets, tmp_path: Path
) -> None:
    mine, stranger = number_pad(3), number_pad(5)
    sockets.plug(SOCKET_5, stranger)
    desk = Desk(sockets, tmp_path, 3)
    with pytest.raises(DriverOffline, match="no such device"):
        desk.pad.open()
    sockets.plug(SOCKET_3, mine)
    desk.pad.open()
    stranger.tap(NEXT)
    mine.tap(code_of("KEY_KP2"))

    assert desk.hears() == KeyPressed(3, "KEY_KP2", 7)
    assert sockets.opened == {SOCKET_3}
    desk.pad.close()


@pytest.mark.req("R-KIOSK-15")
def test_a_pattern_that_two_pads_fit_takes_neither_and_names_both(sockets: UsbSockets, tmp_path: Path) -> None:
    pads = [number_pad(3), number_pad(4)]
    sockets.plug(SOCKET_3, pads[0])
    sockets.plug(SOCKET_4, pads[1])
    pad = EvdevPad(str(tmp_path / "*event-kbd"), lambda _: None, address=1, keys=["KEY_KP1"], open_device=sockets.open)
    with pytest.raises(DriverFault) as fault:
        pad.open()
    assert fault.value.reason == "two_pads"
    assert SOCKET_3 in fault.value.detail
    assert SOCKET_4 in fault.value.detail
    assert all(each.grabbed_by is None and not each.opened for each in pads)


def test_two_interfaces_of_one_pad_are_one_pad_and_the_other_is_let_go(sockets: UsbSockets, tmp_path: Path) -> None:
    keys = number_pad(3)
    media = VirtualUsbKeys([113, 114, 115], "usb-0000:01:00.0-1.3/input1")
    twin = VirtualUsbKeys(NUMBER_KEYS, "usb-0000:01:00.0-1.3/input2")
    sockets.plug("usb-0:1.3:1.0-event-kbd", keys)
    sockets.plug("usb-0:1.3:1.1-event", media)
    sockets.plug("usb-0:1.3:1.2-event-kbd", twin)
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    pad = EvdevPad(
        str(tmp_path / "usb-0:1.3:*"), inbox.put, address=3, keys=["KEY_KP1"], open_device=sockets.open, now=lambda: 7
    )
    pad.open()
    assert (media.opened, twin.opened) == ([], [])
    keys.tap(NEXT)
    assert inbox.get(timeout=WAIT_S) == KeyPressed(3, "KEY_KP1", 7)
    pad.close()


def test_a_socket_with_two_names_is_one_socket(sockets: UsbSockets, tmp_path: Path) -> None:
    device = number_pad(3)
    path = sockets.plug(SOCKET_3, device)
    (tmp_path / "platform-xhci-usbv2-0:1.3:1.0-event-kbd").symlink_to(path)
    pad = EvdevPad(
        str(tmp_path / "*usb*-0:1.3:*"), lambda _: None, address=3, keys=["KEY_KP1"], open_device=sockets.open
    )
    pad.open()
    assert len(device.opened) == 1
    pad.close()


@pytest.mark.req("R-KIOSK-15")
def test_a_keyboard_in_the_pads_socket_lacks_its_keys_and_is_left_to_the_console(
    sockets: UsbSockets, tmp_path: Path
) -> None:
    keyboard = VirtualUsbKeys(LETTERS, "usb-0000:01:00.0-1.3/input0")
    sockets.plug(SOCKET_3, keyboard)
    desk = Desk(sockets, tmp_path, 3)
    with pytest.raises(DriverFault, match="KEY_KP1") as fault:
        desk.pad.open()
    assert fault.value.reason == "wrong_keys"
    assert keyboard.grabbed_by is None


def test_a_key_held_while_the_pad_is_opened_is_no_press_and_is_noticed_when_it_stays(
    sockets: UsbSockets, tmp_path: Path
) -> None:
    device = number_pad(3)
    sockets.plug(SOCKET_3, device)
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    at = [0]
    pad = EvdevPad(str(tmp_path / SOCKET_3), inbox.put, address=3, open_device=sockets.open, now=lambda: at[0])
    pad.open()
    device.emit((1, NEXT, 2), (1, NEXT, 2))  # the kernel repeats what it thinks is down
    device.tap(code_of("KEY_KP2"))
    assert inbox.get(timeout=WAIT_S) == KeyPressed(3, "KEY_KP2", 0)
    at[0] = 30_000
    with pytest.raises(DriverFault, match="KEY_KP1"):
        pad.check()
    pad.close()


def test_after_the_kernel_dropped_events_no_key_is_called_stuck(sockets: UsbSockets, tmp_path: Path) -> None:
    device = number_pad(3)
    sockets.plug(SOCKET_3, device)
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    at = [0]
    pad = EvdevPad(str(tmp_path / SOCKET_3), inbox.put, address=3, open_device=sockets.open, now=lambda: at[0])
    pad.open()
    device.set_fault(Fault.STUCK_KEY, True)
    device.emit((0, 3, 0), (0, 0, 0))
    device.tap(code_of("KEY_KP2"))
    assert [inbox.get(timeout=WAIT_S) for _ in range(2)] == [KeyPressed(3, "KEY_KP1", 0), KeyPressed(3, "KEY_KP2", 0)]
    at[0] = 60_000
    pad.check()
    pad.close()
