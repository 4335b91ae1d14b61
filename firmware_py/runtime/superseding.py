"""Which of two views of one topic is true now (design 3: state carries ``(log, seq)``)."""

from firmware_py.core.views import View


def supersedes(fresh: View, known: View | None) -> bool:
    """Whether ``fresh`` is to be followed: the newest of one log is, and whatever comes from another log.

    A reader forgets ``known`` when its link goes down: the next controller's journal may be an older copy of itself.
    """
    return known is None or fresh.log != known.log or fresh.seq >= known.seq
