"""What a device saw: the facts an instance journals for itself first and then streams to the controller.

They are inputs of ``decide`` like commands, but cannot be refused: they happened. ``evaluator`` and ``phone`` journals
hold nothing else.
"""

import msgspec


class Fact(msgspec.Struct, frozen=True):
    """Base of what instances report through their journal."""


class LevelChosen(Fact, frozen=True, tag="level_chosen"):
    """A citizen pressed a level; ``reduced_scale`` = the keys offer fewer than five (R-EVAL-11); ``shared_bus`` = staff
    keys hang on the same wire, and whoever speaks on it could have sent this (design 4).

    ``window_log``/``window_seq`` name the window; ``proof`` shows the evaluator held its nonce without telling it:
    HMAC-SHA256(nonce, "log:seq:level:elapsed_ms") in hex, empty when no window was open.
    """

    desk: int
    level: int
    elapsed_ms: int
    window_log: str = ""
    window_seq: int = 0
    proof: str = ""
    reduced_scale: bool = False
    shared_bus: bool = False


class WindowLocked(Fact, frozen=True, tag="window_locked"):
    """Five seconds passed since the first press (R-EVAL-02)."""

    desk: int
    window_log: str
    window_seq: int


class WindowExpired(Fact, frozen=True, tag="window_expired"):
    """Sixty seconds of the evaluator's own time passed without a press."""

    desk: int
    window_log: str
    window_seq: int


class RingBegan(Fact, frozen=True, tag="ring_began"):
    """Burst number ``ring`` of this call began."""

    line: str
    ring: int


class RingEnded(Fact, frozen=True, tag="ring_ended"):
    """Burst number ``ring`` ended and the phone is still on the hook."""

    line: str
    ring: int


class Lifted(Fact, frozen=True, tag="lifted"):
    """Off-hook after ``rings`` bursts had begun; 0 = nobody was calling."""

    line: str
    rings: int


class HungUp(Fact, frozen=True, tag="hung_up"):
    """On-hook after ``talk_ms``."""

    line: str
    talk_ms: int


class RingingStopped(Fact, frozen=True, tag="ringing_stopped"):
    """Silence after ``rings`` bursts, long enough that nobody calls any more. Never lifted, or, where ``hook_seen`` is
    false, on a line that does not show whether it was: the call may have been answered."""

    line: str
    rings: int
    hook_seen: bool = True


class CallerKnown(Fact, frozen=True, tag="caller_known"):
    """The exchange named the caller of the call that is ringing: ``caller`` is a keyed hash of the number, which
    itself stays in the line's own restricted file (R-PHONE-10)."""

    line: str
    caller: str


class SecondCallEnded(Fact, frozen=True, tag="second_call_ended"):
    """While somebody talked, a second call rang ``rings`` times and was not taken."""

    line: str
    rings: int


class WatchBegan(Fact, frozen=True, tag="watch_began"):
    """The line is watched from now on; what happened on it before, nobody saw (a power cut in the middle of a call)."""

    line: str


class DeviceDown(Fact, frozen=True, tag="device_down"):
    """A device of this instance went offline or needs a person."""

    device: str
    reason: str


class DeviceUp(Fact, frozen=True, tag="device_up"):
    """It works again."""

    device: str


EdgeFact = (
    LevelChosen
    | WindowLocked
    | WindowExpired
    | RingBegan
    | RingEnded
    | Lifted
    | HungUp
    | RingingStopped
    | CallerKnown
    | SecondCallEnded
    | WatchBegan
    | DeviceDown
    | DeviceUp
)
"""Everything an instance's own journal may hold."""
