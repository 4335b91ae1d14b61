"""The bytes of a font card: golden vectors, and a reader that any noise leaves standing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.led import SignShape, onbon_frames
from drivers.led.onbon_frames import REPLY_LIMIT, Reply, ReplyReader
from firmware_py.errors import DriverFault

SMALL = SignShape(64, 1)
START = b"\xa5" * 8
PING = START + bytes.fromhex("0100 0080 000000 00 00 00 fe 02 0500 a200010000 68f8 5a")
CLEAR = START + bytes.fromhex("0100 0080 000000 00 00 00 fe 02 0500 a310010000 51f8 5a")
SHOW = START + bytes.fromhex(
    "0100 0080 000000 00 00 00 fe 02 2c00 a3060100000001 2300 00 0000 0000 4080 1000 00 00 00 0000 000000"
    "01 01 01 00 04 0a 08000000 c7eb41303031bac5 0001 5a"
)
ESCAPES = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}


def reply(source: int, data: bytes, *, flip: int = 0) -> bytes:
    """What a card would send; ``flip`` damages its CRC."""
    body = b"\x00\x80" + source.to_bytes(2, "little") + bytes(6) + b"\xfe\x02" + len(data).to_bytes(2, "little") + data
    crc = 0
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0xA001 if crc & 1 else 0)
    body += (crc ^ flip).to_bytes(2, "little")
    return START + b"".join(ESCAPES.get(byte, bytes((byte,))) for byte in body) + b"\x5a"


def test_ping_and_clear_are_the_vendors_bytes() -> None:
    assert onbon_frames.ping(1) == PING
    assert onbon_frames.clear(1) == CLEAR


@pytest.mark.req("R-CALL-01")
def test_a_call_on_a_sign_is_the_golden_frame() -> None:
    assert onbon_frames.show(1, "请A001号", SMALL) == SHOW


def test_the_crc_is_arc() -> None:
    assert onbon_frames.crc16(b"123456789") == 0xBB3D


def test_nothing_to_show_is_a_clear() -> None:
    assert onbon_frames.show(1, "", SMALL) == CLEAR
    assert onbon_frames.show(1, "\n", SignShape(64, 2)) == CLEAR


def test_special_bytes_are_escaped_inside_and_only_there() -> None:
    frame = onbon_frames.frame(0xA55A, bytes((0xA5, 0xA6, 0x5A, 0x5B)))
    assert frame.startswith(START + b"\x5b\x02\xa6\x02")
    assert b"\xa6\x02\xa6\x01\x5b\x02\x5b\x01" in frame
    assert frame.count(b"\xa5") == 8
    assert frame.count(b"\x5a") == 1


@pytest.mark.req("R-CALL-06")
@pytest.mark.parametrize(
    ("text", "culprit"),
    [("请䶮号", r"U\+4DAE"), ("A\tB", r"\\t"), ("\\C1红", "order to the card"), ("〇号", r"U\+3007")],
)
def test_a_character_the_card_has_not_is_named(text: str, culprit: str) -> None:
    with pytest.raises(DriverFault, match=culprit) as caught:
        onbon_frames.show(1, text, SMALL)
    assert caught.value.reason == "led_text"


@pytest.mark.req("R-CALL-06")
@pytest.mark.parametrize("text", ["上\n下", "满" * 600])
def test_a_text_too_high_or_too_long_for_the_sign_is_refused(text: str) -> None:
    with pytest.raises(DriverFault) as caught:
        onbon_frames.show(1, text, SMALL)
    assert caught.value.reason == "led_text"


def test_a_line_wider_than_the_sign_moves_and_one_that_fits_stands() -> None:
    mode = len(START) + 14 + 7 + 2 + 19
    assert onbon_frames.show(1, "请稍候吗", SMALL)[mode] == 1
    assert onbon_frames.show(1, "请稍候吗A", SMALL)[mode] == 3


def test_a_reply_is_found_behind_garbage_half_frames_and_damage() -> None:
    yes = reply(3, b"\xa0\x00\x00\x00\x00")
    stream = b"\x5a\x00garbage" + yes[:17] + yes + reply(3, b"\xa0\x00\x00\x00\x00", flip=1) + yes[7:]
    assert ReplyReader().feed(stream) == [Reply(source=3, group=0xA0, command=0, error=0)] * 2


def test_a_reply_with_every_special_byte_arrives_one_byte_at_a_time() -> None:
    reader = ReplyReader()
    found = [seen for byte in reply(0x5AA5, b"\x5b\xa6\xa5\x5a\x00") for seen in reader.feed(bytes((byte,)))]
    assert found == [Reply(source=0x5AA5, group=0x5B, command=0xA6, error=0xA5)]


@pytest.mark.parametrize("data", [b"\xa0\x01\x00\x00\x00", b"\xa0\x00\x03\x00\x00", b"\xa0\x01\x02\x00\x00"])
def test_a_no_in_either_place_is_a_no(data: bytes) -> None:
    (answer,) = ReplyReader().feed(reply(1, data))
    assert not answer.ok


def test_an_endless_frame_is_forgotten_and_the_next_one_heard() -> None:
    reader = ReplyReader()
    assert reader.feed(reply(1, bytes(REPLY_LIMIT))) == []
    assert reader.feed(b"\xa5" + b"\x00" * (REPLY_LIMIT * 4)) == []
    assert reader.feed(reply(1, b"\xa0\x00\x00\x00\x00"))[0].ok


@given(st.binary(max_size=200), st.lists(st.integers(1, 40), max_size=10))
def test_whatever_the_bus_delivers_the_next_reply_is_heard(noise: bytes, cuts: list[int]) -> None:
    stream = noise + reply(9, b"\xa0\x00\x00\x00\x00")
    reader, found = ReplyReader(), []
    for cut in cuts:
        found += reader.feed(stream[:cut])
        stream = stream[cut:]
    found += reader.feed(stream)
    assert found[-1] == Reply(source=9, group=0xA0, command=0, error=0)


@given(st.integers(0, 0xFFFF), st.binary(min_size=5, max_size=60), st.integers(0, 7), st.data())
def test_no_damaged_reply_is_taken_for_an_answer(source: int, data: bytes, bit: int, draw: st.DataObject) -> None:
    frame = bytearray(reply(source, data))
    frame[draw.draw(st.integers(8, len(frame) - 2))] ^= 1 << bit
    assert ReplyReader().feed(bytes(frame)) == []
