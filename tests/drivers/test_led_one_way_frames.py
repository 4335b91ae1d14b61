"""The bytes of strips and Weilipu cards: golden vectors, checksums, and far ends that any noise leaves standing."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.led import SignShape, onbon_frames, strip_frames, weilipu_frames
from drivers.virtual.led_card import VirtualLedBus
from drivers.virtual.led_signs import VirtualSigns
from drivers.virtual.led_strip import VirtualStrips
from drivers.virtual.led_weilipu import VirtualWeilipu
from firmware_py.errors import DriverFault

WIDE = SignShape(192, 1)
CALL = "请A001号到1号窗口"
CALL_GB = "c7eb41303031bac5b5bd31bac5b4b0bfda"


@pytest.mark.req("R-CALL-01")
def test_a_call_on_a_strip_is_the_golden_frame_of_either_known_program() -> None:
    assert strip_frames.show(1, CALL, WIDE)[0].hex() == "aa01bb51541e0100990063" + CALL_GB + "ff"
    sample = strip_frames.show(1, CALL, WIDE, kind="wpf", counts_end=False)
    assert sample[0].hex() == "aa01bb5154880100000263" + CALL_GB + "ff"


def test_an_integrated_screen_is_told_by_its_own_parameters() -> None:
    (frame,) = strip_frames.show(7, "A001", WIDE, kind="screen")
    assert frame[:5].hex() == "aa07bb5154"
    assert frame[6:11].hex() == "0802990063"


@pytest.mark.req("R-CALL-01")
def test_a_call_on_a_weilipu_card_is_the_golden_frame() -> None:
    (frame,) = weilipu_frames.show(CALL, SignShape(192, 1, "red"))
    assert frame.hex() == "f001d00101011200" + CALL_GB + "f8"


def test_each_line_of_a_weilipu_card_has_its_frame_and_one_without_text_is_blanked() -> None:
    first, second, third = weilipu_frames.show("上\n下", SignShape(32, 3, "blue"))
    assert (first[3], second[3], third[3]) == (1, 2, 3)
    assert {each[7] for each in (first, second, third)} == {2}
    assert third[8:-1] == b" " * 4


def test_a_weilipu_line_wider_than_the_card_moves_and_one_that_fits_stands() -> None:
    assert weilipu_frames.show("请稍候吗", SignShape(64, 1, "red"))[0][4] == 1
    assert weilipu_frames.show("请稍候吗A", SignShape(64, 1, "red"))[0][4] == 2


@pytest.mark.req("R-CALL-10")
def test_a_sign_without_an_order_to_clear_it_is_told_spaces_over_its_whole_width() -> None:
    assert strip_frames.show(1, "", SignShape(128, 1))[0][11:-1] == b" " * 16
    assert weilipu_frames.show("", SignShape(128, 1, "red"))[0][8:-1] == b" " * 16


def test_a_strip_of_two_rows_by_mistake_is_refused_its_second_line_in_words() -> None:
    with pytest.raises(DriverFault, match="a strip has one") as caught:
        strip_frames.show(1, "上\n下", SignShape(64, 2))
    assert caught.value.reason == "led_text"


@pytest.mark.parametrize("text", ["上\n下", "满" * 101])
def test_a_strip_takes_one_line_and_no_novel(text: str) -> None:
    with pytest.raises(DriverFault) as caught:
        strip_frames.show(1, text, WIDE)
    assert caught.value.reason == "led_text"


def test_the_checksum_of_a_strip_may_look_like_its_end() -> None:
    texts = (f"{chr(letter)}{number:03d}" for letter in range(0x41, 0x5B) for number in range(1000))
    text = next(each for each in texts if strip_frames.show(1, each, WIDE)[0][5] == 0xFF)
    strips = VirtualStrips([1])
    try:
        say(strips, strip_frames.show(1, text, WIDE)[0])
        assert strips.wait_for(lambda: strips.cards[1].text == text)
    finally:
        strips.close()


@pytest.mark.parametrize(("colour", "order"), [("red", "\\C1"), ("green", "\\C2"), ("yellow", "\\C3"), ("own", "")])
def test_a_colour_is_the_first_order_of_a_text_and_no_part_of_its_width(colour: str, order: str) -> None:
    frame = onbon_frames.show(1, "请稍候吗", SignShape(64, 1, colour))
    standing = frame[8 + 14 + 7 + 2 + 19]
    assert standing == 1
    cards = VirtualLedBus([1])
    try:
        say(cards, frame)
        assert cards.wait_for(lambda: cards.cards[1].text == "请稍候吗")
        assert cards.cards[1].colour == order
    finally:
        cards.close()


def test_a_weilipu_card_shows_its_colour() -> None:
    card = VirtualWeilipu(1)
    try:
        say(card, weilipu_frames.show("A001", SignShape(64, 1, "green"))[0])
        assert card.wait_for(lambda: card.cards[1].text == "A001")
        assert card.colour == "green"
    finally:
        card.close()


def test_a_strip_heeds_the_checksum_of_its_own_kind_only() -> None:
    strips = VirtualStrips([1], counts_end=False)
    try:
        say(strips, strip_frames.show(1, "A001", WIDE, counts_end=True)[0])
        say(strips, strip_frames.show(1, "A002", WIDE, counts_end=False)[0])
        assert strips.wait_for(lambda: strips.cards[1].text == "A002")
        assert strips.cards[1].history == ["A002"]
    finally:
        strips.close()


def say(far: VirtualSigns, *pieces: bytes) -> None:
    """Write raw bytes on the line."""
    wire = os.open(far.path, os.O_RDWR | os.O_NOCTTY)
    try:
        for piece in pieces:
            os.write(wire, piece)
    finally:
        os.close(wire)


def ends() -> Iterator[tuple[VirtualSigns, bytes]]:
    yield VirtualStrips([1]), strip_frames.show(1, "A007", WIDE)[0]
    yield VirtualWeilipu(1), weilipu_frames.show("A007", SignShape(64, 1, "red"))[0]


PIECES = st.binary(min_size=1, max_size=40) | st.sampled_from(
    [b"\xaa\x01\xbb\x51\x54", b"\xf0\x01\xd0\x01\x01\x01\xff", b"\xff", b"\xaa\x01\xbb\x51\x54\x00\x01\x00\x99\x00\x63"]
)


@settings(max_examples=60, deadline=None)
@given(noise=st.lists(PIECES, max_size=5))
def test_whatever_arrives_a_sign_obeys_the_next_whole_frame(noise: list[bytes]) -> None:
    for far, frame in ends():
        try:
            say(far, *noise, frame)
            assert far.wait_for(lambda far=far: far.cards[1].text == "A007")
        finally:
            far.close()


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 200), bit=st.integers(0, 7))
def test_no_damaged_frame_is_shown(at: int, bit: int) -> None:
    for far, frame in ends():
        try:
            damaged = bytearray(frame)
            damaged[at % len(frame)] ^= 1 << bit
            for piece in (bytes(damaged), frame):
                say(far, piece)
            assert far.wait_for(lambda far=far: far.cards[1].text == "A007")
            assert far.cards[1].history == ["A007"]
        finally:
            far.close()
