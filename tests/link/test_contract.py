"""What every link promises, held on the in-process bus and on a real mosquitto alike."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_py.core.commands import Answer, Next, Request, Take
from firmware_py.link import (
    MAX_PAYLOAD,
    Kind,
    Lifecycle,
    LinkDown,
    LinkUp,
    Malformed,
    Received,
    Refused,
    Status,
    Topics,
    decode,
    encode,
    may_read,
    may_write,
    parse,
)
from tests.link.buses import HALL, MEMBERS, Bus, End, member
from tests.link.inbox import Inbox

TOPICS = Topics(HALL)
BARRIER = TOPICS.event("barrier")


def states(end: End, topic: str) -> list[Status]:
    """The statuses heard so far on a topic."""
    heard = [item for item in end.inbox.heard if isinstance(item, Received) and item.topic == topic]
    return [decode(item.payload, Status) for item in heard]


# --- publishing and reading -------------------------------------------------------------------------------------------


def test_a_message_reaches_every_subscriber_and_nobody_else(bus: Bus) -> None:
    brain = bus.join("brain")
    board = bus.join("board", TOPICS.board, BARRIER)
    desk = bus.join("desk1", TOPICS.desk(1), BARRIER)
    brain.link.publish(TOPICS.board, b'{"a":1}')
    brain.link.publish(BARRIER, b"{}")
    assert [item.payload for item in board.inbox.messages_until(BARRIER)] == [b'{"a":1}', b"{}"]
    assert [item.topic for item in desk.inbox.messages_until(BARRIER)] == [BARRIER]


@pytest.mark.parametrize("pattern", [TOPICS.states, f"hall/v1/{HALL}/state/+/1", "hall/v1/+/state/desk/+", "#"])
def test_wildcards_take_in_what_mqtt_says(bus: Bus, pattern: str) -> None:
    brain = bus.join("brain")
    desk = bus.join("desk1", pattern)
    brain.link.publish(TOPICS.desk(1), b"{}")
    assert desk.inbox.message(TOPICS.desk(1)).payload == b"{}"


def test_a_pattern_that_mqtt_forbids_is_refused_at_once(bus: Bus) -> None:
    desk = bus.join("desk1")
    for pattern in ("", "a/#/b", "a#", "hall/v1+", "a\0"):
        with pytest.raises(ValueError, match="no subscription"):
            desk.link.subscribe(pattern)


def test_one_writers_messages_arrive_in_order(bus: Bus) -> None:
    brain = bus.join("brain")
    board = bus.join("board", TOPICS.event("+"))
    for number in range(400):
        assert brain.link.publish(TOPICS.event(f"e{number % 7}"), str(number).encode())
    brain.link.publish(BARRIER, b"end")
    taken = [item.payload for item in board.inbox.messages_until(BARRIER, b"end")]
    assert taken == [*(str(number).encode() for number in range(400)), b"end"]


@pytest.mark.req("R-SYNC-05")
def test_a_state_is_kept_for_whoever_comes_later_and_marked_as_kept(bus: Bus) -> None:
    brain = bus.join("brain")
    early = bus.join("desk1", TOPICS.states)
    brain.link.publish(TOPICS.desk(1), b"old")
    brain.link.publish(TOPICS.desk(1), b"new")
    live = early.inbox.message(TOPICS.desk(1), b"new")
    late = bus.join("board", TOPICS.states)
    assert not live.retained
    assert late.inbox.message(TOPICS.desk(1)) == Received(TOPICS.desk(1), b"new", retained=True)


def test_a_subscription_made_while_up_gets_what_is_kept(bus: Bus) -> None:
    brain = bus.join("brain")
    brain.link.publish(TOPICS.hall_state, b"{}")
    board = bus.join("board")
    board.link.subscribe(TOPICS.states)
    assert board.inbox.message(TOPICS.hall_state).retained


def test_an_empty_payload_clears_a_state(bus: Bus) -> None:
    brain = bus.join("brain")
    early = bus.join("desk1", TOPICS.states, BARRIER)
    brain.link.publish(TOPICS.desk(7), b"{}")
    brain.link.publish(TOPICS.desk(7), b"")
    brain.link.publish(TOPICS.desk(8), b"{}")
    assert early.inbox.message(TOPICS.desk(7), b"") == Received(TOPICS.desk(7), b"")
    late = bus.join("board", TOPICS.states, BARRIER)
    brain.link.publish(BARRIER, b"{}")
    assert [item.topic for item in late.inbox.messages_until(BARRIER)] == [TOPICS.desk(8), BARRIER]


def test_an_event_a_command_and_a_batch_are_never_kept(bus: Bus) -> None:
    brain = bus.join("brain", TOPICS.event("+"))
    kiosk = bus.join("kiosk1", TOPICS.answer("kiosk1"))
    kiosk.link.send(Request("c1", Take("s")))
    kiosk.link.publish(TOPICS.log("kiosk1"), b"{}")
    brain.link.publish(TOPICS.event("taken"), b"{}")
    brain.link.answer("kiosk1", Answer("c1"))
    kiosk.inbox.message(TOPICS.answer("kiosk1"))
    brain.inbox.message(TOPICS.event("taken"))
    brain.link.close()
    again = bus.join("brain", "#")
    again.link.publish(BARRIER, b"{}")
    kinds = {address.kind for item in again.inbox.messages_until(BARRIER) if (address := parse(item.topic))}
    assert not kinds & {Kind.COMMAND, Kind.LOG} and kinds == {Kind.STATUS, Kind.EVENT}
    assert not [
        item for item in again.inbox.heard if isinstance(item, Received) and item.topic == TOPICS.event("taken")
    ]


# --- who may ----------------------------------------------------------------------------------------------------------


def everything(instance: str) -> list[str]:
    """A topic of every kind; one that names an instance once with this name and once with another's."""
    own, other = Topics(member(instance).hall), "kiosk2" if instance != "kiosk2" else "kiosk1"
    topics = []
    for kind in Kind:
        if "{instance}" in kind:
            topics += [own.of(kind, instance), TOPICS.of(kind, other)]
        else:
            topics.append(TOPICS.of(kind, "1" if "{" in kind else ""))
    return [*topics, Topics("elsewhere").of(Kind.HALL_LOG), Topics("elsewhere").of(Kind.STATE_BOARD)]


@pytest.mark.parametrize("instance", MEMBERS)
@pytest.mark.req("R-SYNC-03")
def test_a_publish_without_the_right_is_refused_and_reported(bus: Bus, instance: str) -> None:
    end = bus.join(instance)
    topics = everything(instance)
    nobodys = TOPICS.log("nobody")
    for topic in [*topics, nobodys]:
        assert end.link.publish(topic, b"{}")
    taken = end.inbox.until(lambda item: isinstance(item, Refused) and item.topic == nobodys)
    refused = {item.topic for item in taken if isinstance(item, Refused) and item.reason == "Not authorized"}
    forbidden = {topic for topic in topics if not may_write(member(instance), topic)}
    assert refused == {topic for topic in forbidden if not topic.endswith("/ping")} | {nobodys}  # QoS 0 is not answered


@pytest.mark.req("R-SYNC-03")
def test_a_refused_publish_reaches_nobody_and_is_not_kept(bus: Bus) -> None:
    brain = bus.join("brain")
    kiosk = bus.join("kiosk1")
    board = bus.join("board", TOPICS.states, BARRIER)
    kiosk.link.publish(TOPICS.board, b"forged")
    kiosk.inbox.until(lambda item: item == Refused(TOPICS.board, "Not authorized"))
    late = bus.join("desk1", TOPICS.states, BARRIER)
    brain.link.publish(BARRIER, b"{}")
    assert [item.topic for item in board.inbox.messages_until(BARRIER)] == [BARRIER]
    assert [item.topic for item in late.inbox.messages_until(BARRIER)] == [BARRIER]


@pytest.mark.req("R-SYNC-03")
def test_everybody_reads_exactly_what_the_table_allows(bus: Bus) -> None:
    ends = {instance: bus.join(instance, "#") for instance in MEMBERS}
    sent: dict[str, bytes] = {}
    for instance, end in ends.items():
        for topic in everything(instance):
            # the ping of a link is its own business, and its status is told by itself
            if may_write(member(instance), topic) and not topic.endswith(("/ping", "/status")) and topic not in sent:
                sent[topic] = f"{instance} {topic}".encode()
                end.link.publish(topic, sent[topic])
    for instance, end in ends.items():
        expected = {topic for topic in sent if may_read(member(instance), topic)}
        got: dict[str, bytes] = {}
        while set(got) < expected:
            item = end.inbox.until(lambda item: isinstance(item, Received) and not item.topic.endswith("/status"))[-1]
            assert isinstance(item, Received)
            got[item.topic] = item.payload
        assert got == {topic: sent[topic] for topic in expected}, instance
    ends["brain"].link.publish(BARRIER, b"{}")
    for instance, end in ends.items():
        if instance != "centre":
            assert [item.topic for item in end.inbox.messages_until(BARRIER)] == [BARRIER], instance


def test_a_command_reaches_only_the_controller(bus: Bus) -> None:
    brain = bus.join("brain", TOPICS.command("+"))
    kiosk = bus.join("kiosk1")
    others = [bus.join(name, "#") for name in MEMBERS if name not in {"brain", "kiosk1", "centre"}]
    request = Request("c-1", Take("s1", "G"))
    assert kiosk.link.send(request)
    arrived = brain.inbox.message(TOPICS.command("kiosk1"))
    assert decode(arrived.payload, Request) == request and not arrived.retained
    brain.link.publish(BARRIER, b"{}")
    for other in others:
        assert TOPICS.command("kiosk1") not in [item.topic for item in other.inbox.messages_until(BARRIER)]


def test_an_answer_reaches_only_its_instance(bus: Bus) -> None:
    brain = bus.join("brain")
    kiosk = bus.join("kiosk1", TOPICS.answer("kiosk1"))
    other = bus.join("kiosk2", TOPICS.answer("kiosk1"), TOPICS.answer("kiosk2"), BARRIER)
    answer = Answer("c-1", refusal="issuing_closed", details={"until": "13:30"})
    assert brain.link.answer("kiosk1", answer)
    brain.link.publish(BARRIER, b"{}")
    assert decode(kiosk.inbox.message(TOPICS.answer("kiosk1")).payload, Answer) == answer
    assert [item.topic for item in other.inbox.messages_until(BARRIER)] == [BARRIER]


@pytest.mark.req("R-EVAL-05")
def test_a_rating_window_is_read_by_its_evaluator_only_even_when_it_is_kept(bus: Bus) -> None:
    brain = bus.join("brain")
    brain.link.publish(TOPICS.rating("eval1"), b"nonce")
    curious = [name for name in MEMBERS if name not in {"brain", "eval1", "centre"}]
    others = [bus.join(name, TOPICS.rating("+"), BARRIER) for name in curious]
    own = bus.join("eval1", TOPICS.rating("eval1"))
    assert own.inbox.message(TOPICS.rating("eval1")).payload == b"nonce"
    brain.link.publish(TOPICS.rating("eval1"), b"nonce2")
    brain.link.publish(BARRIER, b"{}")
    own.inbox.message(TOPICS.rating("eval1"), b"nonce2")
    for other in others:
        assert [item.topic for item in other.inbox.messages_until(BARRIER)] == [BARRIER]


def test_a_topic_outside_the_table_is_the_callers_mistake(bus: Bus) -> None:
    brain = bus.join("brain")
    for topic in (
        "",
        "hall",
        "hall/v1",
        f"hall/v1/{HALL}/nonsense",
        f"hall/v2/{HALL}/log",
        TOPICS.command("+"),
        "$SYS/x",
    ):
        with pytest.raises(ValueError, match="no topic of the hall bus"):
            brain.link.publish(topic, b"{}")


# --- coming and going -------------------------------------------------------------------------------------------------


@pytest.mark.req("R-SYNC-05")
def test_the_lifecycle_is_told_and_kept_with_its_boot_id(bus: Bus) -> None:
    topic = TOPICS.status("kiosk1")
    watcher = bus.join("panel", topic)
    kiosk = bus.join("kiosk1", boot="boot-7")
    watcher.inbox.message(topic)
    kiosk.link.set_status(Lifecycle.READY)
    watcher.inbox.message(topic)
    assert states(watcher, topic) == [Status(Lifecycle.INIT, "boot-7"), Status(Lifecycle.READY, "boot-7")]
    late = bus.join("board", topic)
    assert decode(late.inbox.message(topic).payload, Status) == Status(Lifecycle.READY, "boot-7")


@pytest.mark.req("R-SYNC-05")
def test_an_instance_that_vanishes_is_lost_and_when_it_is_back_it_is_ready(bus: Bus) -> None:
    topic = TOPICS.status("kiosk1")
    watcher = bus.join("panel", topic)
    kiosk = bus.join("kiosk1", boot="boot-7")
    kiosk.link.set_status(Lifecycle.READY)
    watcher.inbox.message(topic, encode(Status(Lifecycle.READY, "boot-7")))
    bus.pull("kiosk1")
    kiosk.inbox.down()
    watcher.inbox.message(topic, encode(Status(Lifecycle.LOST, "boot-7")))
    late = bus.join("board", topic)
    assert decode(late.inbox.message(topic).payload, Status).state is Lifecycle.LOST
    bus.plug("kiosk1")
    kiosk.inbox.up()
    watcher.inbox.message(topic, encode(Status(Lifecycle.READY, "boot-7")))


@pytest.mark.req("R-SYNC-05")
def test_an_instance_that_says_goodbye_is_disconnected_and_not_lost(bus: Bus) -> None:
    topic = TOPICS.status("kiosk1")
    watcher = bus.join("panel", topic)
    brain = bus.join("brain")
    watcher.link.subscribe(BARRIER)
    kiosk = bus.join("kiosk1")
    kiosk.link.set_status(Lifecycle.READY)
    kiosk.link.close()
    watcher.inbox.message(topic, encode(Status(Lifecycle.DISCONNECTED, "b1")))
    bus.join("kiosk1", boot="b2")
    watcher.inbox.message(topic, encode(Status(Lifecycle.INIT, "b2")))
    brain.link.publish(BARRIER, b"{}")
    watcher.inbox.message(BARRIER)
    assert [status.state for status in states(watcher, topic)] == ["init", "ready", "disconnected", "init"]


def test_what_was_published_just_before_the_goodbye_arrives(bus: Bus) -> None:
    brain = bus.join("brain", TOPICS.log("kiosk1"))
    kiosk = bus.join("kiosk1")
    for number in range(100):
        assert kiosk.link.publish(TOPICS.log("kiosk1"), str(number).encode())
    kiosk.link.close()
    taken = brain.inbox.messages_until(TOPICS.log("kiosk1"), b"99")
    assert [item.payload for item in taken] == [str(number).encode() for number in range(100)]


def test_a_closed_link_says_nothing_takes_nothing_and_closes_again(bus: Bus) -> None:
    brain = bus.join("brain")
    kiosk = bus.join("kiosk1", TOPICS.states)
    kiosk.link.close()
    kiosk.link.close()
    assert not kiosk.link.publish(TOPICS.health("kiosk1"), b"{}")
    assert not kiosk.link.send(Request("c", Take("s")))
    brain.link.publish(TOPICS.board, b"{}")
    late = bus.join("board", TOPICS.board)
    late.inbox.message(TOPICS.board)
    kiosk.inbox.put(LinkDown("marker"))
    assert kiosk.inbox.until(lambda item: True) == [LinkDown("marker")]


def test_a_link_opened_while_the_broker_is_gone_says_so_once_and_comes_up_with_it(bus: Bus) -> None:
    bus.stop()
    kiosk = bus.join("kiosk1", wait=False)
    kiosk.inbox.down()
    assert kiosk.link.alive(0) and kiosk.link.alive(1_000_000)
    bus.start()
    assert kiosk.inbox.up() == [LinkUp()]


@pytest.mark.req("R-SYNC-05")
def test_after_the_brokers_sudden_death_everybody_comes_back_and_nothing_old_is_left(bus: Bus) -> None:
    brain = bus.join("brain", TOPICS.command("+"))
    board = bus.join("board", TOPICS.states, TOPICS.status("brain"))
    brain.link.set_status(Lifecycle.READY)
    brain.link.publish(TOPICS.desk(1), b"before")
    brain.link.publish(TOPICS.desk(2), b"before")
    board.inbox.message(TOPICS.desk(2))
    bus.stop()
    brain.inbox.down()
    board.inbox.down()
    assert not brain.link.publish(TOPICS.desk(3), b"while it was gone")
    bus.start()
    brain.inbox.up()
    brain.link.publish(TOPICS.desk(2), b"after")
    assert board.inbox.up() == [LinkUp()]
    board.inbox.message(TOPICS.desk(2), b"after")
    late = bus.join("desk1", TOPICS.states, TOPICS.status("brain"), BARRIER)
    brain.link.publish(BARRIER, b"{}")
    assert {item.topic: item.payload for item in late.inbox.messages_until(BARRIER)} == {
        TOPICS.desk(2): b"after",
        TOPICS.status("brain"): encode(Status(Lifecycle.READY, "b1")),
        BARRIER: b"{}",
    }
    kiosk = bus.join("kiosk1")
    kiosk.link.send(Request("c", Take("s")))
    brain.inbox.message(TOPICS.command("kiosk1"))


def test_a_command_that_could_not_be_sent_is_discarded_and_never_sent_later(bus: Bus) -> None:
    brain = bus.join("brain", TOPICS.command("+"))
    kiosk = bus.join("kiosk1")
    bus.stop()
    kiosk.inbox.down()
    assert not kiosk.link.send(Request("stale", Take("s")))
    bus.start()
    kiosk.inbox.up()
    brain.inbox.up()
    assert kiosk.link.send(Request("fresh", Take("s")))
    taken = brain.inbox.messages_until(TOPICS.command("kiosk1"))
    assert [decode(item.payload, Request).cmd_id for item in taken] == ["fresh"]


def test_nothing_is_heard_of_a_connection_before_it_is_announced(bus: Bus) -> None:
    brain = bus.join("brain")
    for number in range(1, 40):
        brain.link.publish(TOPICS.desk(number), b"{}")
    for _ in range(5):
        board = bus.join("board", TOPICS.states, wait=False)
        assert board.inbox.up() == [LinkUp()]
        board.link.close()


def test_a_second_connection_of_one_instance_takes_the_place_of_the_first(bus: Bus) -> None:
    first = bus.join("kiosk1", boot="one")
    bus.join("kiosk1", boot="two")
    assert first.inbox.down().reason
    first.link.close()


# --- whatever comes ---------------------------------------------------------------------------------------------------


@pytest.mark.req("R-SYNC-02")
def test_any_bytes_travel_unchanged_and_harm_no_link(bus: Bus) -> None:
    brain = bus.join("brain", TOPICS.command("+"))
    kiosk = bus.join("kiosk1")

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None)
    @given(st.binary(min_size=1, max_size=2000))
    def travels(payload: bytes) -> None:
        assert kiosk.link.publish(TOPICS.command("kiosk1"), payload)
        arrived = brain.inbox.message(TOPICS.command("kiosk1"))
        assert arrived.payload == payload
        try:
            decode(arrived.payload, Request)
        except Malformed as error:
            assert len(str(error)) < 400 and "\n" not in str(error)

    travels()


def test_a_payload_beyond_the_limit_is_refused_before_it_travels(bus: Bus) -> None:
    brain = bus.join("brain")
    board = bus.join("board", TOPICS.board)
    assert not brain.link.publish(TOPICS.board, bytes(MAX_PAYLOAD + 1))
    assert isinstance(brain.inbox.until(lambda item: isinstance(item, Refused))[-1], Refused)
    assert brain.link.publish(TOPICS.board, bytes(MAX_PAYLOAD))
    assert len(board.inbox.message(TOPICS.board).payload) == MAX_PAYLOAD


def test_an_inbox_that_fails_costs_its_owner_one_item_and_nobody_the_link(bus: Bus) -> None:
    brain = bus.join("brain")
    inbox = Inbox()

    def put(item: object) -> None:
        if isinstance(item, Received) and item.payload == b"poison":
            raise RuntimeError("a bug in the owner")
        inbox.put(item)

    link = bus.make("board", "b1")
    link.subscribe(TOPICS.states)
    link.open(put)
    try:
        inbox.up()
        assert brain.link.publish(TOPICS.desk(1), b"poison")
        assert brain.link.publish(TOPICS.desk(2), b"food")
        assert inbox.message(TOPICS.desk(2)).payload == b"food"
    finally:
        link.close()


def test_a_healthy_link_is_alive(bus: Bus) -> None:
    kiosk = bus.join("kiosk1", TOPICS.status("kiosk1"))
    for now in range(0, 60_000, 6_000):
        assert kiosk.link.alive(now)
        # a message of our own that comes back behind the ping proves that the ping is back
        kiosk.link.set_status(Lifecycle.READY)
        kiosk.inbox.message(TOPICS.status("kiosk1"), encode(Status(Lifecycle.READY, "b1")))
    assert kiosk.link.alive(70_000)


def test_the_desk_has_a_command_of_its_own(bus: Bus) -> None:
    brain = bus.join("brain", TOPICS.command("desk1"))
    desk = bus.join("desk1")
    desk.link.send(Request("n", Next(1)))
    assert decode(brain.inbox.message(TOPICS.command("desk1")).payload, Request).command == Next(1)
