"""The in-process bus as a fault injector, and under many threads."""

import threading

import pytest

from firmware_py.link import Received, Role, Topics
from firmware_py.link.local import Faults, LocalBus, LocalLink
from tests.link.inbox import Inbox

TOPICS = Topics("hall")
BARRIER = TOPICS.event("barrier")


def two() -> tuple[LocalBus, LocalLink, Inbox]:
    bus = LocalBus()
    brain, board = bus.connect("brain", Role.CONTROLLER), bus.connect("board", Role.HALL)
    inbox = Inbox()
    board.subscribe(TOPICS.event("+"))
    brain.open(Inbox().put)
    board.open(inbox.put)
    inbox.up()
    return bus, brain, inbox


def heard(faults: Faults, count: int = 200, *, release: bool = False) -> list[int]:
    bus, brain, inbox = two()
    bus.disturb(faults)
    for number in range(count):
        brain.publish(TOPICS.event("e"), str(number).encode())
    if release:
        bus.release()
    bus.disturb(Faults())
    brain.publish(BARRIER, b"{}")
    return [int(item.payload) for item in inbox.messages_until(BARRIER)[:-1]]


def test_drops_lose_some_and_the_same_seed_loses_the_same() -> None:
    first = heard(Faults(drop=0.3, seed=7))
    assert 100 < len(first) < 180 and first == sorted(first)
    assert first == heard(Faults(drop=0.3, seed=7))
    assert first != heard(Faults(drop=0.3, seed=8))


def test_duplicates_come_twice_in_a_row() -> None:
    taken = heard(Faults(duplicate=0.5, seed=1))
    assert len(taken) > 200 and taken == sorted(taken) and set(taken) == set(range(200))


def test_what_is_delayed_is_overtaken_and_comes_with_the_release() -> None:
    kept_back = heard(Faults(delay=0.5, seed=1))
    assert 50 < len(kept_back) < 150
    released = heard(Faults(delay=0.5, seed=1), release=True)
    assert sorted(released) == list(range(200)) and released != sorted(released)
    assert released[: len(kept_back)] == kept_back


def test_faults_touch_only_their_pattern() -> None:
    bus, brain, inbox = two()
    bus.disturb(Faults(drop=1.0, pattern=TOPICS.event("lost")))
    brain.publish(TOPICS.event("lost"), b"{}")
    brain.publish(TOPICS.event("found"), b"{}")
    assert inbox.messages_until(TOPICS.event("found")) == [Received(TOPICS.event("found"), b"{}")]


@pytest.mark.parametrize("end", ["broker", "cable"])
def test_what_is_held_dies_with_the_broker_and_with_its_readers_connection(end: str) -> None:
    bus, brain, inbox = two()
    bus.disturb(Faults(delay=1.0))
    brain.publish(TOPICS.event("e"), b"{}")
    if end == "broker":
        bus.stop()
        bus.start()
    else:
        bus.cut("board")
        bus.mend("board")
    inbox.up()
    bus.release()
    bus.disturb(Faults())
    brain.publish(BARRIER, b"{}")
    assert [item.topic for item in inbox.messages_until(BARRIER)] == [BARRIER]


def test_many_threads_publish_and_each_ones_order_holds() -> None:
    bus = LocalBus()
    brain, inbox = bus.connect("brain", Role.CONTROLLER), Inbox()
    brain.subscribe(TOPICS.log("+"))
    brain.open(inbox.put)
    writers = []
    for name in ("eval1", "eval2", "eval3", "eval4"):
        link = bus.connect(name, Role.EVALUATOR)
        link.open(Inbox().put)

        def write(link: LocalLink = link) -> None:
            for number in range(500):
                link.publish(TOPICS.log(link.instance), str(number).encode())

        writers.append(threading.Thread(target=write))
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    taken: dict[str, list[int]] = {}
    brain.publish(TOPICS.event("x"), b"{}")
    for _ in range(2000):
        item = inbox.until(lambda item: isinstance(item, Received))[-1]
        assert isinstance(item, Received)
        taken.setdefault(item.topic, []).append(int(item.payload))
    assert taken == {TOPICS.log(f"eval{n}"): list(range(500)) for n in (1, 2, 3, 4)}


@pytest.mark.req("R-SYNC-05")
def test_the_bus_can_be_asked_what_it_holds() -> None:
    bus, brain, _ = two()
    brain.publish(TOPICS.board, b"{}")
    assert bus.retained(TOPICS.board) == b"{}" and bus.retained(TOPICS.hall_state) is None
