"""The FF 68 codec: the golden frames, and what noise may never do."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.keypad.ff68_frames import (
    Frame,
    FrameReader,
    answer,
    beep_frame,
    digits_frame,
    invite_frame,
    key_name,
)

SEEN = bytes.fromhex("ff 68 03 03 68 01 11 03 15 16")
"""Evaluation key 3 at address 1, as captured (hardware.md 3.1)."""

from_device = st.builds(
    Frame,
    address=st.integers(0, 255),
    func=st.integers(0, 255),
    data=st.binary(min_size=1, max_size=3),
)


def test_the_captured_evaluation_frame_is_understood() -> None:
    assert FrameReader().feed(SEEN) == [Frame(1, 0x11, b"\x03")]


@pytest.mark.parametrize(
    ("frame", "golden"),
    [
        (answer(Frame(1, 0x11, b"\x03")), "ff 68 03 03 68 01 01 03 05 16"),
        (invite_frame(1), "ff 68 03 03 68 01 01 0b 0d 16"),
        (beep_frame(1), "ff 68 02 02 68 01 03 04 16"),
        (digits_frame(1, None, "001"), "ff 68 08 08 68 01 02 0a 0a 0a 00 00 01 22 16"),
    ],
)
def test_frames_to_the_devices_are_the_captured_ones(frame: Frame | None, golden: str) -> None:
    assert frame is not None
    assert frame.encode() == bytes.fromhex(golden)


def test_a_caller_key_is_answered_with_its_own_frame() -> None:
    assert answer(Frame(7, 0x01, b"\x06\x0f")) == Frame(7, 0x01, b"\x06\x0f")


@pytest.mark.parametrize(
    "frame", [Frame(1, 0x11, b"\x05"), Frame(1, 0x11, b"\x01\x01"), Frame(1, 0x02, b"\x01"), Frame(1, 0x03, b"\x01")]
)
def test_what_no_device_sends_gets_no_answer(frame: Frame) -> None:
    assert answer(frame) is None


@pytest.mark.parametrize(
    ("waiting", "ticket", "shown"),
    [
        (0, "", "0a0a00 0a0a0a"),
        (12, "A007", "0a0102 000007"),
        (999, "B12", "090909 0a0102"),
        (1234, "A1000", "090909 000000"),
        (-1, "第５", "0a0a00 0a0a0a"),
    ],
)
def test_digits_are_right_aligned_and_never_wrap(waiting: int, ticket: str, shown: str) -> None:
    assert digits_frame(1, waiting, ticket).data == bytes.fromhex(shown)


def test_keys_are_named_as_on_the_wire() -> None:
    assert key_name(b"\x0c") == "0C"
    assert key_name(b"\x06\x0f") == "06+0F"


@pytest.mark.parametrize("frame", [Frame(256, 1, b""), Frame(1, -1, b""), Frame(1, 1, bytes(254))])
def test_a_frame_that_cannot_be_written_is_refused(frame: Frame) -> None:
    with pytest.raises(ValueError, match="not a frame"):
        frame.encode()


@given(st.lists(from_device, max_size=6), st.integers(1, 7))
def test_frames_survive_any_chopping(frames: list[Frame], size: int) -> None:
    wire = b"".join(frame.encode() for frame in frames)
    reader = FrameReader()
    heard = [frame for at in range(0, len(wire), size) for frame in reader.feed(wire[at : at + size])]
    assert heard == frames
    assert len(reader) == 0


@pytest.mark.req("R-EVAL-04", "R-DESK-01")
@given(from_device, st.integers(1, 255))
def test_one_wrong_byte_anywhere_makes_no_frame(frame: Frame, change: int) -> None:
    for at in range(len(frame.encode())):
        wire = bytearray(frame.encode())
        wire[at] ^= change
        assert FrameReader().feed(bytes(wire)) == []


@pytest.mark.parametrize("size", [0, 4, 5, 8])
def test_a_frame_of_a_length_no_device_sends_is_noise(size: int) -> None:
    assert FrameReader().feed(Frame(1, 0x01, bytes(size)).encode() + SEEN) == [Frame(1, 0x11, b"\x03")]


@pytest.mark.req("R-EVAL-04")
@given(
    st.binary(max_size=200) | st.lists(st.sampled_from([0xFF, 0x68, 3, 4, 5, 1, 0x16, 0x11]), max_size=60).map(bytes)
)
@example(SEEN + SEEN[:-2] + b"\x14\x16" + SEEN)
def test_every_frame_heard_stands_in_the_noise_with_a_right_checksum(noise: bytes) -> None:
    reader = FrameReader()
    rest = noise
    for frame in reader.feed(noise):
        size = 2 + len(frame.data)
        body = bytes([frame.address, frame.func]) + frame.data
        literal = b"\xff\x68" + bytes([size, size]) + b"\x68" + body + bytes([sum(body) % 256]) + b"\x16"
        assert 3 <= size <= 5
        assert literal in rest
        rest = rest[rest.index(literal) + len(literal) :]
    assert len(reader) < 12


@given(st.binary(max_size=200), st.integers(1, 9))
def test_chopping_noise_changes_nothing(noise: bytes, size: int) -> None:
    whole = FrameReader().feed(noise)
    reader = FrameReader()
    assert [frame for at in range(0, len(noise), size) for frame in reader.feed(noise[at : at + size])] == whole


@given(st.lists(st.integers(0, 254), max_size=60).map(bytes), from_device)
def test_a_frame_is_found_behind_any_noise_without_a_start(noise: bytes, frame: Frame) -> None:
    assert FrameReader().feed(noise + frame.encode()) == [frame]


@pytest.mark.parametrize("cut", range(1, 10))
def test_a_frame_is_found_at_once_behind_one_that_broke_off(cut: int) -> None:
    assert FrameReader().feed(SEEN[:cut] + SEEN) == [Frame(1, 0x11, b"\x03")]


def test_a_start_inside_a_frame_that_breaks_off_is_a_start() -> None:
    assert FrameReader().feed(b"\xff" + SEEN + b"\xff\x68\x05\x05\x68" + SEEN) == [Frame(1, 0x11, b"\x03")] * 2
