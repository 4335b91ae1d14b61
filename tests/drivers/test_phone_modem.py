"""The modem beside the telephone: its dialogue, what it says of its own accord, and bytes that are none of it."""

import logging
import os
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.phone import CallerHeard, Edge, LineLost, RingHeard, Wire
from drivers.phone.modem import ASK_AFTER_MS, ModemLines
from drivers.phone.modem_lines import LONGEST, Answered, Hook, ModemEar, Number, Rings, Said
from drivers.virtual.faults import Fault
from drivers.virtual.modem import NOISE, VirtualModem
from drivers.virtual.modem_settings import CallerId
from evaluator.callers import CallerNumbers
from evaluator.phone import PhoneWatch
from firmware_py.core import facts as f
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.journal.callers import FILE
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.effects import Keep
from firmware_py.runtime.loop import Timer

LINE = "desk1-phone"
NUMBER = "13812345678"
WAIT_S = 5.0
CALL = b"\r\nRING\r\n\r\nDATE = 1121\r\n\r\nTIME = 0905\r\n\r\nNMBR = 13812345678\r\n\r\nNAME = O\r\n\r\nRING\r\n"
"""hardware.md 6.5: between the first and the second ring stands who calls."""
CUSTOMARY = ["ATZ", "ATE0", "ATV1", "ATS0=0"]

Inbox = queue.SimpleQueue[object]


@pytest.fixture
def far(tmp_path: Path) -> Iterator[VirtualModem]:
    with_power = VirtualModem(tmp_path / "modem")
    with_power.open()
    yield with_power
    with_power.close()


@pytest.fixture
def inbox() -> Inbox:
    return queue.SimpleQueue()


def lines(far: VirtualModem, inbox: Inbox, **settings: object) -> ModemLines:
    return ModemLines(LINE, far.path, inbox.put, **{"answer_s": 0.5, "now": lambda: 7} | settings)  # type: ignore[arg-type]


# --- bytes ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-01", "R-PHONE-10")
@pytest.mark.parametrize(
    ("wire", "said"),
    [
        (CALL, [Rings(), Number(NUMBER), Rings()]),
        (b"RING\r", [Rings()]),
        (b"\nRING \n", [Rings()]),
        (b"\r\nOK\r\n", [Answered(True)]),
        (b"0\r", [Answered(True)]),
        (b"4\r", [Answered(False)]),
        (b"ATE0\r\r\nERROR\r\n", [Answered(False)]),
        (b"NMBR=0531-12345678\r", [Number("053112345678")]),
        (b"NMBR = +86 138 1234 5678\r", [Number("+8613812345678")]),
        (b"NMBR = P\r", []),
        (b"NMBR = O\r", []),
        (b"NMBR = \r", []),
        (b"NAME = RING\r", []),
        (b"XRING\r", []),
        (b"RINGRING\r", []),
        (b"ring\r", []),
        (b"RING", []),
        (b"RI\x00NG\r", []),
        (b"\x10H\x10h", [Hook(True), Hook(False)]),
        (b"\r\n\x10H\r\nRING\r\n", [Hook(True), Rings()]),
        (b"\x10R\x10s\x10\x10", []),
        (b"x\x10H\r", []),
        (b"\xff\xfe\r", []),
        (b"RING" + b" " * LONGEST + b"\r", []),
        (b"x" * 5000 + b"\rRING\r", [Rings()]),
        (NOISE + b"\r\nRING\r\n" + NOISE, [Rings()]),
    ],
)
def test_a_line_of_a_modem_means_one_thing_or_nothing(wire: bytes, said: list[Said]) -> None:
    assert ModemEar().feed(wire) == said


@pytest.mark.req("R-PHONE-01")
@given(st.lists(st.binary(max_size=200) | st.sampled_from([b"RING\r", b"\r\n", b"\x10H", b"NMBR = 12345\r"])))
def test_however_the_bytes_are_cut_the_same_is_heard_and_no_ring_that_is_not_a_line_of_its_own(
    parts: list[bytes],
) -> None:
    whole, cut, wire = ModemEar(), ModemEar(), b"".join(parts)
    said = whole.feed(wire)

    assert [each for part in parts for each in cut.feed(part)] == said
    lines_ = wire.replace(b"\r", b"\n").split(b"\n")
    # two bytes that tell of the handset may stand before a word
    rings = sum(line.strip(b" ").endswith(b"RING") for line in lines_[:-1])
    assert sum(isinstance(each, Rings) for each in said) <= rings
    assert sum(isinstance(each, Hook) for each in said) <= wire.count(b"\x10")


@pytest.mark.req("R-PHONE-01", "R-PHONE-05", "R-PHONE-12")
@given(
    st.booleans(),
    st.lists(
        st.tuples(
            st.sampled_from(["ring", "hook", "second", "loop", "RING", "caller", "timer"]),
            st.booleans(),
            st.integers(0, 20_000),
        ),
        max_size=60,
    ),
)
def test_whatever_a_line_does_its_facts_make_sense(hook_seen: bool, steps: list[tuple[str, bool, int]]) -> None:
    watch, at, kept = PhoneWatch([LINE], lambda _: "0" * 16, hook_seen=hook_seen), 0, list[f.EdgeFact]()
    for what, closed, later in steps:
        at += later
        items: dict[str, object] = {"RING": RingHeard(LINE, at), "caller": CallerHeard(LINE, "1", at), "timer": Timer()}
        wires: dict[str, Wire] = {"ring": "ring", "hook": "hook", "second": "second", "loop": "loop"}
        item = Edge(LINE, wires[what], closed, at) if what in wires else items[what]
        kept += [effect.fact for effect in watch.on(item, at) if isinstance(effect, Keep)]
        due = watch.due()
        assert what != "timer" or due is None or due > at, "a timer must move on"

    rings, talking, faulty = 0, False, False
    for fact in kept:
        match fact:
            case f.RingBegan(ring=ring):
                assert not talking
                assert ring == rings + 1
                rings = ring
            case f.RingEnded(ring=ring):
                assert ring == rings and not talking
            case f.RingingStopped(rings=counted, hook_seen=seen):
                assert counted == rings > 0
                assert seen == hook_seen
                rings = 0
            case f.Lifted():
                assert not talking
                talking, rings = True, 0
            case f.HungUp(talk_ms=talked):
                assert talking and talked >= 0
                talking = False
            case f.WatchBegan():
                rings = 0
            case f.DeviceDown():
                assert not faulty
                faulty = True
            case f.DeviceUp():
                assert faulty
                faulty = False


# --- the dialogue -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "tried", "tells"),
    [
        ("+VCID", ["AT+VCID=1"], True),
        ("+VCID in voice", ["AT+VCID=1", "AT+FCLASS=8", "AT+VCID=1"], True),
        ("#CID", ["AT+VCID=1", "AT+FCLASS=8", "AT+FCLASS=0", "AT#CID=1"], True),
        ("", ["AT+VCID=1", "AT+FCLASS=8", "AT+VCID=1", "AT+FCLASS=0", "AT#CID=1"], False),
    ],
)
def test_each_model_is_asked_in_its_own_way_to_tell_who_calls_and_one_that_cannot_rings_all_the_same(
    tmp_path: Path, inbox: Inbox, model: CallerId, tried: list[str], tells: bool
) -> None:
    far = VirtualModem(tmp_path / "modem", caller_id=model)
    far.open()
    driver = lines(far, inbox)
    driver.open()

    assert far.commands == [*CUSTOMARY, *tried]
    assert driver.tells_callers is far.settings.tells_callers is tells
    far.ring(NUMBER)
    expected = [RingHeard(LINE, 7), *([CallerHeard(LINE, NUMBER, 7)] if tells else [])]
    assert [inbox.get(timeout=WAIT_S) for _ in expected] == expected
    driver.close()
    far.close()


def test_the_country_and_the_models_own_commands_follow_the_customary_ones(far: VirtualModem, inbox: Inbox) -> None:
    driver = lines(far, inbox, country="26", init=["AT+FCLASS=0"])
    driver.open()

    assert far.commands == [*CUSTOMARY, "AT+GCI=26", "AT+FCLASS=0", "AT+VCID=1"]
    assert far.settings.country == "26"
    driver.close()


@pytest.mark.req("R-PHONE-12")
def test_a_command_of_the_technicians_that_the_modem_will_not_take_is_named(far: VirtualModem, inbox: Inbox) -> None:
    driver = lines(far, inbox, init=["AT+NONSENSE=1"])

    with pytest.raises(DriverFault) as caught:
        driver.open()

    assert caught.value.reason == "modem_refused"
    assert "AT+NONSENSE=1" in caught.value.detail
    with pytest.raises(DriverOffline):
        driver.check()


@pytest.mark.req("R-PHONE-05")
def test_a_modem_whose_profile_answers_calls_is_told_never_to(far: VirtualModem, inbox: Inbox) -> None:
    assert far.settings.answers_at == 1
    driver = lines(far, inbox)
    driver.open()
    for _ in range(8):
        far.ring()

    assert (far.settings.answers_at, far.answered) == (0, 0)
    driver.close()


def test_half_a_command_that_somebody_left_in_the_modem_costs_one_more_try(far: VirtualModem, inbox: Inbox) -> None:
    port = os.open(far.path, os.O_RDWR | os.O_NOCTTY)
    os.write(port, b"ATX")
    os.close(port)
    driver = lines(far, inbox)
    driver.open()

    assert far.commands[:3] == ["ATXATZ", "ATZ", "ATE0"]
    driver.close()


@pytest.mark.req("R-PHONE-12")
def test_a_modem_that_was_quiet_for_half_a_minute_is_asked_and_a_hung_one_is_offline(
    far: VirtualModem, inbox: Inbox
) -> None:
    now = [0]
    driver = lines(far, inbox, now=lambda: now[0], answer_s=0.1)
    driver.open()
    far.set_fault(Fault.SILENT, True)
    now[0] = ASK_AFTER_MS - 1
    driver.check()
    assert "AT" not in far.commands

    now[0] = ASK_AFTER_MS
    with pytest.raises(DriverOffline, match="does not answer AT within"):
        driver.check()
    driver.close()


def test_a_modem_that_rings_is_left_alone_and_one_that_answers_is_well(far: VirtualModem, inbox: Inbox) -> None:
    now = [0]
    driver = lines(far, inbox, now=lambda: now[0])
    driver.open()
    now[0] = ASK_AFTER_MS
    far.ring()
    assert inbox.get(timeout=WAIT_S) == RingHeard(LINE, ASK_AFTER_MS)
    driver.check()
    assert "AT" not in far.commands

    now[0] = 2 * ASK_AFTER_MS
    driver.check()
    assert far.commands[-1] == "AT"
    driver.close()
    assert inbox.empty(), "a close is no loss"


@pytest.mark.req("R-PHONE-01")
def test_a_word_for_a_ring_that_comes_late_is_heard_when_it_comes(tmp_path: Path, inbox: Inbox) -> None:
    far = VirtualModem(tmp_path / "modem", slow_s=0.3)
    far.open()
    driver = lines(far, inbox)
    driver.open()
    far.set_fault(Fault.SLOW, True)
    far.ring()
    assert inbox.empty()

    assert inbox.get(timeout=WAIT_S) == RingHeard(LINE, 7)
    driver.close()
    far.close()


def test_a_pulled_cable_is_told_once(far: VirtualModem, inbox: Inbox) -> None:
    driver = lines(far, inbox)
    driver.open()
    far.set_fault(Fault.UNPLUGGED, True)

    assert isinstance(inbox.get(timeout=WAIT_S), LineLost)
    with pytest.raises(DriverOffline):
        driver.check()
    driver.close()
    assert inbox.empty()


@pytest.mark.req("R-PHONE-05")
def test_a_word_of_the_handset_counts_only_where_device_toml_says_the_telephone_hangs_on_the_modem(
    tmp_path: Path, inbox: Inbox
) -> None:
    far = VirtualModem(tmp_path / "modem", caller_id="+VCID in voice", reports_handset=True)
    far.open()
    for hook, expected in ((False, []), (True, [Edge(LINE, "hook", True, 7)])):
        driver = lines(far, inbox, hook=hook)
        driver.open()
        far.lift()
        far.ring()
        heard = [inbox.get(timeout=WAIT_S) for _ in (*expected, "ring")]
        assert heard == [*expected, RingHeard(LINE, 7)]
        driver.close()
    far.close()


# --- privacy ----------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-10")
def test_a_callers_number_goes_from_the_wire_into_its_file_and_nowhere_else(
    far: VirtualModem, inbox: Inbox, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    driver = lines(far, inbox)
    driver.open()
    far.ring(NUMBER)
    heard = [inbox.get(timeout=WAIT_S) for _ in range(2)]
    driver.close()
    assert NUMBER not in repr(heard) + repr(ModemEar().feed(CALL))

    callers = CallerNumbers(tmp_path, ManualClock())
    watch = PhoneWatch([LINE], callers.hash_of, hook_seen=False)
    kept = [effect for item in heard for effect in watch.on(item, 7)]
    callers.close()

    assert NUMBER not in repr(kept) + caplog.text
    assert any(isinstance(each, Keep) and isinstance(each.fact, f.CallerKnown) for each in kept)
    assert {path.name for path in tmp_path.iterdir() if path.is_file() and NUMBER.encode() in path.read_bytes()} == {
        FILE
    }
