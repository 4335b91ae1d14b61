"""USB pads: the reader against a device whose far end is a pipe of kernel input events, and against uinput if there."""

import errno
import fcntl
import os
import queue
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from drivers.keypad import KeyPressed, LevelPressed, PadLost
from drivers.keypad.evdev_pad import EvdevPad
from drivers.keypad.key_names import code_of, name_of
from drivers.keypad.keymaps import NUMBER_PAD
from drivers.virtual.usb_keys import EV_KEY, Event, OpenNode, UsbSockets, VirtualUsbKeys
from firmware_py.errors import ConfigError, DriverFault, DriverOffline
from firmware_py.runtime.wire_settings.pad import EvdevPad as EvdevPadSettings

Inbox = queue.SimpleQueue[object]

WAIT_S = 5.0
LEVELS = {"KEY_KP1": 0, "KEY_KP2": 1, "KEY_KP3": 2, "KEY_KP4": 3, "KEY_KP5": 4}


class Socket:
    """One socket named ``pad``, or others in the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sockets = UsbSockets(folder)
        self.path = str(folder / "pad")

    def plug(self, name: str = "pad", codes: Iterable[int] = range(1, 120)) -> VirtualUsbKeys:
        device = VirtualUsbKeys(list(codes))
        self.sockets.plug(name, device)
        return device


class EmptyHandedNode(OpenNode):
    """A node whose first wake-up has nothing to read, as ``select`` allows."""

    came_empty: threading.Event

    def read(self) -> Iterator[Event]:
        if not self.came_empty.is_set():
            list(super().read())
            self.came_empty.set()
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        return super().read()


def tap(device: VirtualUsbKeys, *keys: str) -> None:
    for key in keys:
        device.tap(code_of(key))


@pytest.fixture
def ports(tmp_path: Path) -> Socket:
    return Socket(tmp_path)


@pytest.fixture
def inbox() -> Inbox:
    return queue.SimpleQueue()


def staff_pad(ports: Socket, inbox: Inbox) -> EvdevPad:
    return EvdevPad(ports.path, inbox.put, address=3, open_device=ports.sockets.open, now=lambda: 42)


@pytest.mark.req("R-DESK-01", "R-TECH-08")
def test_a_key_is_reported_once_with_its_name_and_time(ports: Socket, inbox: Inbox) -> None:
    device = ports.plug()
    pad = staff_pad(ports, inbox)
    pad.open()
    tap(device, "KEY_KP1")
    tap(device, "KEY_ENTER")
    assert inbox.get(timeout=WAIT_S) == KeyPressed(3, "KEY_KP1", 42)
    assert inbox.get(timeout=WAIT_S) == KeyPressed(3, "KEY_ENTER", 42)
    assert device.grabbed_by is device.opened[0]
    pad.close()
    assert inbox.empty()
    assert (device.grabbed_by, device.opened) == (None, [])


def test_autorepeat_release_and_numlock_are_no_presses(ports: Socket, inbox: Inbox) -> None:
    device = ports.plug()
    pad = staff_pad(ports, inbox)
    pad.open()
    tap(device, "KEY_NUMLOCK")
    device.emit((EV_KEY, 79, 1), (EV_KEY, 79, 2), (EV_KEY, 79, 2), (EV_KEY, 79, 0))
    tap(device, "KEY_NUMLOCK")
    tap(device, "KEY_KP9")
    assert [inbox.get(timeout=WAIT_S) for _ in range(2)] == [KeyPressed(3, "KEY_KP1", 42), KeyPressed(3, "KEY_KP9", 42)]
    pad.close()


@pytest.mark.req("R-EVAL-02")
def test_an_evaluators_keys_are_positions_and_its_other_keys_are_ignored(ports: Socket, inbox: Inbox) -> None:
    device = ports.plug()
    pad = EvdevPad(
        ports.path, inbox.put, address=3, keys=(), positions=LEVELS, open_device=ports.sockets.open, now=lambda: 42
    )
    pad.open()
    for key in ("KEY_KP0", "KEY_KP5", "KEY_ENTER", "KEY_KP1"):
        tap(device, key)
    assert [inbox.get(timeout=WAIT_S) for _ in range(2)] == [LevelPressed(3, 4, 42), LevelPressed(3, 0, 42)]
    pad.close()
    assert inbox.empty()


def test_one_pad_can_be_staff_pad_and_evaluator(ports: Socket, inbox: Inbox) -> None:
    device = ports.plug()
    pad = EvdevPad(
        ports.path,
        inbox.put,
        address=3,
        keys=["KEY_KP0"],
        positions=LEVELS,
        open_device=ports.sockets.open,
        now=lambda: 42,
    )
    pad.open()
    for key in ("KEY_KP9", "KEY_KP0", "KEY_KP2"):
        tap(device, key)
    assert [inbox.get(timeout=WAIT_S) for _ in range(2)] == [KeyPressed(3, "KEY_KP0", 42), LevelPressed(3, 1, 42)]
    pad.close()


@pytest.mark.req("R-TECH-11")
def test_an_unplugged_pad_is_reported_once_and_works_again_when_plugged_in(ports: Socket, inbox: Inbox) -> None:
    pad = staff_pad(ports, inbox)
    with pytest.raises(DriverOffline):
        pad.open()
    ports.plug()
    pad.open()
    pad.check()
    ports.sockets.unplug("pad")
    lost = inbox.get(timeout=WAIT_S)
    assert isinstance(lost, PadLost)
    assert "No such device" in lost.reason
    with pytest.raises(DriverOffline):
        pad.open()
    with pytest.raises(DriverOffline):
        pad.check()
    device = ports.plug()
    pad.open()
    tap(device, "KEY_KP1")
    assert inbox.get(timeout=WAIT_S) == KeyPressed(3, "KEY_KP1", 42)
    pad.close()


def test_outputs_of_a_pad_without_display_are_accepted(ports: Socket, inbox: Inbox) -> None:
    ports.plug()
    pad = staff_pad(ports, inbox)
    pad.open()
    pad.show_digits(3, 7, "001")
    pad.beep(3)
    pad.invite(3)
    pad.close()


def test_closing_is_quiet_and_may_be_repeated(ports: Socket, inbox: Inbox) -> None:
    ports.plug()
    pad = staff_pad(ports, inbox)
    pad.close()
    pad.open()
    pad.close()
    pad.close()
    assert inbox.empty()


def test_of_two_interfaces_the_one_with_the_wanted_keys_is_taken(ports: Socket, inbox: Inbox, tmp_path: Path) -> None:
    media = ports.plug("usb-1.3-event-if01", [113, 114, 115])
    keys = ports.plug("usb-1.3-event-kbd")
    pad = EvdevPad(
        str(tmp_path / "usb-1.3-event*"),
        inbox.put,
        address=3,
        positions=LEVELS,
        open_device=ports.sockets.open,
        now=lambda: 42,
    )
    pad.open()
    assert (media.grabbed_by, media.opened) == (None, [])
    tap(keys, "KEY_KP3")
    assert inbox.get(timeout=WAIT_S) == LevelPressed(3, 2, 42)
    pad.close()


@pytest.mark.req("R-DESK-01")
def test_a_key_taken_out_of_use_is_a_digit_still_and_a_pad_may_lack_it(ports: Socket, inbox: Inbox) -> None:
    wire = EvdevPadSettings(ports.path, keys={"KEY_KP7": "", "KEY_KP8": ""})
    lacks_8 = ports.plug(codes=[code_of(key) for key in NUMBER_PAD if key != "KEY_KP8"])
    pad = EvdevPad(
        ports.path, inbox.put, address=3, keys=wire.meanings, more_keys=wire.digits, open_device=ports.sockets.open
    )
    pad.open()
    tap(lacks_8, "KEY_KPPLUS", "KEY_KP7")
    keys = [inbox.get(timeout=WAIT_S) for _ in range(2)]
    assert [each.key for each in keys if isinstance(each, KeyPressed)] == ["KEY_KPPLUS", "KEY_KP7"]
    assert wire.digits["KEY_KP7"] == "7"
    pad.close()


def test_a_pad_without_the_wanted_keys_needs_a_person(ports: Socket, inbox: Inbox) -> None:
    device = ports.plug(codes=[79, 80, 81])
    pad = EvdevPad(ports.path, inbox.put, address=3, positions=LEVELS, open_device=ports.sockets.open)
    with pytest.raises(DriverFault, match="KEY_KP4, KEY_KP5") as fault:
        pad.open()
    assert fault.value.reason == "wrong_keys"
    assert device.opened == []


def test_a_pattern_that_matches_nothing_is_offline(ports: Socket, inbox: Inbox, tmp_path: Path) -> None:
    with pytest.raises(DriverOffline, match="no such device"):
        EvdevPad(str(tmp_path / "usb*"), inbox.put, address=3, open_device=ports.sockets.open).open()


def test_a_pad_grabbed_by_another_process_is_offline(ports: Socket, inbox: Inbox) -> None:
    device = ports.plug()
    device.grabbed_by = "another process"
    with pytest.raises(DriverOffline, match="another process"):
        staff_pad(ports, inbox).open()
    assert device.opened == []


def test_a_wakeup_with_nothing_to_read_is_no_loss(ports: Socket, inbox: Inbox) -> None:
    device = ports.plug()
    node = EmptyHandedNode(device)
    node.came_empty = threading.Event()
    device.opened.append(node)
    pad = EvdevPad(ports.path, inbox.put, address=3, open_device=lambda _: node, now=lambda: 42)
    pad.open()
    tap(device, "KEY_KP2")
    assert node.came_empty.wait(WAIT_S)
    tap(device, "KEY_KP1")
    assert inbox.get(timeout=WAIT_S) == KeyPressed(3, "KEY_KP1", 42)
    pad.close()


@pytest.mark.parametrize(("name", "code"), [("KEY_1", 2), ("KEY_5", 6), ("KEY_KP1", 79), ("KEY_KP0", 82)])
def test_key_names_are_the_kernels(name: str, code: int) -> None:
    assert code_of(name) == code
    assert name_of(code) == name


def test_every_code_has_a_name_that_leads_back() -> None:
    assert all(code_of(name_of(code)) == code for code in range(1, 0x300))
    assert name_of(582) == "KEY_582"


@pytest.mark.parametrize("name", ["KP1", "KEY_KP12", "KEY_9999", "KEY_", "key_kp1", "KEY_79"])
def test_a_key_that_does_not_exist_is_a_config_error(name: str) -> None:
    with pytest.raises(ConfigError, match="KEY_KP1"):
        EvdevPad("pad", lambda _: None, address=1, keys=[name])


def test_the_table_of_names_agrees_with_evdev() -> None:
    evdev = pytest.importorskip("evdev", reason="python-evdev is not installed here")
    names = {code: ([name] if isinstance(name, str) else name) for code, name in evdev.ecodes.KEY.items()}
    for code in [*range(1, 112), 117, 121, 140, 179, 180]:
        assert code not in names or name_of(code) == f"KEY_{code}" or name_of(code) in names[code]


def test_without_evdev_the_pad_says_what_to_install() -> None:
    try:
        import evdev  # noqa: F401
    except ImportError:
        pass
    else:
        pytest.skip("python-evdev is installed here")
    with pytest.raises(DriverOffline, match="pip install"):
        EvdevPad("/dev/input/event0", lambda _: None, address=1).open()


def test_a_real_input_device_is_grabbed_and_read(inbox: Inbox) -> None:
    evdev = pytest.importorskip("evdev", reason="python-evdev is not installed here")
    if not os.access("/dev/uinput", os.W_OK):
        pytest.skip("no writable /dev/uinput here")
    with evdev.UInput({evdev.ecodes.EV_KEY: [code_of(key) for key in LEVELS]}, name="hall test pad") as keyboard:
        pad = EvdevPad(keyboard.device.path, inbox.put, address=3, positions=LEVELS)
        pad.open()
        with pytest.raises(OSError):
            fcntl.ioctl(keyboard.device.fileno(), 0x40044590, 1)  # EVIOCGRAB: it is taken
        keyboard.write(EV_KEY, code_of("KEY_KP2"), 1)
        keyboard.syn()
        reading = inbox.get(timeout=WAIT_S)
        assert isinstance(reading, LevelPressed)
        assert (reading.address, reading.position) == (3, 1)
        pad.close()
