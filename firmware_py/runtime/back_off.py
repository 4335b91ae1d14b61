"""How long to leave a lost wire alone before the next attempt."""

import msgspec


class BackOff(msgspec.Struct, frozen=True):
    """Pauses between attempts to open: the first, then double, up to the cap, all in seconds.

    A wire that had been held for as long as the cap starts with the first again; one that flickers does not, so that
    it fills neither the log nor the hall.
    """

    first_s: float = 0.5
    cap_s: float = 30.0

    def after(self, pause_s: float, held_s: float) -> float:
        """The pause after one of ``pause_s`` (0 = none yet) and ``held_s`` of holding the wire."""
        if pause_s == 0 or held_s >= self.cap_s:
            return self.first_s
        return min(pause_s * 2, self.cap_s)
