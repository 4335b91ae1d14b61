"""What every code reader promises, over each real back-end and its far end, sound and broken."""

import logging
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.keypad.held_keys import STUCK_MS
from drivers.keypad.key_names import code_of
from drivers.reader import LONGEST, CodeRead
from drivers.reader.hid_reader import HidReader
from drivers.reader.serial_reader import PAUSE_MS as SERIAL_PAUSE_MS
from drivers.reader.us_keyboard import PAUSE_MS, TypedLines
from drivers.virtual.faults import Fault
from drivers.virtual.reader import SHIFT, VirtualHidReader
from drivers.virtual.usb_keys import EV_KEY, EV_SYN, SYN_DROPPED, UsbSockets
from firmware_py.errors import DriverFault
from kiosk.codes import command_of
from tests.drivers.input_rigs import HidReaderRig, ReaderRig, SerialReaderRig, wired

READERS = [SerialReaderRig, HidReaderRig]
CODES = ["B:K7-2026", "2026-11-21/A012", "a012", "https://hall.example/q?n=A012&d=1", "AB_cd (x)"]


@pytest.fixture(params=READERS, ids=lambda kind: kind.__name__)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReaderRig]:
    with wired(request.param, tmp_path) as made:
        yield made


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING and "port" in each.name]


def reads(rig: ReaderRig, code: str = "A012") -> None:
    rig.scan(code)
    assert rig.reading(CodeRead).text == code


@pytest.mark.req("R-KIOSK-07", "R-KIOSK-08")
def test_a_code_is_read_whole_once_and_now(rig: ReaderRig) -> None:
    rig.port.open()
    rig.until_up()
    before = rig.now()

    for code in CODES:
        rig.scan(code)
        found = rig.reading(CodeRead)
        assert found.text == code
        assert before <= found.at <= rig.now()

    assert rig.nothing_came()


@pytest.mark.req("R-TECH-02", "R-TECH-11")
def test_a_reader_that_is_absent_at_the_start_is_one_log_line_and_reads_when_it_comes(
    rig: ReaderRig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.far.set_fault(Fault.UNPLUGGED, True)
    rig.port.open()
    down = rig.until_down()
    rig.tries(3)

    assert down.reason == "offline"
    assert rig.detail in down.detail, "which wire, in words"
    assert len(warnings(caplog)) == 1

    rig.far.set_fault(Fault.UNPLUGGED, False)
    rig.until_up()
    reads(rig)


@pytest.mark.req("R-TECH-02", "R-TECH-11")
def test_a_reader_that_is_pulled_out_in_the_middle_of_a_code_is_told_once_and_half_a_code_is_none(
    rig: ReaderRig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.port.open()
    rig.until_up()
    half_a_code(rig)
    rig.far.set_fault(Fault.UNPLUGGED, True)
    assert rig.until_down().reason == "offline"

    rig.come_back_elsewhere()
    rig.until_up()
    reads(rig, "B:K7-2026")
    assert rig.nothing_came()
    assert len(warnings(caplog)) == 1


def half_a_code(rig: ReaderRig) -> None:
    if isinstance(rig, SerialReaderRig):
        rig.device.send(b"2026-11-2")
    elif isinstance(rig, HidReaderRig):
        rig.device.scan("2026-11-2", end=code_of("KEY_SPACE"))


@pytest.mark.req("R-TECH-02")
def test_a_reader_another_process_owns_is_offline_and_taken_when_it_is_free(rig: ReaderRig) -> None:
    rig.taken_by_another(True)
    rig.port.open()

    assert rig.until_down().reason == "offline"
    rig.tries(1)
    rig.taken_by_another(False)
    rig.until_up()
    reads(rig)


def test_a_reader_without_power_reads_nothing_and_is_no_error(rig: ReaderRig) -> None:
    rig.port.open()
    rig.until_up()
    rig.far.set_fault(Fault.SILENT, True)
    rig.scan("A001")
    rig.far.set_fault(Fault.SILENT, False)

    reads(rig, "A002")
    assert rig.nothing_came()


@pytest.mark.req("R-SYNC-02", "R-KIOSK-07")
def test_noise_and_lost_characters_are_no_code_of_ours(rig: ReaderRig) -> None:
    """What comes through is the whole code, or a text that is nobody's appointment and nobody's number."""
    rig.port.open()
    rig.until_up()
    for fault in (Fault.GARBAGE, Fault.LOST_BYTES):
        rig.far.set_fault(fault, True)
        rig.scan("2026-11-21/A012")
        rig.far.set_fault(fault, False)
    rig.scan("end")

    came = [rig.reading(CodeRead).text]
    while came[-1] != "end":
        came.append(rig.reading(CodeRead).text)
    assert all(text == "2026-11-21/A012" or command_of(text) is None for text in came)


@pytest.mark.req("R-KIOSK-08")
def test_a_code_that_comes_twice_is_two_readings_for_the_owner_to_make_one(rig: ReaderRig) -> None:
    rig.port.open()
    rig.until_up()
    rig.far.set_fault(Fault.DUPLICATE, True)
    rig.scan("A012")

    assert [rig.reading(CodeRead).text for _ in range(2)] == ["A012", "A012"]


def test_what_is_longer_than_any_code_is_none_and_the_next_is_read(rig: ReaderRig) -> None:
    rig.port.open()
    rig.until_up()
    rig.scan("9" * (LONGEST + 1))
    reads(rig, "9" * LONGEST)
    assert rig.nothing_came()


def test_bytes_without_an_end_do_not_stand_before_the_next_code(tmp_path: Path) -> None:
    with wired(SerialReaderRig, tmp_path) as rig:
        rig.port.open()
        rig.until_up()
        rig.device.send(b"x\rA00")
        assert rig.reading(CodeRead).text == "x"
        rig.late_by = SERIAL_PAUSE_MS + 1
        reads(rig, "12")


# --- a reader that types ----------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-15")
def test_a_reader_that_types_is_taken_from_the_console_and_nothing_else_is_opened(tmp_path: Path) -> None:
    with wired(HidReaderRig, tmp_path) as rig:
        stranger = VirtualHidReader("usb-1.4/input0")
        rig.sockets.plug("pci-usb-0:1.4:1.0-event-kbd", stranger)
        rig.port.open()
        rig.until_up()
        stranger.scan("A001")
        reads(rig)

        assert rig.nothing_came()
        assert rig.device.grabbed_by is not None
        assert {name for name in rig.sockets.opened if "1.4" in name} == set()


@pytest.mark.req("R-TECH-02")
def test_a_key_that_hangs_is_a_fault_with_its_name_and_over_when_it_comes_up(tmp_path: Path) -> None:
    with wired(HidReaderRig, tmp_path) as rig:
        rig.port.open()
        rig.until_up()
        rig.far.set_fault(Fault.STUCK_KEY, True)
        rig.scan("-B002")
        assert rig.reading(CodeRead).text == "1-B002", "one stroke, however long it hangs"
        rig.late_by = STUCK_MS + 1000

        down = rig.until_down()

        assert down.reason == "stuck_key"
        assert "KEY_1" in down.detail
        rig.far.set_fault(Fault.STUCK_KEY, False)
        rig.until_up()


def test_a_device_that_is_no_keyboard_is_no_reader(tmp_path: Path) -> None:
    sockets = UsbSockets(tmp_path)
    mouse = VirtualHidReader()
    mouse.codes = (272, 273)
    path = sockets.plug("event0", mouse)
    with pytest.raises(DriverFault) as caught:
        HidReader(path, queue.SimpleQueue[object]().put, open_device=sockets.open).open()
    assert caught.value.reason == "wrong_keys"


def typed(lines: TypedLines, text: str, at: int = 0) -> list[str]:
    """What comes of the keys a reader types for this text and Enter."""
    keys = VirtualHidReader()
    events = list[tuple[int, int, int]]()
    keys.emit = lambda *more: events.extend(more)  # type: ignore[method-assign]
    keys.scan(text)
    return [code for kind, key, value in events if kind == EV_KEY and (code := lines.key(key, value == 1, at))]


@pytest.mark.req("R-KIOSK-07")
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=LONGEST))
def test_every_character_a_us_keyboard_can_type_comes_out_as_it_was(text: str) -> None:
    assert typed(TypedLines(), text) == [text]


def test_keys_that_are_half_a_second_apart_are_not_one_code() -> None:
    lines = TypedLines()
    for place, key in enumerate(("KEY_A", "KEY_0", "KEY_1")):
        assert lines.key(code_of(key), True, place) == ""

    assert typed(lines, "2", PAUSE_MS + 3) == ["2"], "what stood before was a hand, or noise"
    assert lines.key(code_of("KEY_A"), True, 2000) == ""
    assert typed(lines, "2", 2000 + PAUSE_MS) == ["a2"]


def test_a_shift_that_is_held_counts_until_it_comes_up() -> None:
    lines = TypedLines()
    lines.key(SHIFT, True, 0)
    lines.key(code_of("KEY_A"), True, 1)
    lines.key(SHIFT, False, 2)
    lines.key(code_of("KEY_A"), True, 3)

    assert lines.key(code_of("KEY_ENTER"), True, 4) == "Aa"
    assert lines.key(code_of("KEY_ENTER"), True, 5) == "", "an empty line is no code"


@pytest.mark.req("R-KIOSK-08", "R-SYNC-02")
def test_what_is_left_of_a_code_whose_keys_the_kernel_dropped_is_no_code(tmp_path: Path) -> None:
    """Of an appointment's slip of another day the rest would read like somebody's number of today."""
    with wired(HidReaderRig, tmp_path) as rig:
        rig.port.open()
        rig.until_up()
        rig.device.scan("2026-11-21/", end=code_of("KEY_SPACE"))
        rig.device.emit((EV_SYN, SYN_DROPPED, 0), (EV_SYN, 0, 0))
        rig.device.scan("A012")
        reads(rig, "B:K7-2026")

        assert rig.nothing_came()


def test_a_shift_that_came_up_unseen_changes_no_later_code() -> None:
    lines = TypedLines()
    lines.key(SHIFT, True, 0)
    assert typed(lines, "012", PAUSE_MS + 1) == ["012"]
    lines.key(SHIFT, True, PAUSE_MS + 2)
    lines.torn()
    lines.key(code_of("KEY_ENTER"), True, PAUSE_MS + 3)
    assert typed(lines, "012", PAUSE_MS + 4) == ["012"]


@pytest.mark.req("R-SYNC-02")
@given(st.lists(st.tuples(st.integers(0, 0x2FF), st.booleans(), st.integers(0, 700)), max_size=400))
def test_any_keys_are_dropped_or_a_printable_line_of_at_most_the_longest(keys: list[tuple[int, bool, int]]) -> None:
    lines, at = TypedLines(), 0
    for code, down, later in keys:
        at += later
        text = lines.key(code, down, at)
        assert len(text) <= LONGEST
        assert text == text.strip()
        assert text.isascii()
        assert text.isprintable()
        assert not text or (down and code in {28, 96, 101}), "a code ends with Enter alone"
