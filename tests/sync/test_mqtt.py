"""The link over a real mosquitto: what paho and networks do to it, and what it puts on the wire."""

import contextlib
import os
import queue
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from firmware_py.core.commands import Answer, Request, Take
from firmware_py.link import Lifecycle, LinkDown, LinkUp, Received, Refused, Role, Status, Topics, decode, encode
from sync.mqtt import MqttLink
from sync.mqtt.connection import MAX_UNACKED, PING_LOST_MS
from tests.link.buses import HALL, Mosquitto, member
from tests.link.inbox import Inbox

TOPICS = Topics(HALL)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path / "broker")
    try:
        yield made
    finally:
        made.close()


def direct(bus: Mosquitto, instance: str, *, port: int = 0, password: str = "", keepalive_s: int = 15) -> MqttLink:
    """A link without a cable in between."""
    return MqttLink(
        "127.0.0.1",
        port or bus.broker.port,
        instance=instance,
        role=member(instance).role,
        hall=HALL,
        boot="b1",
        password=password or bus.broker.password(instance),
        keepalive_s=keepalive_s,
        retry_s=(0.02, 0.1),
    )


@contextlib.contextmanager
def opened(link: MqttLink) -> Iterator[Inbox]:
    inbox = Inbox()
    link.open(inbox.put)
    try:
        yield inbox
    finally:
        link.close()


def test_a_command_on_its_way_when_the_connection_breaks_is_not_sent_again_later(bus: Mosquitto) -> None:
    brain = bus.join("brain", TOPICS.command("+"))
    kiosk = bus.join("kiosk1")
    cable = bus.cables["kiosk1"]
    cable.bend()
    before = cable.carried_up
    assert kiosk.link.send(Request("swallowed", Take("s")))
    cable.wait_swallowed(before)
    cable.pull()
    kiosk.inbox.down()
    cable.plug()
    kiosk.inbox.up()
    kiosk.link.send(Request("fresh", Take("s")))
    taken = brain.inbox.messages_until(TOPICS.command("kiosk1"))
    assert [decode(item.payload, Request).cmd_id for item in taken] == ["fresh"]


@pytest.mark.req("R-SYNC-05")
def test_a_half_open_connection_is_not_alive(bus: Mosquitto) -> None:
    kiosk = bus.join("kiosk1")
    bus.cables["kiosk1"].bend()
    assert kiosk.link.alive(0)
    assert kiosk.link.alive(PING_LOST_MS - 1)
    assert not kiosk.link.alive(PING_LOST_MS)
    bus.cables["kiosk1"].pull()
    kiosk.inbox.down()
    assert kiosk.link.alive(PING_LOST_MS + 1)
    bus.cables["kiosk1"].plug()
    kiosk.inbox.up()
    assert kiosk.link.alive(PING_LOST_MS + 2)


def test_a_broker_that_stops_confirming_is_left_and_found_again(bus: Mosquitto) -> None:
    brain = bus.join("brain")
    bus.cables["brain"].bend()
    handed = 0
    while brain.link.publish(TOPICS.event("e"), b"{}"):
        handed += 1
        assert handed <= MAX_UNACKED
    assert handed == MAX_UNACKED
    assert brain.inbox.down().reason == f"the broker has not confirmed {MAX_UNACKED} messages"
    bus.cables["brain"].plug()
    brain.inbox.up()
    assert brain.link.publish(TOPICS.event("e"), b"{}")


def test_a_burst_of_every_state_of_a_large_hall_goes_through(bus: Mosquitto) -> None:
    brain = bus.join("brain")
    board = bus.join("board", TOPICS.states)
    for number in range(MAX_UNACKED - 10):
        assert brain.link.publish(TOPICS.desk(number), bytes(700))
    board.inbox.message(TOPICS.desk(MAX_UNACKED - 11))


def test_many_threads_share_one_link_and_no_message_is_torn(bus: Mosquitto) -> None:
    brain, kiosk = bus.join("brain", TOPICS.health("kiosk1")), direct(bus, "kiosk1")
    with opened(kiosk) as inbox:
        inbox.up()

        def write(mark: bytes) -> None:
            for _ in range(40):
                assert kiosk.publish(TOPICS.health("kiosk1"), mark * 20_000)

        threads = [threading.Thread(target=write, args=(mark,)) for mark in (b"a", b"b", b"c", b"d")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        taken = [brain.inbox.message(TOPICS.health("kiosk1")).payload for _ in range(160)]
        assert {len(payload) for payload in taken} == {20_000}
        assert sorted(payload[:1] for payload in taken) == [b"a"] * 40 + [b"b"] * 40 + [b"c"] * 40 + [b"d"] * 40
        assert all(payload == payload[:1] * 20_000 for payload in taken)


def test_every_refusal_is_reported_however_fast_it_comes(bus: Mosquitto) -> None:
    kiosk = direct(bus, "kiosk1")
    with opened(kiosk) as inbox:
        inbox.up()
        for _ in range(500):
            assert kiosk.publish(TOPICS.board, b"{}")
        for _ in range(500):
            inbox.until(lambda item: item == Refused(TOPICS.board, "Not authorized"))


def test_a_silent_network_is_noticed_by_the_keepalive(bus: Mosquitto) -> None:
    watcher = bus.join("panel", TOPICS.status("kiosk1"))
    bus.join("kiosk1").link.close()
    cable = bus.cables["kiosk1"]
    with opened(direct(bus, "kiosk1", port=cable.port, keepalive_s=1)) as inbox:
        inbox.up()
        cable.bend()
        inbox.down()
        watcher.inbox.message(TOPICS.status("kiosk1"), encode(Status(Lifecycle.LOST, "b1")))


def test_a_killed_process_is_lost(bus: Mosquitto) -> None:
    script = f"""
import queue, sys
from firmware_py.link import Lifecycle, Role
from sync.mqtt import MqttLink
link = MqttLink("127.0.0.1", {bus.broker.port}, instance="kiosk1", role=Role.KIOSK, hall="{HALL}", boot="b9",
                password=sys.stdin.readline().strip())
inbox = queue.SimpleQueue()
link.set_status(Lifecycle.READY)
link.open(inbox.put)
while True:
    inbox.get()
"""
    watcher = bus.join("panel", TOPICS.status("kiosk1"))
    child = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, text=True)
    with child:
        assert child.stdin
        child.stdin.write(bus.broker.password("kiosk1") + "\n")
        child.stdin.flush()
        watcher.inbox.message(TOPICS.status("kiosk1"), encode(Status(Lifecycle.READY, "b9")))
        os.kill(child.pid, signal.SIGKILL)
    watcher.inbox.message(TOPICS.status("kiosk1"), encode(Status(Lifecycle.LOST, "b9")))


@pytest.mark.req("R-SYNC-03")
def test_a_wrong_password_is_told_once_and_tried_for_ever(bus: Mosquitto) -> None:
    link = direct(bus, "kiosk1", password="wrong")
    with opened(link) as inbox:
        assert inbox.down() == LinkDown("the broker refused the connection: Not authorized")
        log = bus.broker.directory / "mosquitto.log"
        wait_until(lambda: log.read_text().count("not authorised") >= 4)
        inbox.put("marker")
        assert inbox.until(lambda item: item == "marker") == ["marker"]
        assert link.alive(0)


@pytest.mark.req("R-SYNC-03")
def test_nobody_takes_over_a_connection_by_claiming_its_client_id(bus: Mosquitto) -> None:
    kiosk = bus.join("kiosk1", TOPICS.states)
    thief = bare_client(bus, "kiosk2", client_id="kiosk1")
    try:
        brain = bus.join("brain")
        brain.link.publish(TOPICS.board, b"{}")
        assert LinkDown not in {type(item) for item in kiosk.inbox.until(lambda item: not isinstance(item, LinkUp))}
    finally:
        thief.disconnect()
        thief.loop_stop()


def test_the_wire_carries_expiry_correlation_and_content_type(bus: Mosquitto) -> None:
    taken: queue.SimpleQueue[paho.MQTTMessage] = queue.SimpleQueue()
    brain = bare_client(bus, "brain", taken, TOPICS.command("+"))
    try:
        kiosk = bus.join("kiosk1")
        kiosk.link.send(Request("c-77", Take("s")))
        message = taken.get(timeout=10)
        assert (message.qos, message.retain) == (1, False)
        carried = vars(message.properties)
        assert carried["CorrelationData"] == b"c-77"
        assert carried["ResponseTopic"] == TOPICS.answer("kiosk1")
        assert carried["MessageExpiryInterval"] <= 5
        assert carried["ContentType"] == "application/json"
    finally:
        brain.disconnect()
        brain.loop_stop()


def bare_client(
    bus: Mosquitto,
    instance: str,
    taken: "queue.SimpleQueue[paho.MQTTMessage] | None" = None,
    pattern: str = "",
    client_id: str = "",
) -> paho.Client:
    """paho itself, connected, with its subscription granted."""
    ready = threading.Event()
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client_id or instance, protocol=paho.MQTTv5)
    client.username_pw_set(instance, bus.broker.password(instance))
    if taken:
        client.on_message = lambda _client, _userdata, message: taken.put(message)
    client.on_subscribe = lambda *_: ready.set()
    client.connect("127.0.0.1", bus.broker.port)
    client.subscribe(pattern or "nothing", qos=1)
    client.loop_start()
    assert ready.wait(10)
    return client


class StrangeBroker:
    """Answers every connection with the same bytes, notes what comes, and says what it is told to."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.visits: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        """The first bytes of each connection."""
        self.heard: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        """All that followed."""
        self._near: socket.socket | None = None
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def say(self, packet: bytes) -> None:
        """Send to whoever is connected."""
        assert self._near
        self._near.sendall(packet)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                with near, contextlib.suppress(OSError):
                    self._near = near
                    near.settimeout(10)
                    self.visits.put(near.recv(4096))
                    near.sendall(self._answer)
                    while heard := near.recv(4096):
                        self.heard.put(heard)


CONNACK = b"\x20\x03\x00\x00\x00"
SUBACK = b"\x90\x04\x00\x01\x00\x01"
"""To a viewer's first packet: it has no status to publish before it subscribes."""


@contextlib.contextmanager
def viewer_at(broker: StrangeBroker) -> Iterator[tuple[MqttLink, Inbox]]:
    link = MqttLink("127.0.0.1", broker.port, instance="v", role=Role.VIEWER, hall="h", boot="b", retry_s=(0.01, 0.02))
    link.subscribe("hall/v1/h/state/#")
    try:
        with opened(link) as inbox:
            yield link, inbox
    finally:
        broker.close()


def test_a_kept_message_that_overtakes_the_suback_is_heard_after_the_link_is_up() -> None:
    topic = Topics("h").board
    message = b"\x00" + bytes([len(topic)]) + topic.encode() + b"\x00" + b"{}"
    broker = StrangeBroker(CONNACK + b"\x31" + bytes([len(message)]) + message + SUBACK)
    with viewer_at(broker) as (_, inbox):
        taken = inbox.until(lambda item: isinstance(item, Received))
        assert taken == [LinkUp(), Received(topic, b"{}", retained=True)]


def test_a_subscription_made_while_the_first_ones_are_on_their_way_is_not_forgotten() -> None:
    broker = StrangeBroker(CONNACK)
    with viewer_at(broker) as (link, inbox):
        assert b"state/#" in broker.heard.get(timeout=10)
        link.subscribe("hall/v1/h/event/late")
        broker.say(SUBACK)
        inbox.up()
        assert b"event/late" in broker.heard.get(timeout=10)


def test_without_a_suback_the_link_is_not_up() -> None:
    broker = StrangeBroker(CONNACK)
    with viewer_at(broker) as (link, inbox):
        broker.heard.get(timeout=10)
        assert not link.publish(Topics("h").board, b"{}")
        broker.say(SUBACK)
        assert inbox.up() == [LinkUp()]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x00" * 64,
        b"\xff" * 64,
        CONNACK + b"\x30\x05\x00\x03\xff\xfe\xfd",
        CONNACK + b"\x32\x02\x00\x00",
        CONNACK + b"\x90\x00",
        CONNACK + b"\x40\x04\x00\x01\xee\x00",
        CONNACK + b"\xe0\x02\x8e\x00",
        CONNACK + bytes(range(256)),
    ],
    ids=[
        "http",
        "zeros",
        "ones",
        "bad topic",
        "short publish",
        "empty suback",
        "odd puback",
        "taken over",
        "all bytes",
    ],
)
def test_a_broker_that_talks_nonsense_costs_a_connection_and_never_the_link(answer: bytes) -> None:
    broker = StrangeBroker(answer)
    link = MqttLink(
        "127.0.0.1", broker.port, instance="k", role=Role.KIOSK, hall="h", boot="b", retry_s=(0.01, 0.02), keepalive_s=1
    )
    try:
        with opened(link) as inbox:
            inbox.down()
            for _ in range(3):
                assert broker.visits.get(timeout=10).startswith(b"\x10")
            assert link.alive(0)
    finally:
        broker.close()


def test_a_link_that_never_reached_anybody_closes_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        link = MqttLink("127.0.0.1", silent.getsockname()[1], instance="k", role=Role.KIOSK, hall="h", boot="b")
        link.open(Inbox().put)
        near, _ = silent.accept()
        with near:
            near.settimeout(10)
            assert near.recv(1) == b"\x10"
            begun = time.monotonic()
            link.close()
            assert time.monotonic() - begun < 2
    assert not [thread for thread in threading.enumerate() if thread.name == "link-k"]


def test_a_round_trip_does_not_wait_for_nagle(bus: Mosquitto) -> None:
    brain_link, kiosk_link = direct(bus, "brain"), direct(bus, "kiosk1")
    brain_link.subscribe(TOPICS.command("+"))
    kiosk_link.subscribe(TOPICS.answer("kiosk1"))
    trips = []
    with opened(brain_link) as brain, opened(kiosk_link) as kiosk:
        brain.up()
        kiosk.up()
        for number in range(60):
            begun = time.perf_counter()
            kiosk_link.send(Request(str(number), Take("s")))
            brain.message(TOPICS.command("kiosk1"))
            brain_link.answer("kiosk1", Answer(str(number)))
            kiosk.message(TOPICS.answer("kiosk1"))
            trips.append(time.perf_counter() - begun)
    assert statistics.median(trips) < 0.02, "40 ms and more is Nagle's: TCP_NODELAY is missing at one end"


def wait_until(condition: Callable[[], bool], patience_s: float = 10.0) -> None:
    """Look again until it is so."""
    deadline, pause = time.monotonic() + patience_s, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        pause.wait(0.01)
