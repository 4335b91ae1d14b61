"""Which announcement is spoken next (R-CALL-01, R-CALL-02): firsts before repeats, nothing that is no longer true."""

from collections.abc import Callable

import msgspec

from firmware_py.core.model import Announcement
from firmware_py.core.views import BoardView

STALE_MS = 10_000
"""At start, what is older than this has been heard or is past (design 3)."""
READINGS = 2
"""How often a call is read while nobody else waits to be announced (call.repeat)."""
GAP_MS = 3000
"""Between two readings of a call (call.gap_s)."""
IN_THE_DARK = 3
"""Readings of a call that nothing shows (R-CALL-08)."""
CROWD = 2
"""While so many announcements wait for their first reading, nothing is read again (R-CALL-02)."""


class Utter(msgspec.Struct, frozen=True):
    """One sentence to say now: an announcement, and whether it is its repeat."""

    announcement: Announcement
    repeat: bool = False


class _Again(msgspec.Struct, frozen=True):
    """A call to be read again ``left`` times, the next time at ``at``."""

    announcement: Announcement
    left: int
    at: int


class Spoken:
    """The voice's queue; times are monotonic milliseconds.

    Args:
        readings: of each call; a green one has one more (R-CALL-03).
        gap_ms: between two of them.
        dark: whether nothing lit shows the calls to this desk.
    """

    def __init__(
        self, *, readings: int = READINGS, gap_ms: int = GAP_MS, dark: Callable[[int], bool] = lambda _: False
    ) -> None:
        self._readings = readings
        self._gap_ms = gap_ms
        self._dark = dark
        self._log = ""
        self._seen = 0
        self._firsts: list[Announcement] = []
        self._again: list[_Again] = []
        self._saying: Utter | None = None
        self._left = 0
        self._board: BoardView | None = None

    def board(self, view: BoardView, wall_ms: int) -> None:
        """What the hall says now; ``wall_ms`` is hall time as far as this device knows it."""
        begins = view.log != self._log
        if begins:
            self._log, self._seen, self._firsts, self._again = view.log, 0, [], []
        self._board = view
        for each in view.announcements:
            if each.seq <= self._seen:
                continue
            self._seen = each.seq
            if not (begins and wall_ms - each.at > STALE_MS):
                self._supersede(each)
                self._firsts.append(each)
        self._firsts = [each for each in self._firsts if self._still_true(each)]
        self._again = [each for each in self._again if self._still_true(each.announcement) and not self._crowded()]

    def next(self, now: int) -> Utter | None:
        """The sentence to begin now, if any may begin."""
        if self._saying is not None:
            return None
        if self._firsts:
            self._saying = Utter(self._firsts.pop(0))
            self._left = self._wanted(self._saying.announcement) - 1
        elif self._again and now >= self._again[0].at:
            again = self._again.pop(0)
            self._saying, self._left = Utter(again.announcement, repeat=True), again.left - 1
        return self._saying

    def ended(self, now: int, *, heard: bool) -> Announcement | None:
        """The sentence is over, or the loudspeaker failed; an unheard one is not repeated.

        Returns the call whose first reading has now been heard to its end.
        """
        said, self._saying = self._saying, None
        if said is None or not heard or said.announcement.kind == "withdrawn":
            return None
        each = said.announcement
        called_anew = any(newer.ticket == each.ticket for newer in self._firsts)
        if self._left > 0 and self._still_true(each) and not called_anew and not self._crowded():
            self._again.append(_Again(each, self._left, now + self._gap_ms))
        return None if said.repeat else each

    def due(self) -> int | None:
        """When the next repeat is due."""
        return self._again[0].at if self._again and self._saying is None else None

    def _wanted(self, each: Announcement) -> int:
        if each.kind == "withdrawn":
            return 1
        usual = self._readings + (1 if each.slow else 0)
        return max(usual, IN_THE_DARK) if self._dark(each.desk) else usual

    def _crowded(self) -> bool:
        return len(self._firsts) >= CROWD

    def _supersede(self, fresh: Announcement) -> None:
        """What was to be said of the same number before this is old; a withdrawal is said for the old desk's sake."""
        self._firsts = [each for each in self._firsts if each.ticket != fresh.ticket or each.kind == "withdrawn"]
        self._again = [each for each in self._again if each.announcement.ticket != fresh.ticket]

    def _still_true(self, each: Announcement) -> bool:
        """A call is true while its ticket is called to that desk; a withdrawal until it has been said."""
        if each.kind == "withdrawn":
            return True
        calls = self._board.calls if self._board else ()
        return any(call.ticket == each.ticket and call.desk == each.desk for call in calls)
