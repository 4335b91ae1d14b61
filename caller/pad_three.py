"""A pad with three keys: what 下一位, 重呼 and 暂停 do follows from what the desk is doing (R-DESK-01).

No key has to be held or pressed twice in haste: an ``FF 68`` pad does not tell how long a key is down, and an impatient
clerk presses twice too. So each key always does the next step of its own kind:

=================  ===============  ========================================  ==================================
the desk           下一位           重呼                                      暂停
=================  ===============  ========================================  ==================================
nobody logged in   登录             -                                         -
free               叫下一位         代接 if a neighbour's phone rings,        暂停服务; after closing, with
                                    else 恢复挂起的号                         nobody waiting, 退出
calling            到达             重呼; again after it was refused          暂停服务
                                    because all calls are made: 过号
serving            办结, then 下一位 挂起                                      暂停服务 after this visit
pause is pending   办结             挂起                                      -
paused, or away    恢复服务         -                                         恢复服务
=================  ===============  ========================================  ==================================
"""

from typing import Final

from firmware_py.core.states import DeskState
from firmware_py.core.views import DeskView

AWAY: Final = frozenset({DeskState.PAUSED.value, DeskState.WAIT.value})
"""States the pause key comes back from."""
ARRIVED_MS: Final = 5000
"""下一位 so soon after 到达 is the same impatient press again: nobody has been served yet."""

_SERVING: Final = frozenset({DeskState.SERVING.value, DeskState.PAUSE_PENDING.value})


class ThreeKeys:
    """What the three keys of one pad have done so far, as far as it matters for what they do next."""

    def __init__(self) -> None:
        self._calls_used = ""
        """The ticket for which 重呼 was refused because it has been called often enough."""
        self._arrived_at: int | None = None

    def words(self, key: str, view: DeskView, now: int) -> tuple[str, ...]:
        """What the key stands for at monotonic ``now``, in order; nothing when it is too soon (``ARRIVED_MS``)."""
        found = steps(key, view, calls_used=bool(view.ticket) and view.ticket == self._calls_used)
        too_soon = self._arrived_at is not None and now - self._arrived_at < ARRIVED_MS
        if len(found) > 1 and too_soon:
            return ()
        self._arrived_at = now if found == ("arrive",) else None
        return found

    def calls_used_for(self, ticket: str) -> None:
        """重呼 was refused, because this ticket has been called often enough."""
        self._calls_used = ticket


def is_away(view: DeskView) -> bool:
    """Whether whoever sits here has left and is to come back with the same key."""
    return view.interrupted or view.state in AWAY


def steps(key: str, view: DeskView, *, calls_used: bool) -> tuple[str, ...]:
    """The words a key stands for now, each to be asked when the one before was granted.

    Args:
        key: ``next``, ``recall`` or ``pause``.
        view: the desk.
        calls_used: 重呼 was refused for the ticket called now, because it has been called often enough.
    """
    if is_away(view) and key != "recall":
        return ("resume_desk",)
    match key:
        case "next":
            return _next(view)
        case "recall":
            return (_recall(view, calls_used=calls_used),)
        case "pause" if view.state == DeskState.CLOSING and not view.waiting:
            return ("logout",)
        case _:
            return (key,)


def _next(view: DeskView) -> tuple[str, ...]:
    match view.state:
        case DeskState.CLOSED:
            return ("login",)
        case DeskState.CALLING:
            return ("arrive",)
        case DeskState.SERVING:
            return ("finish", "next")
        case DeskState.PAUSE_PENDING:
            return ("finish",)
        case _:
            return ("next",)


def _recall(view: DeskView, *, calls_used: bool) -> str:
    if view.state == DeskState.CALLING:
        return "pass" if calls_used else "recall"
    if view.state in _SERVING:
        return "hold"
    if view.neighbours:
        return "pickup"
    return "resume_ticket" if view.held else "recall"
