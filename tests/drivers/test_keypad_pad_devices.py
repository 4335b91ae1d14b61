"""The virtual devices alone, in simulated time: they must be as stubborn, and as deaf, as real ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.virtual.pad_devices import EVALUATOR, PAD, PadDevices

CALL = bytes.fromhex("ff 68 03 03 68 01 01 0c 0e 16")
INVITE = bytes.fromhex("ff 68 03 03 68 01 01 0b 0d 16")
LEVEL_3 = bytes.fromhex("ff 68 03 03 68 01 11 03 15 16")
LEVEL_3_HEARD = bytes.fromhex("ff 68 03 03 68 01 01 03 05 16")


def devices() -> PadDevices:
    return PadDevices([1], [1], ack_s=0.15, lit_s=60)


def test_a_key_goes_out_as_its_golden_frame_four_times_and_then_is_given_up() -> None:
    bus = devices()
    bus.press(1, PAD, b"\x0c")
    assert [bus.play(at) for at in (0.0, 0.1, 0.15, 0.3, 0.45)] == [CALL, b"", CALL, CALL, CALL]
    assert bus.patience(0.5) == pytest.approx(0.1)
    assert bus.play(0.6) == b""
    assert (bus.faces[1].heard, bus.faces[1].unheard) == (0, 1)
    assert bus.patience(0.6) is None


def test_an_answered_key_is_not_sent_again_and_the_next_one_goes_out() -> None:
    bus = devices()
    bus.press(1, PAD, b"\x0c")
    bus.press(1, PAD, b"\x0c")
    assert bus.play(0.0) == CALL
    assert bus.play(0.1) == b""
    bus.hear(CALL, 0.1)
    assert bus.faces[1].heard == 1
    assert bus.play(0.1) == CALL


def test_an_evaluator_takes_only_the_captured_answer() -> None:
    bus = devices()
    bus.press(1, EVALUATOR, b"\x03")
    assert bus.play(0.0) == LEVEL_3
    bus.hear(LEVEL_3, 0.01)
    assert bus.faces[1].heard == 0
    bus.hear(LEVEL_3_HEARD, 0.02)
    assert bus.faces[1].heard == 1


def test_the_golden_display_frame_is_shown() -> None:
    bus = devices()
    bus.hear(bytes.fromhex("ff 68 08 08 68 01 02 0a 0a 0a 00 00 01 22 16"), 0.0)
    assert bus.faces[1].digits == "   001"


def test_an_evaluator_lights_and_tires() -> None:
    bus = devices()
    bus.hear(INVITE, 0.0)
    assert bus.faces[1].invited
    assert bus.patience(0.0) == 60
    bus.play(59.9)
    assert bus.faces[1].invited
    bus.play(60.0)
    assert not bus.faces[1].invited


def test_the_echo_of_the_finish_key_is_no_invitation_but_the_next_such_frame_is() -> None:
    bus = devices()
    bus.press(1, PAD, b"\x0b")
    assert bus.play(0.0) == INVITE
    assert bus.play(0.15) == INVITE
    bus.hear(INVITE, 0.2)
    bus.hear(INVITE, 0.21)
    assert (bus.faces[1].heard, bus.faces[1].invited) == (1, False)
    bus.hear(INVITE, 0.3)
    assert bus.faces[1].invited


def test_a_finish_key_nobody_heard_does_not_swallow_a_later_invitation() -> None:
    bus = devices()
    bus.press(1, PAD, b"\x0b")
    for at in (0.0, 0.15, 0.3, 0.45, 0.6):
        bus.play(at)
    bus.hear(INVITE, 3.0)
    assert bus.faces[1].invited


def test_another_address_hears_nothing() -> None:
    bus = devices()
    bus.hear(bytes.fromhex("ff 68 02 02 68 02 03 05 16"), 0.0)
    assert bus.faces[1].beeps == 0
    with pytest.raises(ValueError, match="no pad at address 2"):
        bus.press(2, PAD, b"\x0c")


@given(st.binary(max_size=80))
def test_any_bytes_leave_the_next_whole_frame_readable(noise: bytes) -> None:
    bus = devices()
    bus.hear(noise, 0.0)
    beeps = bus.faces[1].beeps
    beep = bytes.fromhex("ff 68 02 02 68 01 03 04 16")
    bus.hear(bytes(16) + beep, 0.0)
    assert bus.faces[1].beeps == beeps + 1
