"""Wires to a printer: which ports are understood, and that no call outlasts its deadline."""

import errno
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printer.descriptor import LPGETSTATUS, open_file
from drivers.printer.ports import FilePort, SerialPort, TcpPort, UsbPort, parse_port
from drivers.printer.transport import TransportLost, open_transport
from firmware_py.errors import ConfigError, DriverOffline


class Line:
    """A pty: the far end's descriptor and the path of ours, with the settings of a fresh terminal."""

    def __init__(self) -> None:
        self.far, self._near = os.openpty()
        self.path = os.ttyname(self._near)
        self._plugged = True

    def unplug(self) -> None:
        """The far end goes away."""
        if self._plugged:
            self._plugged = False
            os.close(self.far)
            os.close(self._near)


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.unplug()


@pytest.mark.parametrize(
    ("port", "parsed"),
    [
        ("tcp://192.168.1.50", TcpPort("192.168.1.50", 9100)),
        ("tcp://127.0.0.1:4711", TcpPort("127.0.0.1", 4711)),
        ("tcp://[::1]:9100", TcpPort("::1", 9100)),
        ("file:///dev/usb/lp0", FilePort("/dev/usb/lp0")),
        ("file:///dev/usb/lp*", FilePort("/dev/usb/lp*")),
        ("usb://04B8:0e15", UsbPort(0x04B8, 0x0E15)),
        ("usb://0416:5011/HALL0001", UsbPort(0x0416, 0x5011, "HALL0001")),
        ("serial:///dev/ttyUSB0", SerialPort("/dev/ttyUSB0", 19200, "none")),
        ("serial:///dev/ttyUSB0?baud=9600&flow=xonxoff", SerialPort("/dev/ttyUSB0", 9600, "xonxoff")),
    ],
)
def test_a_port_says_which_wire_it_is(port: str, parsed: object) -> None:
    assert parse_port(port) == parsed


@pytest.mark.parametrize(
    "port",
    [
        "",
        "/dev/usb/lp0",
        "usb:///dev/usb/lp0",
        "usb://1",
        "usb://04b8:0e15:1",
        "usb://04b8:0e1g",
        "usb://04b8:0e15/",
        "file://dev/usb/lp0",
        "file:///dev/usb/lp0?baud=9600",
        "tcp://",
        "tcp://host:port",
        "tcp://host:99999",
        "serial:///dev/ttyUSB0?baud=fast",
        "serial:///dev/ttyUSB0?baud=0",
        "serial:///dev/ttyUSB0?flow=maybe",
        "serial:///dev/ttyUSB0?bauds=9600",
        "serial:///dev/ttyUSB0?path=/dev/sda",
    ],
)
def test_a_port_that_is_none_is_refused_with_the_ways_to_write_one(port: str) -> None:
    with pytest.raises(ConfigError, match="serial:///dev/ttyUSB0"):
        parse_port(port)


@given(st.text())
def test_any_text_is_a_port_or_a_config_error(text: str) -> None:
    for port in (text, f"tcp://{text}", f"serial:///dev/x?{text}"):
        try:
            parse_port(port)
        except ConfigError as error:
            assert repr(port) in str(error)


@pytest.mark.parametrize("scheme", ["file", "serial"])
def test_an_absent_device_is_offline(scheme: str, tmp_path: Path) -> None:
    with pytest.raises(DriverOffline, match="lp0"):
        open_transport(f"{scheme}://{tmp_path}/lp0")


def test_a_port_nobody_listens_on_is_offline() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        with pytest.raises(DriverOffline, match="refused"):
            open_transport(f"tcp://127.0.0.1:{bound.getsockname()[1]}")


def test_a_serial_line_is_not_shared(line: Line) -> None:
    first = open_transport(f"serial://{line.path}")
    try:
        with pytest.raises(DriverOffline):
            open_transport(f"serial://{line.path}")
    finally:
        first.close()


@pytest.mark.parametrize("scheme", ["file", "serial"])
def test_bytes_go_both_ways_unchanged(line: Line, scheme: str) -> None:
    wire = open_transport(f"{scheme}://{line.path}")
    try:
        every_byte = bytes(range(256))
        wire.write(every_byte, time.monotonic() + 1)
        arrived = b""
        while len(arrived) < 256:
            arrived += os.read(line.far, 4096)
        assert arrived == every_byte
        os.write(line.far, every_byte)
        # Serial lines mark breaks and damaged characters with FF, so that an honest FF, which no printer says, doubles.
        expected = every_byte + (b"\xff" if scheme == "serial" else b"")
        heard = b""
        while piece := wire.read(time.monotonic() + (5 if len(heard) < len(expected) else 0)):
            heard += piece
        assert heard == expected
    finally:
        wire.close()


def test_reading_ends_at_the_deadline_with_nothing(line: Line) -> None:
    wire = open_transport(f"file://{line.path}")
    try:
        before = time.monotonic()
        assert wire.read(before + 0.05) == b""
        assert 0.04 < time.monotonic() - before < 1.0
        assert wire.drain() == b""
    finally:
        wire.close()


@pytest.mark.parametrize("scheme", ["file", "serial"])
def test_a_printer_that_takes_nothing_more_ends_the_write_at_its_deadline_and_close_is_at_once(
    line: Line, scheme: str
) -> None:
    wire = open_transport(f"{scheme}://{line.path}")
    before = time.monotonic()
    with pytest.raises(TransportLost) as caught:
        wire.write(b"x" * 1_000_000, before + 0.1)
    assert 0 < caught.value.sent < 1_000_000
    wire.close(discard=True)
    wire.close()
    assert time.monotonic() - before < 2.0


@pytest.mark.parametrize("scheme", ["file", "serial"])
def test_an_unplugged_line_is_lost_for_reading_and_writing_and_closes_quietly(line: Line, scheme: str) -> None:
    wire = open_transport(f"{scheme}://{line.path}")
    line.unplug()
    with pytest.raises(TransportLost):
        wire.read(time.monotonic() + 5)
    with pytest.raises(TransportLost) as caught:
        wire.write(b"x", time.monotonic() + 5)
    assert caught.value.sent == 0
    wire.close()


def test_a_network_printer_that_hangs_up_is_lost() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        wire = open_transport(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        peer, _ = server.accept()
        peer.sendall(b"\x16")
        peer.close()
        assert wire.read(time.monotonic() + 5) == b"\x16"
        with pytest.raises(TransportLost, match="hung up"):
            wire.read(time.monotonic() + 5)
        wire.close()


def test_what_a_stalled_network_printer_did_not_take_is_thrown_away_on_close() -> None:
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        server.bind(("127.0.0.1", 0))
        server.listen()
        wire = open_transport(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        peer, _ = server.accept()
        with peer:
            with pytest.raises(TransportLost) as caught:
                wire.write(b"x" * 20_000_000, time.monotonic() + 0.1)
            wire.close(discard=True)
            with pytest.raises(ConnectionResetError):
                while peer.recv(1 << 20):
                    pass
        assert caught.value.sent > 0


def test_a_file_that_is_always_readable_and_empty_does_not_spin_or_end(tmp_path: Path) -> None:
    (tmp_path / "lp0").touch()
    wire = open_transport(f"file://{tmp_path}/lp0")
    try:
        cpu = time.thread_time()
        assert wire.read(time.monotonic() + 0.1) == b""
        assert time.thread_time() - cpu < 0.05
    finally:
        wire.close()


def test_only_a_serial_line_takes_time_for_its_bytes(line: Line) -> None:
    for port, seconds in ((f"serial://{line.path}?baud=9600", 1.0), (f"file://{line.path}", 0.0)):
        wire = open_transport(port)
        try:
            assert wire.seconds_for(960) == pytest.approx(seconds)
        finally:
            wire.close()


def test_only_a_kernels_printer_knows_a_port_status(line: Line) -> None:
    assert LPGETSTATUS == 0x060B
    for scheme in ("file", "serial"):
        wire = open_transport(f"{scheme}://{line.path}")
        assert wire.port_status() is None
        wire.close()


def test_a_printer_that_is_gone_has_no_port_status(line: Line) -> None:
    def gone(descriptor: int) -> int:
        raise OSError(errno.ENODEV, "No such device", descriptor)

    wire = open_file(FilePort(line.path), gone)
    with pytest.raises(TransportLost, match="it is gone"):
        wire.port_status()
    wire.close()


def test_a_machine_without_a_usb_bus_is_offline_and_no_crash() -> None:
    with pytest.raises(DriverOffline, match=r"no dead:beef on the USB bus|libusb is missing"):
        open_transport("usb://dead:beef")
