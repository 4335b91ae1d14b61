"""The part of a hall that one voice speaks for: some of its desks, or all."""

from collections.abc import Iterable

from msgspec.structs import replace

from firmware_py.core.views import BoardView


class Zone:
    """These desks; none named = all (R-CALL-02)."""

    def __init__(self, desks: Iterable[int] = ()) -> None:
        self._desks = frozenset(desks)

    def __contains__(self, desk: int) -> bool:
        return not self._desks or desk in self._desks

    def of(self, view: BoardView) -> BoardView:
        """What of the board concerns these desks."""
        if not self._desks:
            return view
        calls = tuple(call for call in view.calls if call.desk in self)
        announcements = tuple(each for each in view.announcements if each.desk in self)
        return replace(view, calls=calls, announcements=announcements)
