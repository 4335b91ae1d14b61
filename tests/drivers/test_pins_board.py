"""The virtual pin board and the pin factory behind its socket, with plain gpiozero devices on top."""

import queue
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero import DigitalInputDevice, DigitalOutputDevice
from gpiozero.exc import GPIOPinInUse, PinSetInput

from drivers import monotonic_ms
from drivers.buttons.pins import edge_ms, let_go, pin_factory
from drivers.virtual.pins import BOUNCING, PinBoard
from drivers.virtual.socket_pins import SocketFactory
from firmware_py.errors import ConfigError, DriverOffline

WAIT_S = 5.0
S = 1_000_000_000


class Listener:
    """Keeps what a pin reports, and wakes whoever waits for it."""

    def __init__(self) -> None:
        self.edges: queue.SimpleQueue[tuple[float, int]] = queue.SimpleQueue()

    def changed(self, ticks: float, state: int) -> None:
        self.edges.put((ticks, state))

    def next(self) -> tuple[float, int]:
        return self.edges.get(timeout=WAIT_S)


class Lamps:
    """Hears the board's outputs change."""

    def __init__(self) -> None:
        self.changes: queue.SimpleQueue[tuple[int, bool]] = queue.SimpleQueue()

    def changed(self, pin: int, high: bool) -> None:
        self.changes.put((pin, high))


@pytest.fixture
def lamps() -> Lamps:
    return Lamps()


@pytest.fixture
def board(tmp_path: Path, lamps: Lamps) -> Iterator[PinBoard]:
    with PinBoard(tmp_path / "pins", on_change=lamps.changed) as far_end:
        yield far_end


@pytest.fixture
def factory(board: PinBoard, tmp_path: Path) -> Iterator[SocketFactory]:
    pins = SocketFactory(tmp_path / "pins")
    yield pins
    pins.close()


def offline(factory: SocketFactory) -> bool:
    try:
        factory.level(0)
    except OSError:
        return True
    return False


@pytest.mark.req("R-TECH-08")
def test_an_edge_arrives_with_the_senders_time_and_the_new_level(board: PinBoard, factory: SocketFactory) -> None:
    listener = Listener()
    with DigitalInputDevice(5, pull_up=True, pin_factory=factory) as contact:
        contact.pin.when_changed = listener.changed
        board.drive(5, low=True, at_ns=7 * S)
        board.drive(5, low=False, at_ns=8 * S)
        assert [listener.next(), listener.next()] == [(7.0, 0), (8.0, 1)]


def test_a_press_is_two_edges_and_a_bouncing_one_is_ten(board: PinBoard, factory: SocketFactory) -> None:
    listener = Listener()
    with DigitalInputDevice(5, pull_up=True, pin_factory=factory) as contact:
        contact.pin.when_changed = listener.changed
        board.press(5, held_ms=80, at_ns=S)
        assert [listener.next(), listener.next()] == [(1.0, 0), (1.08, 1)]
        board.press(5, held_ms=80, contact=BOUNCING, at_ns=2 * S)
        edges = [listener.next() for _ in range(10)]
        assert [state for _, state in edges] == [0, 1] * 2 + [0] + [1, 0] * 2 + [1]
        assert [edge for edge in edges if edge[0] in (2.0, 2.0029, 2.08, 2.0829)] == [edges[i] for i in (0, 4, 5, 9)]
        assert listener.edges.empty()


def test_driving_a_pin_to_where_it_is_makes_no_edge(board: PinBoard, factory: SocketFactory) -> None:
    listener = Listener()
    with DigitalInputDevice(5, pull_up=True, pin_factory=factory) as contact:
        contact.pin.when_changed = listener.changed
        for low in (False, True, True, False, False, True):
            board.drive(5, low)
        assert [listener.next()[1] for _ in range(3)] == [0, 1, 0]
        assert listener.edges.empty()


def test_an_undriven_pin_rests_where_its_own_resistor_pulls_it(board: PinBoard, factory: SocketFactory) -> None:
    listener = Listener()
    with (
        DigitalInputDevice(5, pull_up=True, pin_factory=factory) as up,
        DigitalInputDevice(6, pull_up=False, pin_factory=factory) as down,
    ):
        assert (up.pin.state, down.pin.state) == (1, 0)
        down.pin.when_changed = listener.changed
        board.drive(6, low=False, at_ns=S)
        assert listener.next() == (1.0, 1)


def test_levels_driven_before_the_pi_came_are_known_without_an_edge(board: PinBoard, tmp_path: Path) -> None:
    board.drive(5, low=True)
    factory = SocketFactory(tmp_path / "pins")
    with DigitalInputDevice(5, pull_up=True, pin_factory=factory) as contact:
        assert contact.is_active
    factory.close()


def test_lamps_light_on_the_board(board: PinBoard, factory: SocketFactory, lamps: Lamps) -> None:
    with DigitalOutputDevice(17, pin_factory=factory) as lamp:
        lamp.on()
        assert [lamps.changes.get(timeout=WAIT_S) for _ in range(2)] == [(17, False), (17, True)]
        assert board.level(17)
        assert lamp.value == 1


def test_a_pin_belongs_to_one_device_and_an_input_cannot_be_set(board: PinBoard, factory: SocketFactory) -> None:
    with DigitalInputDevice(5, pull_up=True, pin_factory=factory) as contact:
        with pytest.raises(GPIOPinInUse):
            DigitalInputDevice(5, pull_up=True, pin_factory=factory)
        with pytest.raises(PinSetInput):
            contact.pin.state = 1


def test_an_edge_the_kernel_dropped_changes_the_level_and_tells_nobody(board: PinBoard, factory: SocketFactory) -> None:
    listener = Listener()
    with DigitalInputDevice(5, pull_up=True, pin_factory=factory) as contact:
        contact.pin.when_changed = listener.changed
        board.drive(5, low=True, lost=True)
        board.drive(5, low=False, at_ns=S)
        assert listener.next() == (1.0, 1)


@pytest.mark.req("R-TECH-11")
def test_pins_come_back_with_the_board_and_outputs_are_set_again(
    board: PinBoard, factory: SocketFactory, lamps: Lamps, tmp_path: Path
) -> None:
    listener = Listener()
    with (
        DigitalInputDevice(5, pull_up=True, pin_factory=factory) as contact,
        DigitalOutputDevice(17, initial_value=True, pin_factory=factory) as lamp,
    ):
        contact.pin.when_changed = listener.changed
        while lamps.changes.get(timeout=WAIT_S) != (17, True):
            pass
        board.drive(5, low=True)
        assert listener.next()[1] == 0
        board.close()
        gone = threading.Event()
        while not offline(factory):
            assert not gone.wait(0.01)
        with pytest.raises(OSError, match="away"):
            lamp.off()

        again = Lamps()
        with PinBoard(tmp_path / "pins", on_change=again.changed) as fresh:
            assert again.changes.get(timeout=WAIT_S) == (17, False)
            assert contact.pin.state == 1, "the new board has driven nothing"
            fresh.drive(5, low=True, at_ns=9 * S)
            assert listener.next() == (9.0, 0)


def test_without_a_board_there_is_no_factory(tmp_path: Path) -> None:
    with pytest.raises(DriverOffline, match="no pin board"):
        SocketFactory(tmp_path / "pins")


def test_something_else_at_the_socket_is_no_board(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(tmp_path / "pins"))
    listener.listen()

    def stranger() -> None:
        visitor, _ = listener.accept()
        visitor.sendall(b"220 mail ready here now, who are you\n")
        visitor.close()

    thread = threading.Thread(target=stranger)
    thread.start()
    with pytest.raises(DriverOffline):
        SocketFactory(tmp_path / "pins")
    thread.join()
    listener.close()


def test_a_visitor_who_does_not_speak_the_language_is_hung_up_on(board: PinBoard, tmp_path: Path) -> None:
    visitor = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    visitor.settimeout(WAIT_S)
    visitor.connect(str(tmp_path / "pins"))
    assert visitor.recv(100) == b"ready\n"
    visitor.sendall(b"GET / HTTP/1.1\n")
    assert visitor.recv(100) == b""
    visitor.close()
    SocketFactory(tmp_path / "pins").close()


def test_another_process_sees_the_same_board(board: PinBoard, lamps: Lamps, tmp_path: Path) -> None:
    program = """
        import sys, queue
        from gpiozero import DigitalInputDevice, DigitalOutputDevice
        from drivers.virtual.socket_pins import SocketFactory
        class Listener:
            edges = queue.SimpleQueue()
            def changed(self, ticks, state):
                self.edges.put((ticks, state))
        listener, factory = Listener(), SocketFactory(sys.argv[1])
        contact = DigitalInputDevice(5, pull_up=True, pin_factory=factory)
        contact.pin.when_changed = listener.changed
        lamp = DigitalOutputDevice(17, initial_value=True, pin_factory=factory)
        print(*listener.edges.get(timeout=20))
        factory.close()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), str(tmp_path / "pins")], stdout=subprocess.PIPE, text=True
    ) as child:
        while lamps.changes.get(timeout=20) != (17, True):
            pass
        board.drive(5, low=True, at_ns=7 * S)
        out, _ = child.communicate(timeout=20)
    assert out == "7.0 0\n"


def test_a_daemon_that_stops_reading_is_dropped_and_does_not_stop_the_world(board: PinBoard, tmp_path: Path) -> None:
    sleeper = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sleeper.settimeout(WAIT_S)
    sleeper.connect(str(tmp_path / "pins"))
    assert sleeper.recv(6) == b"ready\n"
    for _ in range(20_000):
        board.press(5)
    drained = sleeper.recv(1 << 16)
    while chunk := sleeper.recv(1 << 16):
        drained = chunk
    assert drained
    sleeper.close()


def test_one_factory_serves_all_who_ask_and_closes_with_the_last(board: PinBoard, tmp_path: Path) -> None:
    spec = f"socket:{tmp_path / 'pins'}"
    first, second = pin_factory(spec), pin_factory(spec)
    assert first is second
    let_go(spec)
    assert first.level(5) is None
    let_go(spec)
    with pytest.raises(OSError, match="away"):
        first.level(5)
    third = pin_factory(spec)
    assert third is not first
    let_go(spec)


def test_no_header_is_offline_and_never_something_else() -> None:
    if Path("/dev/gpiochip0").exists():
        pytest.skip("this machine has GPIO")
    with pytest.raises(DriverOffline, match="gpio: "):
        pin_factory("gpio")


@pytest.mark.parametrize("spec", ["mock", "native", "", "Socket:/x", "gpio:4"])
def test_an_unknown_place_for_pins_is_a_config_error(spec: str) -> None:
    with pytest.raises(ConfigError, match="allowed are"):
        pin_factory(spec)


def test_edge_times_are_whole_milliseconds_however_floats_round() -> None:
    now = monotonic_ms()
    assert all(edge_ms((at * 1_000_000) / 1e9) == at for at in range(now - 100_000, now + 1000, 7))
    assert edge_ms((now * 1000 + 999) / 1e6) == now


def test_an_edge_stamped_with_wall_time_is_stamped_anew() -> None:
    before = monotonic_ms()
    assert before <= edge_ms(1_700_000_000.0) <= monotonic_ms()
