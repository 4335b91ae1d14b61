"""The mosquitto that the demo and the tests start for themselves."""

import socket
import stat
from pathlib import Path

import pytest

from firmware_py.link import Member, Role
from sync.broker import Broker, BrokerError, find_mosquitto

MEMBERS = [Member("brain", Role.CONTROLLER, "h"), Member("kiosk1", Role.KIOSK, "h")]


@pytest.fixture
def broker(tmp_path: Path) -> Broker:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    return Broker(tmp_path / "broker", MEMBERS)


def test_it_starts_stops_and_starts_again_on_the_same_port(broker: Broker) -> None:
    assert not broker.pid
    broker.start()
    port, first = broker.port, broker.pid
    with pytest.raises(BrokerError, match="runs already"):
        broker.start()
    broker.stop()
    assert not broker.pid
    broker.stop()
    broker.start()
    try:
        assert broker.port == port and broker.pid not in {None, first}
        socket.create_connection((broker.host, port), timeout=5).close()
    finally:
        broker.kill()
    assert broker.pid is None


def test_what_it_writes_is_for_its_owner_only_and_holds_no_password_in_clear_but_in_the_secrets(broker: Broker) -> None:
    broker.start()
    broker.kill()
    for path in broker.directory.rglob("*"):
        if path.is_file() and path.name != "mosquitto.log":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    hashed = (broker.directory / "passwords").read_text()
    for member in MEMBERS:
        clear = broker.password(member.instance)
        assert clear not in hashed
        assert Path(broker.password_files.replace("{instance}", member.instance)).read_text().strip() == clear
    assert broker.password("brain") != broker.password("kiosk1")


def test_a_port_in_use_is_said_with_the_brokers_own_words(broker: Broker) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))  # bound, not listening: taken, and nobody answers
        broker.port = other.getsockname()[1]
        with pytest.raises(BrokerError, match="Address already in use"):
            broker.start()
    assert broker.pid is None


def test_without_mosquitto_it_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="install mosquitto"):
        Broker(tmp_path, MEMBERS, program="no-such-mosquitto").start()
