"""Several daemons in one process: systemd hears of all of them or of none."""

import socket
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from firmware_py.runtime.clock import SystemClock
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.sd_notify import Notifier
from firmware_py.runtime.together import Choir, Together

WAIT_S = 5.0


class Ear:
    """systemd's end of the line."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self._wire = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._wire.bind(self.path)
        self._wire.settimeout(WAIT_S)

    def heard(self) -> str:
        return self._wire.recv(1000).decode()

    def silent(self) -> bool:
        self._wire.setblocking(False)
        try:
            self._wire.recv(1000)
        except BlockingIOError:
            return True
        finally:
            self._wire.settimeout(WAIT_S)
        return False

    def close(self) -> None:
        self._wire.close()


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    ear = Ear(tmp_path / "notify")
    yield ear
    ear.close()


def test_the_process_is_ready_when_the_last_of_its_daemons_is_and_says_so_once(ear: Ear) -> None:
    choir = Choir(Notifier(ear.path), ["desk1", "desk2"])
    one, two = choir.part("desk1"), choir.part("desk2")
    one.ready()
    one.ready()
    assert ear.silent()
    two.ready()
    assert ear.heard() == "READY=1"
    one.ready()
    assert ear.silent()


def test_the_process_is_alive_while_each_daemon_says_so_again(ear: Ear) -> None:
    choir = Choir(Notifier(ear.path, watchdog_ms=100), ["desk1", "desk2"])
    one, two = choir.part("desk1"), choir.part("desk2")
    assert one.watchdog_ms == 100
    for _ in range(3):
        one.watchdog()
    assert ear.silent()
    two.watchdog()
    assert ear.heard() == "WATCHDOG=1"
    two.watchdog()
    assert ear.silent()
    one.watchdog()
    assert ear.heard() == "WATCHDOG=1"


def test_a_daemons_word_for_systemctl_status_has_its_name(ear: Ear) -> None:
    Choir(Notifier(ear.path), ["desk1"]).part("desk1").status("waiting")
    assert ear.heard() == "STATUS=desk1: waiting"


class Idle:
    """Logic that does nothing but break on the word."""

    def on(self, item: object, now: int) -> Iterable[object]:
        if item == "break":
            raise ZeroDivisionError("broken")
        return ()

    def due(self) -> int | None:
        return None


class Held:
    """A resource that tells when it is opened and closed."""

    def __init__(self, name: str, story: list[str]) -> None:
        self._name, self._story = name, story
        self.opened = threading.Event()

    def open(self) -> None:
        self._story.append(f"{self._name} opens")
        self.opened.set()

    def close(self) -> None:
        self._story.append(f"{self._name} closes")


class Pair:
    """Two daemons that run together, in a thread of their own."""

    def __init__(self) -> None:
        self.story: list[str] = []
        self.together = Together()
        self.held = [Held("first", self.story), Held("second", self.story)]
        self.loops = [
            Loop(
                name,
                Idle(),
                lambda _effect, _now: None,
                clock=SystemClock(),
                resources=[held],
                on_crash=self.together.ended,
            )
            for name, held in zip(("first", "second"), self.held, strict=True)
        ]
        self.well: list[bool] = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert all(held.opened.wait(WAIT_S) for held in self.held)

    def _run(self) -> None:
        self.well.append(self.together.run(self.loops, Notifier()))

    def ended(self) -> bool:
        self._thread.join(WAIT_S)
        return not self._thread.is_alive()


def test_told_to_stop_they_end_in_reverse_order_and_all_is_well() -> None:
    pair = Pair()
    pair.together.stop()
    assert pair.ended()
    assert pair.well == [True]
    assert pair.story[2:] == ["second closes", "first closes"]


def test_when_one_ends_by_a_bug_the_others_are_closed_and_the_process_says_so() -> None:
    pair = Pair()
    pair.loops[1].put("break")
    assert pair.ended()
    assert pair.well == [False]
    assert sorted(pair.story[2:]) == ["first closes", "second closes"]
