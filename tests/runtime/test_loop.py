"""The daemon loop: order, timers, the watchdog, ends of every kind."""

import logging
import os
import queue
import signal
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware_py.runtime.clock import ManualClock, SystemClock
from firmware_py.runtime.loop import Crashed, Loop, Timer
from firmware_py.runtime.sd_notify import Notifier

WAIT_S = 5.0


class Echo:
    """Logic that answers every item with itself as the effect, and wants a timer at the times it was given."""

    def __init__(self, *timers: int) -> None:
        self.timers = list(timers)
        self.heard: list[tuple[object, int]] = []

    def on(self, item: object, now: int) -> Iterable[object]:
        self.heard.append((item, now))
        if item == Timer():
            self.timers.pop(0)
        return [item]

    def due(self) -> int | None:
        return self.timers[0] if self.timers else None


class Idle(queue.SimpleQueue[object]):
    """An inbox in which waiting costs no real time: the clock moves on by what the loop was ready to wait."""

    def __init__(self, clock: ManualClock, end_ms: int) -> None:
        self.clock = clock
        self.end_ms = end_ms
        self.waits = 0
        self.at_end: Callable[[], None] = lambda: None

    def get(self, block: bool = True, timeout: float | None = None) -> object:
        try:
            return self.get_nowait()
        except queue.Empty:
            assert timeout is not None
            self.waits += 1
            self.clock.advance(round(timeout * 1000))
            if self.clock.mono_ms() >= self.end_ms:
                self.at_end()
            raise


def nothing(_effect: object, _now: int) -> None:
    pass


@contextmanager
def running(loop: Loop) -> Iterator[None]:
    thread = threading.Thread(target=loop.run)
    thread.start()
    try:
        yield
    finally:
        loop.stop()
        thread.join(WAIT_S)
        assert not thread.is_alive()


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(WAIT_S)
        yield ear


def heard_by(manager: socket.socket) -> list[bytes]:
    manager.setblocking(False)
    words = []
    try:
        while True:
            words.append(manager.recv(4096))
    except BlockingIOError:
        return words
    finally:
        manager.settimeout(WAIT_S)


# --- items and timers -------------------------------------------------------------------------------------------------


def test_items_are_done_in_order_each_with_the_time_it_was_taken() -> None:
    clock = ManualClock(mono_ms=10)
    logic, done = Echo(), []

    def perform(effect: object, now: int) -> None:
        done.append((effect, now))
        clock.advance(5)

    loop = Loop("desk1", logic, perform, clock=clock)
    for item in ("a", "b", "c"):
        loop.put(item)
    loop.stop()
    loop.run()
    assert logic.heard == [("a", 10), ("b", 15), ("c", 20)]
    assert done == logic.heard


def test_effects_are_performed_in_the_order_the_logic_gave_them() -> None:
    class Three(Echo):
        def on(self, item: object, now: int) -> Iterable[object]:
            yield from (1, 2, 3)

    done: list[object] = []
    loop = Loop("x", Three(), lambda effect, _: done.append(effect), clock=ManualClock())
    loop.put("go")
    loop.stop()
    loop.run()
    assert done == [1, 2, 3]


def test_what_an_effect_puts_is_done_after_what_waited_before() -> None:
    logic = Echo()

    def perform(effect: object, now: int) -> None:
        if effect == "a":
            loop.put("late")
        if effect == "late":
            loop.stop()

    loop = Loop("x", logic, perform, clock=ManualClock())
    loop.put("a")
    loop.put("b")
    loop.run()
    assert [item for item, _ in logic.heard] == ["a", "b", "late"]


def test_a_timer_comes_when_it_is_due_and_not_before() -> None:
    clock = ManualClock()
    logic = Echo(250, 300, 10_000)
    inbox = Idle(clock, end_ms=20_000)
    loop = Loop("x", logic, nothing, clock=clock, inbox=inbox)
    inbox.at_end = loop.stop
    loop.run()
    assert logic.heard == [(Timer(), 250), (Timer(), 300), (Timer(), 10_000)]


def test_timers_that_are_overdue_and_items_that_wait_take_turns() -> None:
    logic = Echo(0, 0, 0)
    loop = Loop("x", logic, nothing, clock=ManualClock(mono_ms=1))
    for item in ("a", "b"):
        loop.put(item)
    loop.stop()
    loop.run()
    assert [item for item, _ in logic.heard] == [Timer(), "a", Timer(), "b", Timer()]


def test_a_clock_moved_by_hand_wakes_a_waiting_loop() -> None:
    clock = ManualClock()
    done: queue.SimpleQueue[object] = queue.SimpleQueue()
    loop = Loop("x", Echo(1_000), lambda effect, now: done.put((effect, now)), clock=clock)
    clock.on_advance(loop.wake)
    with running(loop):
        clock.advance(999)
        loop.put("not yet")
        assert done.get(timeout=WAIT_S) == ("not yet", 999)
        clock.advance(1)
        assert done.get(timeout=WAIT_S) == (Timer(), 1_000)


def test_a_timer_comes_by_itself_on_the_systems_clock() -> None:
    clock = SystemClock()
    due = clock.mono_ms() + 20
    done: queue.SimpleQueue[int] = queue.SimpleQueue()
    with running(Loop("x", Echo(due), lambda _, now: done.put(now), clock=clock)):
        assert done.get(timeout=WAIT_S) >= due


def test_an_idle_hour_wakes_the_loop_for_the_watchdog_alone() -> None:
    clock = ManualClock()
    inbox = Idle(clock, end_ms=3_600_000)
    pings: list[int] = []

    class Ear(Notifier):
        def watchdog(self) -> None:
            pings.append(clock.mono_ms())

    loop = Loop("x", Echo(), nothing, clock=clock, notify=Ear("", watchdog_ms=10_000), inbox=inbox)
    inbox.at_end = loop.stop
    loop.run()
    assert pings == list(range(10_000, 3_600_000, 10_000))
    assert inbox.waits <= 361


def test_without_watchdog_and_timers_an_idle_hour_is_one_wait() -> None:
    clock = ManualClock()
    inbox = Idle(clock, end_ms=3_600_000)
    loop = Loop("x", Echo(), nothing, clock=clock, inbox=inbox)
    inbox.at_end = loop.stop
    loop.run()
    assert inbox.waits == 1


# --- the watchdog -----------------------------------------------------------------------------------------------------


@pytest.mark.req("R-TECH-01")
def test_a_ping_waits_until_the_loop_can_take_from_its_inbox(tmp_path: Path, manager: socket.socket) -> None:
    clock = ManualClock()
    busy, free, answered = threading.Event(), threading.Event(), threading.Event()

    def perform(effect: object, now: int) -> None:
        if effect == "hang":
            busy.set()
            assert free.wait(WAIT_S)
        else:
            answered.set()

    loop = Loop("x", Echo(), perform, clock=clock, notify=Notifier(str(tmp_path / "notify"), watchdog_ms=1_000))
    clock.on_advance(loop.wake)
    with running(loop):
        assert manager.recv(4096) == b"READY=1"
        loop.put("hang")
        assert busy.wait(WAIT_S)
        clock.advance(60_000)
        assert heard_by(manager) == []
        free.set()
        assert manager.recv(4096) == b"WATCHDOG=1"


@pytest.mark.req("R-TECH-01")
def test_a_daemon_that_is_not_alive_is_not_vouched_for(tmp_path: Path, manager: socket.socket) -> None:
    clock = ManualClock()
    answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
    asked: queue.SimpleQueue[bool] = queue.SimpleQueue()

    def alive() -> bool:
        answer = answers.get(timeout=WAIT_S)
        asked.put(answer)
        return answer

    notify = Notifier(str(tmp_path / "notify"), watchdog_ms=1_000)
    done: queue.SimpleQueue[object] = queue.SimpleQueue()
    loop = Loop("x", Echo(), lambda effect, _: done.put(effect), clock=clock, notify=notify, alive=alive)
    clock.on_advance(loop.wake)
    with running(loop):
        assert manager.recv(4096) == b"READY=1"
        loop.put("at work")
        assert done.get(timeout=WAIT_S) == "at work"
        answers.put(False)
        clock.advance(1_000)
        assert asked.get(timeout=WAIT_S) is False
        loop.put("after")
        assert done.get(timeout=WAIT_S) == "after"
        assert heard_by(manager) == []
        answers.put(True)
        clock.advance(1_000)
        assert manager.recv(4096) == b"WATCHDOG=1"


@pytest.mark.req("R-TECH-01")
def test_a_timer_that_never_moves_on_starves_the_watchdog(tmp_path: Path, manager: socket.socket) -> None:
    clock = ManualClock()

    class Stuck(Echo):
        def on(self, item: object, now: int) -> Iterable[object]:
            clock.advance(1_000)
            self.heard.append((item, now))
            if len(self.heard) == 100:
                loop.stop()
            return []

        def due(self) -> int | None:
            return 0

    loop = Loop("x", Stuck(), nothing, clock=clock, notify=Notifier(str(tmp_path / "notify"), watchdog_ms=1_000))
    loop.run()
    assert heard_by(manager) == [b"READY=1", b"STOPPING=1"]


# --- resources --------------------------------------------------------------------------------------------------------


class Shelf:
    """A resource that writes down what happens to it, and may refuse."""

    def __init__(self, name: str, story: list[str], *, opens: bool = True, closes: bool = True) -> None:
        self.name, self.story, self.opens, self.closes = name, story, opens, closes

    def open(self) -> None:
        self.story.append(f"open {self.name}")
        if not self.opens:
            raise OSError(f"{self.name} cannot open")

    def close(self) -> None:
        self.story.append(f"close {self.name}")
        if not self.closes:
            raise OSError(f"{self.name} cannot close")


def test_resources_open_in_order_and_close_in_reverse() -> None:
    story: list[str] = []
    resources = [Shelf(name, story) for name in ("journal", "printer", "link")]
    loop = Loop("x", Echo(), lambda effect, _: story.append(str(effect)), clock=ManualClock(), resources=resources)
    loop.put("work")
    loop.stop()
    loop.run()
    opened, closed = ["open journal", "open printer", "open link"], ["close link", "close printer", "close journal"]
    assert story == [*opened, "work", *closed]


def test_resources_are_opened_and_closed_by_the_thread_that_works() -> None:
    threads: list[int] = []

    class Bound:
        def open(self) -> None:
            threads.append(threading.get_ident())

        def close(self) -> None:
            threads.append(threading.get_ident())

    loop = Loop("x", Echo(), lambda *_: threads.append(threading.get_ident()), clock=ManualClock(), resources=[Bound()])
    loop.put("work")
    with running(loop):
        pass
    assert len(threads) == 3
    assert len(set(threads)) == 1


def test_a_resource_that_cannot_open_closes_those_before_it_and_leaves_those_after_it() -> None:
    story: list[str] = []
    resources = [Shelf("a", story), Shelf("b", story, opens=False), Shelf("c", story)]
    loop = Loop("x", Echo(), nothing, clock=ManualClock(), resources=resources)
    with pytest.raises(OSError, match="b cannot open"):
        loop.run()
    assert story == ["open a", "open b", "close a"]


def test_a_resource_that_cannot_close_does_not_keep_the_others_open() -> None:
    story: list[str] = []
    resources = [Shelf("a", story), Shelf("b", story, closes=False), Shelf("c", story)]
    loop = Loop("x", Echo(), nothing, clock=ManualClock(), resources=resources)
    loop.stop()
    with pytest.raises(OSError, match="b cannot close"):
        loop.run()
    assert story[-3:] == ["close c", "close b", "close a"]


@pytest.mark.req("R-TECH-03")
def test_systemd_hears_ready_after_the_last_open_and_stopping_before_the_first_close(
    tmp_path: Path, manager: socket.socket
) -> None:
    story: list[str] = []

    class Listening(Shelf):
        def open(self) -> None:
            super().open()
            story.extend(word.decode() for word in heard_by(manager))

        def close(self) -> None:
            story.extend(word.decode() for word in heard_by(manager))
            super().close()

    resources = [Listening("a", story), Listening("b", story)]
    notify = Notifier(str(tmp_path / "notify"))
    loop = Loop("x", Echo(), nothing, clock=ManualClock(), notify=notify, resources=resources)
    loop.stop()
    loop.run()
    assert story == ["open a", "open b", "READY=1", "STOPPING=1", "close b", "close a"]


# --- ends -------------------------------------------------------------------------------------------------------------


def test_stop_ends_after_the_items_already_there_and_before_later_ones() -> None:
    logic = Echo()
    loop = Loop("x", logic, nothing, clock=ManualClock())
    loop.put("before")
    loop.stop()
    loop.put("after")
    loop.run()
    assert [item for item, _ in logic.heard] == ["before"]


def failing_logic() -> Loop:
    class Broken(Echo):
        def on(self, item: object, now: int) -> Iterable[object]:
            raise KeyError(item)

    return Loop("desk1", Broken(), nothing, clock=ManualClock())


def failing_effect() -> Loop:
    def perform(effect: object, now: int) -> None:
        raise KeyError(effect)

    return Loop("desk1", Echo(), perform, clock=ManualClock())


@pytest.mark.parametrize("make", [failing_logic, failing_effect])
def test_a_bug_is_logged_and_ends_the_loop(make: Callable[[], Loop], caplog: pytest.LogCaptureFixture) -> None:
    loop = make()
    loop.put("x")
    with caplog.at_level(logging.ERROR), pytest.raises(KeyError):
        loop.run()
    (record,) = caplog.records
    assert "desk1" in record.getMessage()
    assert record.exc_info is not None


def test_a_bug_is_told_to_the_one_who_asked_after_everything_is_closed() -> None:
    story: list[str] = []

    class Broken(Echo):
        def on(self, item: object, now: int) -> Iterable[object]:
            raise KeyError(item)

    loop = Loop(
        "desk1",
        Broken(),
        nothing,
        clock=ManualClock(),
        resources=[Shelf("a", story)],
        on_crash=lambda name, error: story.append(f"{name}: {error!r}"),
    )
    loop.put("x")
    loop.run()
    assert story == ["open a", "close a", "desk1: KeyError('x')"]


def test_a_helper_threads_death_is_the_loops_death() -> None:
    logic = Echo()
    loop = Loop("x", logic, nothing, clock=ManualClock())
    cause = ZeroDivisionError()
    loop.put(Crashed("port printer", cause))
    with pytest.raises(RuntimeError, match="port printer crashed") as caught:
        loop.run()
    assert caught.value.__cause__ is cause
    assert logic.heard == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_a_loop_in_the_main_thread_and_its_handler_is_put_back(number: signal.Signals) -> None:
    def before(_number: int, _frame: object) -> None:
        raise AssertionError("not the loop's")

    killer = threading.Timer(0.02, os.kill, (os.getpid(), number))
    story: list[str] = []

    class Doomed(Shelf):
        def open(self) -> None:
            super().open()
            killer.start()  # the loop will be waiting at its empty inbox

    old = signal.signal(number, before)
    try:
        Loop("x", Echo(), nothing, clock=ManualClock(), resources=[Doomed("a", story)]).run()
        killer.join()
        assert signal.getsignal(number) is before
    finally:
        signal.signal(number, old)
    assert story == ["open a", "close a"]


def test_a_loop_in_another_thread_leaves_signals_alone() -> None:
    old = signal.getsignal(signal.SIGTERM)
    done: queue.SimpleQueue[object] = queue.SimpleQueue()
    loop = Loop("x", Echo(), lambda *_: done.put(signal.getsignal(signal.SIGTERM)), clock=ManualClock())
    with running(loop):
        loop.put("look")
        assert done.get(timeout=WAIT_S) is old
