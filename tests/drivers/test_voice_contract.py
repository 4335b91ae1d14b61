"""Every voice against its far end: the same promises for clips, engine and chip, with every fault they can have."""

import logging
import queue
import stat
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from drivers.virtual.faults import FarEnd, Fault
from drivers.virtual.loudspeaker import VirtualLoudspeaker
from drivers.virtual.loudspeaker_chip import VirtualSpeechChip
from drivers.voice import Utterance, Voice
from drivers.voice.clips import Format, wav_bytes
from drivers.voice.speaker import SpeakerVoice
from drivers.voice.syn6288 import Syn6288Voice
from firmware_py.errors import DriverError, DriverFault, DriverOffline
from firmware_py.runtime.port import BackOff, JobDone, JobFailed, PortDown, PortThread, PortUp

PATIENCE_S = 10.0
BOUND_S = 5.0
"""Nothing that breaks holds up the next call longer than this in these tests; in a hall, margin and length besides."""
SWIFT, SLOW = 200.0, 0.02
HASTY_S = 0.1
BEEP = wav_bytes(Format(rate_hz=22_050, channels=1), b"\x00\x10\x00\xf0" * 4_410)
CALL = Utterance("请A零零一号到三号窗口办理", ("d1",))


class Rig(ABC):
    """One kind of voice at one kind of far end. ``began`` gets something when a sentence begins, ``ended`` its end."""

    promises: ClassVar[Mapping[Fault, type[DriverError] | None]]
    """What ``say`` does while the far end is broken so; None = the sentence is heard all the same."""
    sentence = CALL

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.began: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.ended: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self.far = self.far_end()

    @abstractmethod
    def far_end(self) -> Any: ...

    @abstractmethod
    def near(self) -> Voice: ...

    @abstractmethod
    def hasty(self, voice: Voice) -> Voice:
        """The same device by a driver that waits no longer than it must for one that hangs."""

    def heard(self) -> None:
        """Wait until a sentence has been heard to its end."""
        while not self.ended.get(timeout=PATIENCE_S):
            pass

    def held_by_another(self) -> Callable[[], None]:
        """Another program takes the device; what is returned makes it let go."""
        self.far.set_fault(Fault.REFUSES, True)
        return lambda: self.far.set_fault(Fault.REFUSES, False)


class ClipsRig(Rig):
    promises: ClassVar[Mapping[Fault, type[DriverError] | None]] = {
        Fault.UNPLUGGED: DriverOffline,
        Fault.SILENT: DriverOffline,
        Fault.REFUSES: DriverOffline,
        Fault.SLOW: DriverOffline,
    }

    def far_end(self) -> VirtualLoudspeaker:
        return VirtualLoudspeaker(
            speed=SWIFT,
            on_change=lambda heard: (
                self.ended.put(heard.finished) if heard.finished or heard.cut else self.began.put(1)
            ),
        )

    def near(self) -> Voice:
        return SpeakerVoice(player=self.far.player_command, engine=False)

    def hasty(self, voice: Voice) -> Voice:
        return SpeakerVoice(player=self.far.player_command, engine=False, margin_s=HASTY_S)


class EngineRig(ClipsRig):
    """Free text, through an engine that says a beep to everything."""

    sentence = Utterance(CALL.text)

    def near(self) -> Voice:
        program = self.folder / "engine.sh"
        (self.folder / "beep").write_bytes(BEEP)
        program.write_text(f"#!/bin/sh\ncat > /dev/null; cat {self.folder / 'beep'}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return SpeakerVoice(player=self.far.player_command, engine_command=(str(program),))


class ChipRig(Rig):
    promises: ClassVar[Mapping[Fault, type[DriverError] | None]] = {
        Fault.UNPLUGGED: DriverOffline,
        Fault.SILENT: DriverOffline,
        Fault.GARBAGE: DriverOffline,
        Fault.LOST_BYTES: DriverOffline,
        Fault.SLOW: DriverOffline,
        Fault.DUPLICATE: None,
        Fault.REFUSES: DriverFault,
    }

    def far_end(self) -> VirtualSpeechChip:
        return VirtualSpeechChip(
            link=self.folder / "chip",
            speed=SWIFT,
            on_change=lambda said: self.ended.put(True) if said.finished else self.began.put(1),
        )

    def near(self) -> Voice:
        return Syn6288Voice(str(self.folder / "chip"), reply_s=1.0, quiet_s=0.01)

    def hasty(self, voice: Voice) -> Voice:
        voice.close()  # one process at a time holds the port
        driver = Syn6288Voice(str(self.folder / "chip"), reply_s=HASTY_S, character_s=0.03, margin_s=0.1, quiet_s=0.01)
        driver.open()
        return driver

    def held_by_another(self) -> Callable[[], None]:
        other = Syn6288Voice(str(self.folder / "chip"))
        other.open()
        return other.close


RIGS = {"clips": ClipsRig, "engine": EngineRig, "syn6288": ChipRig}
each_fault = pytest.mark.parametrize(  # an engine's sound goes the way of the clips
    ("rig", "fault"),
    [(name, fault) for name, kind in RIGS.items() for fault in kind.promises if name != "engine"],
    indirect=["rig"],
)


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    made = RIGS[request.param](tmp_path)
    yield made
    made.far.close()


@pytest.fixture
def voice(rig: Rig) -> Iterator[Voice]:
    driver = rig.near()
    driver.open()
    yield driver
    driver.close()


@pytest.fixture
def inbox() -> queue.SimpleQueue[object]:
    return queue.SimpleQueue()


@pytest.fixture
def port(rig: Rig, inbox: queue.SimpleQueue[object]) -> Iterator[PortThread[Voice]]:
    driver = rig.near()
    thread = PortThread(
        driver, inbox.put, name="voice", back_off=BackOff(0.05, 0.1), check_every_s=0.05, interrupt=driver.stop
    )
    yield thread
    thread.close()


def await_one(inbox: queue.SimpleQueue[object], *kinds: type) -> object:
    """The next of these kinds, whatever comes before it."""
    while not isinstance(item := inbox.get(timeout=PATIENCE_S), kinds):
        pass
    return item


def in_a_thread(work: Callable[[], None]) -> tuple[threading.Thread, "queue.SimpleQueue[DriverError | None]"]:
    """Its end: the error it raised, or None."""
    end: queue.SimpleQueue[DriverError | None] = queue.SimpleQueue()

    def run() -> None:
        try:
            work()
        except DriverError as error:
            end.put(error)
        else:
            end.put(None)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, end


def test_every_fault_of_the_far_end_has_a_promise(rig: Rig) -> None:
    far: FarEnd = rig.far
    assert set(far.faults) == set(rig.promises)


@pytest.mark.req("R-CALL-01")
def test_a_sentence_is_heard_to_its_end_before_say_returns(rig: Rig, voice: Voice) -> None:
    voice.check()
    voice.say(rig.sentence)
    assert rig.ended.get_nowait(), "the end had been heard when it returned"


@pytest.mark.req("R-CALL-08")
@each_fault
def test_a_broken_device_is_the_promised_error_in_bounded_time_and_the_next_call_is_heard(
    rig: Rig, voice: Voice, fault: Fault
) -> None:
    promised = rig.promises[fault]
    if promised is None:
        rig.far.set_fault(fault, True)
        voice.say(rig.sentence)
        rig.heard()
        return
    hasty = rig.hasty(voice)
    if fault is Fault.SLOW:
        rig.far.speed = 0.2
    rig.far.set_fault(fault, True)
    began = time.monotonic()
    with pytest.raises(promised):
        hasty.say(rig.sentence)
    assert time.monotonic() - began < BOUND_S
    hasty.close()
    rig.far.set_fault(fault, False)
    rig.far.speed = SWIFT
    voice.open()
    voice.say(rig.sentence)
    rig.heard()


@pytest.mark.req("R-CALL-08")
def test_a_cable_pulled_in_the_middle_of_a_sentence_is_offline_at_once(rig: Rig, voice: Voice) -> None:
    rig.far.speed = SLOW
    thread, end = in_a_thread(lambda: voice.say(rig.sentence))
    rig.began.get(timeout=PATIENCE_S)
    rig.far.set_fault(Fault.UNPLUGGED, True)
    assert isinstance(end.get(timeout=PATIENCE_S), DriverOffline)
    thread.join(PATIENCE_S)


@pytest.mark.req("R-CALL-02")
def test_stop_ends_a_sentence_at_once_and_silences_nothing_else(rig: Rig, voice: Voice) -> None:
    rig.far.speed = SLOW
    thread, end = in_a_thread(lambda: voice.say(rig.sentence))
    rig.began.get(timeout=PATIENCE_S)
    voice.stop()
    assert end.get(timeout=PATIENCE_S) is None
    thread.join(PATIENCE_S)
    rig.far.speed = SWIFT
    voice.say(rig.sentence)
    rig.heard()


@pytest.mark.req("R-CALL-08", "R-TECH-02")
def test_a_device_absent_at_the_start_is_one_log_line_and_speaks_when_it_comes(
    rig: Rig, port: PortThread[Voice], inbox: queue.SimpleQueue[object], caplog: pytest.LogCaptureFixture
) -> None:
    rig.far.set_fault(Fault.UNPLUGGED, True)
    with caplog.at_level(logging.WARNING, "firmware_py.runtime.port"):
        port.open()
        down = await_one(inbox, PortDown)
        port.submit("lost", lambda driver: driver.say(rig.sentence))
        assert isinstance(await_one(inbox, JobFailed), JobFailed), "a call is not said an hour later"
        rig.far.set_fault(Fault.UNPLUGGED, False)
        await_one(inbox, PortUp)
    assert isinstance(down, PortDown)
    assert (down.reason, bool(down.detail)) == ("offline", True)
    assert len(caplog.messages) == 1, caplog.messages
    port.submit("said", lambda driver: driver.say(rig.sentence))
    assert await_one(inbox, JobDone, JobFailed) == JobDone("voice", "said", None)
    rig.heard()


@pytest.mark.req("R-CALL-02", "R-CALL-08")
def test_a_device_lost_in_a_sentence_fails_that_call_alone_and_comes_back_by_itself(
    rig: Rig, port: PortThread[Voice], inbox: queue.SimpleQueue[object], caplog: pytest.LogCaptureFixture
) -> None:
    port.open()
    await_one(inbox, PortUp)
    rig.far.speed = SLOW
    with caplog.at_level(logging.WARNING, "firmware_py.runtime.port"):
        port.submit("first", lambda driver: driver.say(rig.sentence))
        rig.began.get(timeout=PATIENCE_S)
        rig.far.set_fault(Fault.UNPLUGGED, True)
        failed = await_one(inbox, JobFailed)
        await_one(inbox, PortDown)
        rig.far.speed = SWIFT
        rig.far.set_fault(Fault.UNPLUGGED, False)  # a chip has another pty then, behind the same link
        await_one(inbox, PortUp)
    assert isinstance(failed, JobFailed)
    assert isinstance(failed.error, DriverOffline)
    assert len(caplog.messages) == 1, caplog.messages
    port.submit("second", lambda driver: driver.say(rig.sentence))
    assert await_one(inbox, JobDone, JobFailed) == JobDone("voice", "second", None)


def test_a_device_that_another_program_holds_is_offline_until_it_lets_go(rig: Rig) -> None:
    let_go = rig.held_by_another()
    driver = rig.near()
    with pytest.raises(DriverOffline):
        driver.open()
    let_go()
    driver.open()
    driver.say(rig.sentence)
    driver.close()
    rig.heard()


def test_a_voice_that_was_never_opened_may_be_closed_and_stopped(rig: Rig) -> None:
    driver = rig.near()
    driver.stop()
    driver.close()
    driver.close()
    driver.open()
    driver.say(rig.sentence)
    driver.close()
    rig.heard()
