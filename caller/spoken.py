"""Which announcement is spoken next (R-CALL-01, R-CALL-02): firsts before repeats, nothing that is no longer true."""

import msgspec

from firmware_py.core.model import Announcement
from firmware_py.core.views import BoardView

STALE_MS = 10_000
"""At start, what is older than this has been heard or is past (design 3)."""
READINGS = 2
"""Every announcement is read twice while nobody else waits to be announced (call.repeat)."""
GAP_MS = 3000
"""Between the two readings (call.gap_s)."""


class Utter(msgspec.Struct, frozen=True):
    """One sentence to say now: an announcement, and whether it is its repeat."""

    announcement: Announcement
    repeat: bool = False


class Spoken:
    """The voice's queue. ``busy`` while a sentence is being played; times are monotonic milliseconds."""

    def __init__(self) -> None:
        self._log = ""
        self._seen = 0
        self._firsts: list[Announcement] = []
        self._repeat: Announcement | None = None
        self._repeat_at = 0
        self._saying: Utter | None = None
        self._board: BoardView | None = None

    def board(self, view: BoardView, wall_ms: int) -> None:
        """What the hall says now; ``wall_ms`` is hall time as far as this device knows it."""
        begins = view.log != self._log
        if begins:
            self._log, self._seen, self._firsts, self._repeat = view.log, 0, [], None
        self._board = view
        for each in view.announcements:
            if each.seq <= self._seen:
                continue
            self._seen = each.seq
            if not (begins and wall_ms - each.at > STALE_MS):
                self._firsts.append(each)
        self._firsts = [each for each in self._firsts if self._still_true(each)]
        if self._repeat is not None and (self._firsts or not self._still_true(self._repeat)):
            self._repeat = None

    def next(self, now: int) -> Utter | None:
        """The sentence to begin now, if any may begin."""
        if self._saying is not None:
            return None
        if self._firsts:
            self._repeat = None
            self._saying = Utter(self._firsts.pop(0))
        elif self._repeat is not None and now >= self._repeat_at:
            self._saying, self._repeat = Utter(self._repeat, repeat=True), None
        return self._saying

    def ended(self, now: int, *, heard: bool) -> Announcement | None:
        """The sentence is over, or the loudspeaker failed; an unheard one is not repeated.

        Returns the call whose first reading has now been heard to its end.
        """
        said, self._saying = self._saying, None
        if said is None or said.repeat or not heard or said.announcement.kind == "withdrawn":
            return None
        if not self._firsts and self._still_true(said.announcement):
            self._repeat, self._repeat_at = said.announcement, now + GAP_MS
        return said.announcement

    def due(self) -> int | None:
        """When the repeat is due."""
        return self._repeat_at if self._repeat is not None and self._saying is None else None

    def _still_true(self, each: Announcement) -> bool:
        """A call is true while its ticket is called to that desk; a withdrawal until it has been said."""
        if each.kind == "withdrawn":
            return True
        calls = self._board.calls if self._board else ()
        return any(call.ticket == each.ticket and call.desk == each.desk for call in calls)
