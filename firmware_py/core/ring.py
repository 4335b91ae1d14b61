"""Watching one telephone line: rings, the hook, a second call, and the line's own faults (R-PHONE-01, 02, 12).

Pure: every edge brings its own time, and ``due`` names the next moment at which silence means something. Rings are
counted by ``bell``. A line without a hook detector is blind: ringing that stops may have been answered or given up, so
its facts say that nobody knows, and that a ring went unanswered is known only when the next one begins.
"""

from collections.abc import Callable, Iterator
from typing import Literal

from firmware_py.core import facts as f
from firmware_py.core.bell import Bell

HOOK_MS = 250
"""The hook must be steady this long: ringing current shakes the loop sensor too."""
FLASH_MIN_MS = 60
"""A break of the loop at least so long, but no hanging up, takes the second call that knocks (R key)."""
LEFT_OFF_HOOK_MS = 10 * 60_000
"""A handset lifted so long may lie beside its telephone: an alert, the call goes on (rules.md 3.9)."""
NO_LOOP_MS = 5000
"""Without the exchange's voltage for so long, while nothing rings and nobody talks, the line is dead."""
RING_HELD_MS = 5000
"""Ringing current opens the detector with every half wave; one that stays closed for so long is stuck (an opto that has
burnt through). Longer than the second look for a dropped edge takes."""
DEVICE = "line"
"""What a fault of the line is reported of; its reasons are ``stuck_ring``, ``left_off_hook`` and ``no_loop``."""

Wire = Literal["ring", "hook", "second", "loop"]
"""``ring`` closes with every half wave of ringing current, ``hook`` = lifted. Where they are fitted, ``second`` is the
ringing current of the same telephone's line 2, ``loop`` = the exchange feeds the line."""


class LineMonitor:
    """One telephone line. Feed ``edge``, ``ring`` and ``elapse``; each returns what has just become certain.

    Args:
        line: its name.
        hook_seen: whether something tells when the handset is lifted.
    """

    def __init__(self, line: str, *, hook_seen: bool = True) -> None:
        self.line = line
        self._hook_seen = hook_seen
        self._bell = Bell()
        self._second = Bell()
        self._talking_since: int | None = None
        self._hook = False
        self._hook_steady = False
        self._hook_from = self._hook_at = 0
        self._fed = True
        self._fed_at = 0
        self._ring_closed_at: int | None = None
        self._ring_held = False
        self._fault = ""

    @property
    def rings(self) -> int:
        """Rings of the call that is coming in, 0 = none."""
        return self._bell.rings

    @property
    def talking(self) -> bool:
        """Whether the handset is lifted."""
        return self._talking_since is not None

    def edge(self, wire: Wire, closed: bool, at: int) -> list[f.Fact]:
        """A level changed at monotonic ``at`` milliseconds."""
        found = self.elapse(at)
        if wire == "hook":
            self._hook_moved(closed, at)
        elif wire == "loop":
            self._fed, self._fed_at = closed, at
            if closed:
                found += self._mended("no_loop")
        elif wire == "ring":
            found += self._ring_moved(closed, at)
        elif closed:
            found += self._second_pulse(at)
        return found

    def ring(self, at: int) -> list[f.Fact]:
        """A device that counts by itself said at ``at`` that the telephone rings (a modem's ``RING``)."""
        found = self.elapse(at)
        if not self.talking and self._bell.told(at):
            found += self._ring_certain()
        return found

    def due(self) -> int | None:
        """The next moment at which ``elapse`` may have something to say; None when all is quiet."""
        return min((moment for moment, _ in self._moments()), default=None)

    def elapse(self, now: int) -> list[f.Fact]:
        """What time alone has made certain by ``now``: a steady hook, the end of a burst, the end of a call."""
        found: list[f.Fact] = []
        while moments := [each for each in self._moments() if each[0] <= now]:
            found += min(moments, key=lambda each: each[0])[1]()
        return found

    def _moments(self) -> Iterator[tuple[int, Callable[[], list[f.Fact]]]]:
        if self._hook != self._hook_steady:
            yield self._hook_at + HOOK_MS, self._hook_settled
        silent = self._bell.due()
        if silent is not None:
            yield silent, self._burst_over if self._bell.in_burst else self._ringing_over
        silent = self._second.due()
        if silent is not None:
            yield silent, self._second_burst_over if self._second.in_burst else self._second_over
        if self._fault:
            return
        if self._ring_closed_at is not None:
            yield self._ring_closed_at + RING_HELD_MS, self._ring_stays_closed
        if self._talking_since is not None:
            yield self._talking_since + LEFT_OFF_HOOK_MS, self._left_off_hook
        elif not self._fed and not self._hook and self._bell.due() is None:
            yield max(self._fed_at, self._hook_at) + NO_LOOP_MS, self._no_loop

    # --- the bell -----------------------------------------------------------------------------------------------------

    def _ring_moved(self, closed: bool, at: int) -> list[f.Fact]:
        if not closed:
            self._ring_closed_at = None
            held, self._ring_held = self._ring_held, False
            return self._mended("stuck_ring") if held else []
        if self._ring_closed_at is None:
            self._ring_closed_at = at
        if self.talking or not self._bell.pulse(at):  # the hook decides while somebody talks
            return []
        return self._ring_certain()

    def _ring_certain(self) -> list[f.Fact]:
        if self._bell.stuck:
            return [f.WatchBegan(self.line), *self._failed("stuck_ring")]  # no call rings like this
        self._second.reset()  # who knocked during the conversation is ringing back
        began: list[f.Fact] = [f.RingBegan(self.line, self.rings)]
        if not self._hook_seen and self.rings > 1:  # it rings on: nobody had answered the ring before
            return [f.RingEnded(self.line, self.rings - 1), *began]
        return began

    def _burst_over(self) -> list[f.Fact]:
        if self._bell.burst_over():
            return [f.RingEnded(self.line, self.rings)] if self._hook_seen else []
        if self._bell.stuck:
            self._bell.reset()
        return self._mended("stuck_ring")

    def _ringing_over(self) -> list[f.Fact]:
        rings = self.rings
        self._bell.reset()
        return [f.RingingStopped(self.line, rings, self._hook_seen)]

    # --- the second call ----------------------------------------------------------------------------------------------

    def _second_pulse(self, at: int) -> list[f.Fact]:
        if self.talking or self._second.rings:  # else it is line 2's own call, which nobody talking missed
            self._second.pulse(at)
        return []

    def _second_burst_over(self) -> list[f.Fact]:
        self._second.burst_over()
        if self._second.stuck:
            self._second.reset()
        return []

    def _second_over(self) -> list[f.Fact]:
        rings = self._second.rings
        self._second.reset()
        return [f.SecondCallEnded(self.line, rings)]

    # --- the hook -----------------------------------------------------------------------------------------------------

    def _hook_moved(self, closed: bool, at: int) -> None:
        if closed == self._hook:
            return
        if closed and self.talking and at - self._hook_at >= FLASH_MIN_MS:
            self._second.reset()  # taken with the R key; the conversation goes on
        if at - self._hook_at > HOOK_MS:
            self._hook_from = at  # later changes are its bounces
        self._hook, self._hook_at = closed, at

    def _hook_settled(self) -> list[f.Fact]:
        self._hook_steady = self._hook
        return self._lifted() if self._hook else self._hung_up()

    def _hung_up(self) -> list[f.Fact]:
        if self._talking_since is None:
            return []
        talked = self._hook_at - self._talking_since
        self._talking_since = None
        self._bell.reset()
        return [f.HungUp(self.line, talked), *self._mended("left_off_hook")]

    def _lifted(self) -> list[f.Fact]:
        found = [] if self._ring_held else self._mended("stuck_ring")  # what a lifted handset stops was no fault
        if self._bell.cut_off(self._hook_from, self._hook_at):
            found.append(f.RingBegan(self.line, self.rings))
        rings = self.rings or self._second.rings
        self._bell.reset()
        self._second.reset()
        self._talking_since = self._hook_at
        return [*found, f.Lifted(self.line, rings)]

    # --- faults of the line -------------------------------------------------------------------------------------------

    def _left_off_hook(self) -> list[f.Fact]:
        return self._failed("left_off_hook")

    def _no_loop(self) -> list[f.Fact]:
        return self._failed("no_loop")

    def _ring_stays_closed(self) -> list[f.Fact]:
        self._ring_held = True
        unseen: list[f.Fact] = [] if self.talking else [f.WatchBegan(self.line)]  # who calls now, nobody hears
        if unseen:
            self._bell.reset()
        return [*unseen, *self._failed("stuck_ring")]

    def _failed(self, reason: str) -> list[f.Fact]:
        self._fault = reason
        return [f.DeviceDown(DEVICE, reason)]

    def _mended(self, reason: str) -> list[f.Fact]:
        if self._fault != reason:
            return []
        self._fault = ""
        return [f.DeviceUp(DEVICE)]
