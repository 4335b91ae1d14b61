"""Every back-end of the LED kind with its far end, and what each promises for each fault: for the contract suite."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import msgspec

from drivers.led import LedBus, SignShape, strip_frames, weilipu_frames
from drivers.led.onbon import OnbonBus
from drivers.led.one_way import OneWayBus
from drivers.virtual.faults import Fault
from drivers.virtual.led_card import VirtualLedBus
from drivers.virtual.led_signs import VirtualSigns
from drivers.virtual.led_strip import VirtualStrips
from drivers.virtual.led_weilipu import ADDRESS, VirtualWeilipu

PATIENT_S: Final = 3.0
"""A driver that a busy machine cannot make believe that its sign is silent."""
HASTY_S: Final = 0.05
"""A driver for signs that are silent: it gives up soon, and now and then without reason."""
LATE_S: Final = 0.8
"""A slow card of these tests: later than any driver here waits for its answers, except a patient one."""
UNHEARD_LATE_S: Final = 0.2
"""A slow sign that nobody waits for."""

Promise = Literal["works", "offline", "led_refused", "unknown"]
"""``unknown``: the sign shows nothing new, and a wire without answers cannot know."""

_SHAPE: Final = SignShape(128, 1)


def _signs(address: int) -> dict[int, SignShape]:
    return {address: _SHAPE}


class BackEnd(msgspec.Struct, frozen=True):
    """One back-end. ``promises`` names every fault its far end can have, but the pulled cable."""

    name: str
    far: Callable[[Path], VirtualSigns]
    near: Callable[[str, float, int], LedBus]
    """Port, patience with an answer, retries → the driver."""
    promises: dict[Fault, Promise]
    answers: bool = True
    moves: bool = True
    """It comes back under another device node behind its link."""
    address: int = 1


_ANSWERING: Final[dict[Fault, Promise]] = {
    Fault.SILENT: "offline",
    Fault.GARBAGE: "works",
    Fault.LOST_BYTES: "offline",
    Fault.SLOW: "offline",
    Fault.WRONG_CHECKSUM: "offline",
    Fault.DUPLICATE: "works",
    Fault.REFUSES: "led_refused",
}
_ONE_WAY: Final[dict[Fault, Promise]] = {
    Fault.SILENT: "unknown",
    Fault.GARBAGE: "works",
    Fault.LOST_BYTES: "unknown",
    Fault.SLOW: "works",
}

BACK_ENDS: Final = (
    BackEnd(
        "onbon-serial",
        lambda folder: VirtualLedBus([1], link=folder / "led", late_s=LATE_S),
        lambda port, reply_s, retries: OnbonBus(port, _signs(1), reply_timeout_s=reply_s, retries=retries),
        _ANSWERING,
    ),
    BackEnd(
        "onbon-tcp",
        lambda _: VirtualLedBus([1], tcp=True, late_s=LATE_S),
        lambda port, reply_s, retries: OnbonBus(port, _signs(1), reply_timeout_s=reply_s, retries=retries),
        _ANSWERING,
        moves=False,
    ),
    BackEnd(
        "strip",
        lambda folder: VirtualStrips([1], link=folder / "led", late_s=UNHEARD_LATE_S),
        lambda port, *_: OneWayBus(port, _signs(1), strip_frames.show, baud=115200, frame_gap_s=0.01),
        _ONE_WAY,
        answers=False,
    ),
    BackEnd(
        "weilipu",
        lambda folder: VirtualWeilipu(1, link=folder / "led", late_s=UNHEARD_LATE_S),
        lambda port, *_: OneWayBus(
            port,
            {ADDRESS: SignShape(128, 1, "red")},
            lambda _, text, shape: weilipu_frames.show(text, shape),
            baud=115200,
            frame_gap_s=0.01,
        ),
        _ONE_WAY,
        answers=False,
    ),
)
