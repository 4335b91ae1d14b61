"""The SYN6288 speech chip: frames byte for byte, and the driver against a chip that answers, refuses and fails."""

import os
import queue
import threading
import time
from collections.abc import Iterator
from functools import reduce
from operator import xor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.virtual.faults import Fault
from drivers.virtual.loudspeaker_chip import FAULTS, Said, VirtualSpeechChip
from drivers.voice import Utterance
from drivers.voice.syn6288 import Syn6288Voice
from drivers.voice.syn6288_frames import QUERY, STOP, TEXT_MAX, Reply, marked, replies, speak
from firmware_py.errors import DriverError, DriverFault, DriverOffline

PATIENCE_S = 10.0
CALL = Utterance("请A零零一号到三号窗口办理", ("chime", "qing", "A"))
REPLY_S = 0.1
QUIET_S = 0.01


@pytest.fixture
def changes() -> queue.SimpleQueue[Said]:
    return queue.SimpleQueue()


@pytest.fixture
def chip(tmp_path: Path, changes: queue.SimpleQueue[Said]) -> Iterator[VirtualSpeechChip]:
    far_end = VirtualSpeechChip(link=tmp_path / "chip", speed=100, on_change=changes.put)
    yield far_end
    far_end.close()


@pytest.fixture
def voice(chip: VirtualSpeechChip) -> Iterator[Syn6288Voice]:
    driver = Syn6288Voice(chip.path, reply_s=REPLY_S, quiet_s=QUIET_S)
    driver.open()
    yield driver
    driver.close()


def test_the_frame_of_a_call_is_the_one_on_the_wire_of_deployed_systems() -> None:
    text = "请A001号到1号窗口".encode("gb2312")
    assert speak(text).hex() == "fd00140100" + "c7eb41303031bac5b5bd31bac5b4b0bfda" + "ec"
    assert STOP.hex() == "fd000202fd"
    assert QUERY.hex() == "fd000221de"


@given(st.text(alphabet="请A0到号窗口办理,。您前面还有人等候", min_size=1, max_size=600))
def test_a_long_text_is_cut_into_frames_that_the_chip_takes_and_nothing_of_it_is_lost(text: str) -> None:
    pieces = marked(text, volume=11, speed=5)
    spoken = [piece.text.decode("gb2312").removeprefix("[v11][m0][t5]") for piece in pieces]
    assert "".join(spoken) == text
    assert [piece.characters for piece in pieces] == [len(each) for each in spoken]
    for piece in pieces:
        assert len(piece.text) <= TEXT_MAX
        frame = speak(piece.text)
        assert int.from_bytes(frame[1:3], "big") == len(frame) - 3
        assert reduce(xor, frame) == 0


def test_a_text_cannot_turn_the_volume_up_by_itself() -> None:
    [piece] = marked("通知[v16]请稍候", volume=5, speed=5)
    assert piece.text.decode("gb2312") == "[v5][m0][t5]通知v16请稍候"


@given(st.binary(max_size=12))
def test_bytes_that_are_not_all_words_of_the_chip_say_nothing(data: bytes) -> None:
    known = {0x41, 0x45, 0x4A, 0x4E, 0x4F}
    said = replies(data)
    assert (said is not None) == (len(data) <= 4 and set(data) <= known)
    assert said is None or [int(each) for each in said] == list(data)


@pytest.mark.req("R-CALL-01", "R-CALL-08")
def test_a_sentence_is_spoken_and_say_returns_when_it_has_ended(voice: Syn6288Voice, chip: VirtualSpeechChip) -> None:
    voice.say(CALL)
    [said] = chip.said()
    assert (said.text, said.finished) == (CALL.text, True)


@pytest.mark.req("R-CALL-03")
def test_the_green_reading_is_slower_and_louder_and_the_volume_is_a_percentage(chip: VirtualSpeechChip) -> None:
    for volume in (100, 50):
        driver = Syn6288Voice(chip.path, volume=volume, reply_s=REPLY_S, quiet_s=QUIET_S)
        driver.open()
        driver.say(CALL)
        driver.say(Utterance(CALL.text, slow=True))
        driver.close()
    full, full_slow, half, half_slow = chip.said()
    assert [(each.volume, each.speed) for each in (full, full_slow)] == [(11, 5), (16, 3)]
    assert [(each.volume, each.speed) for each in (half, half_slow)] == [(6, 5), (8, 3)]


def test_the_chime_goes_before_a_first_reading_and_not_before_its_repeat(chip: VirtualSpeechChip) -> None:
    driver = Syn6288Voice(chip.path, chime="soundm", reply_s=REPLY_S, quiet_s=QUIET_S)
    driver.open()
    driver.say(CALL)
    driver.say(Utterance(CALL.text, CALL.words[1:]))
    driver.close()
    assert [each.text for each in chip.said()] == [f"soundm {CALL.text}", CALL.text]


def test_a_notice_of_several_frames_is_said_one_after_the_other(voice: Syn6288Voice, chip: VirtualSpeechChip) -> None:
    notice = "各位群众,因系统维护,取号机将于下午五点停止取号," * 8
    voice.say(Utterance(notice))
    assert "".join(each.text for each in chip.said()) == notice
    assert all(each.finished for each in chip.said())
    assert len(chip.said()) > 1


@pytest.mark.parametrize("text", ["", "  ", "[]", "[ ] ", "请𬸪先生"])
def test_what_the_chip_cannot_say_is_a_fault_and_nothing_is_sent(
    voice: Syn6288Voice, chip: VirtualSpeechChip, text: str
) -> None:
    with pytest.raises(DriverFault) as caught:
        voice.say(Utterance(text))
    assert caught.value.reason == "voice_engine"
    assert chip.said() == []


def test_a_port_on_which_nobody_answers_is_let_go_for_whoever_looks_next(chip: VirtualSpeechChip) -> None:
    chip.set_fault(Fault.SILENT, True)
    for _ in range(2):  # each a driver of its own, as `hall selftest` beside a daemon
        with pytest.raises(DriverOffline, match="does not answer"):
            Syn6288Voice(chip.path, reply_s=REPLY_S, quiet_s=QUIET_S).open()


@pytest.mark.req("R-CALL-08")
def test_a_chip_that_refuses_is_a_fault_for_a_person(voice: Syn6288Voice, chip: VirtualSpeechChip) -> None:
    chip.set_fault(Fault.REFUSES, True)
    with pytest.raises(DriverFault) as caught:
        voice.say(CALL)
    assert caught.value.reason == "voice_refused"
    chip.set_fault(Fault.REFUSES, False)
    voice.say(CALL)


def test_a_chip_whose_answers_come_twice_is_understood(voice: Syn6288Voice, chip: VirtualSpeechChip) -> None:
    chip.set_fault(Fault.DUPLICATE, True)
    voice.say(CALL)
    voice.check()
    assert [each.finished for each in chip.said()] == [True]


@pytest.mark.req("R-CALL-02")
def test_stop_silences_the_chip_and_the_next_call_is_heard(
    voice: Syn6288Voice, chip: VirtualSpeechChip, changes: queue.SimpleQueue[Said]
) -> None:
    chip.speed = 0.1
    speaking = threading.Thread(target=voice.say, args=(CALL,))
    speaking.start()
    changes.get(timeout=PATIENCE_S)
    voice.check()  # must not wait for the sentence
    voice.stop()
    speaking.join(PATIENCE_S)
    assert not speaking.is_alive()
    assert not changes.get(timeout=PATIENCE_S).finished
    chip.speed = 100
    voice.say(CALL)
    assert [each.finished for each in chip.said()] == [False, True]


def test_a_chip_that_starts_anew_in_a_sentence_has_not_said_it(voice: Syn6288Voice, chip: VirtualSpeechChip) -> None:
    chip.speed = 0.1
    failed: queue.SimpleQueue[DriverError] = queue.SimpleQueue()
    before = chip.asked

    def speak_in_vain() -> None:
        try:
            voice.say(CALL)
        except DriverError as error:
            failed.put(error)

    speaking = threading.Thread(target=speak_in_vain)
    speaking.start()
    assert chip.wait_for(lambda: chip.asked > before)
    chip.restart()
    assert "started anew" in str(failed.get(timeout=PATIENCE_S))
    speaking.join(PATIENCE_S)
    chip.speed = 100
    voice.say(CALL)
    assert [each.finished for each in chip.said()] == [False, True]


@pytest.mark.req("R-CALL-08")
def test_a_sentence_without_end_is_broken_off_in_bounded_time(chip: VirtualSpeechChip) -> None:
    driver = Syn6288Voice(chip.path, reply_s=REPLY_S, character_s=0.05, margin_s=0.05, quiet_s=QUIET_S)
    driver.open()
    chip.speed = 0.01
    began = time.monotonic()
    with pytest.raises(DriverOffline, match="still busy"):
        driver.say(Utterance("请A一"))
    assert time.monotonic() - began < PATIENCE_S
    driver.close()


@pytest.mark.req("R-CALL-02", "R-CALL-08")
@settings(max_examples=4, deadline=None)
@given(noise=st.binary(min_size=1, max_size=24))
def test_no_bytes_from_the_wire_are_a_sentence_that_ended(noise: bytes) -> None:
    """A chip that still speaks while this comes in: it is believed when it was asked, not when something is heard."""
    far_end = VirtualSpeechChip(speed=0.001)
    over = threading.Event()

    def talk() -> None:
        assert far_end.wait_for(lambda: far_end.asked > 1)  # once when it was opened, once after it took the sentence
        while not over.wait(0.03):
            far_end.send(noise)

    try:
        driver = Syn6288Voice(far_end.path, reply_s=0.3, character_s=0.05, margin_s=0.05, quiet_s=0.005)
        driver.open()
        noisy = threading.Thread(target=talk)
        noisy.start()
        with pytest.raises(DriverOffline):
            driver.say(Utterance("请A一"))
        assert not any(each.finished for each in far_end.said())
        over.set()
        noisy.join()
        driver.close()
    finally:
        over.set()
        far_end.close()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=4))
def test_whatever_a_chip_is_sent_it_speaks_the_next_whole_frame(noise: list[bytes]) -> None:
    heard: queue.SimpleQueue[Said] = queue.SimpleQueue()
    far_end = VirtualSpeechChip(speed=1000, on_change=heard.put)
    try:
        near = os.open(far_end.path, os.O_RDWR | os.O_NOCTTY)
        for piece in noise:
            os.write(near, piece)
        os.write(near, bytes(220))  # ends whatever frame the noise began
        os.write(near, speak("好".encode("gb2312")))
        while heard.get(timeout=PATIENCE_S).text != "好":
            pass
        os.close(near)
    finally:
        far_end.close()


def test_a_chip_knows_its_faults_and_no_others(chip: VirtualSpeechChip) -> None:
    assert set(chip.faults) == set(FAULTS)
    assert not any(chip.faults.values())
    with pytest.raises(ValueError, match="paper_out"):
        chip.set_fault(Fault.PAPER_OUT, True)


def test_every_word_of_the_chip_is_one_byte_of_the_manual() -> None:
    assert {each.name: f"{each:02X}" for each in Reply} == {
        "TAKEN": "41",
        "NOT_TAKEN": "45",
        "STARTED": "4A",
        "BUSY": "4E",
        "IDLE": "4F",
    }
