"""What stands over a desk and on the hall board, in the longest wording that fits (rules.md 4.4, R-CALL-05).

Widths are in 汉字: a card's font is 16 px wide for a 汉字 and 8 px for a letter or digit, so a 64-px sign holds four.
"""

from collections.abc import Iterable

from firmware_py.core.schedule import hours_text
from firmware_py.core.states import DeskState
from firmware_py.core.views import BoardView, DeskView
from firmware_py.phrases.pack import pack, text

MOST_HANZI = 100
"""Notices share a line up to this length: what every kind of card takes at once."""
_BETWEEN = "  "

_AWAY: dict[str, str] = {
    DeskState.WAIT: "wait",
    DeskState.PAUSED: "paused",
    DeskState.FAULT: "fault",
}


def hanzi_of(line: str) -> float:
    """Width of a line on a sign, in 汉字."""
    return sum(0.5 if char.isascii() else 1.0 for char in line)


def sign(view: DeskView, *, hanzi: int, day_over: bool = False) -> str:
    """The text over a desk, at most ``hanzi`` wide for any sign of four or more.

    ``day_over`` is ``HallView.closed``: it tells a desk nobody sits at now from one whose day is done.
    """
    away = "wait" if view.interrupted else _AWAY.get(view.state)
    if away:
        return _either(away, hanzi)
    if view.ticket:
        calling = view.state == DeskState.CALLING
        return _either("called" if calling else "serving", hanzi, ticket=view.ticket, desk=view.desk)
    if view.rating:
        return _either("rating", hanzi)
    if not view.opened:
        return _either("before", hanzi)
    if day_over or (view.state == DeskState.CLOSING and not view.waiting and not view.held):
        return _either("over", hanzi)
    if view.state == DeskState.CLOSED:
        return _either("closed", hanzi)
    return _longest(_idle(view), hanzi)


def sign_lost(*, hanzi: int) -> str:
    """The text over a desk while the controller is not heard: no sign may show what may no longer be true."""
    return _either("fault", hanzi)


def sign_needs(*, ticket: str, desk: int) -> str:
    """The widest text that a desk's sign cannot say in fewer words, with the hall's longest number."""
    shorts = (template for key, template in pack().items() if key.startswith("signs.") and key.endswith(".short"))
    least = [template.format(ticket=ticket, desk=desk) for template in shorts if template != pack()["signs.idle.short"]]
    return max([*least, text("signs.idle.tiny", desk=desk)], key=hanzi_of)


def board_needs(*, ticket: str, desk: int) -> str:
    """The line of a call that a board must hold as the norm words it, with the hall's longest number.

    The narrower wordings are for a plan that has grown since the board's device was set up.
    """
    return max((text("board.call", ticket=ticket, desk=desk), text("board.lost_short")), key=hanzi_of)


def board_lines(view: BoardView, *, rows: int, hanzi: int) -> str:
    """The hall board: exactly ``rows`` lines, newest call first, so that every line keeps its place.

    A call pre-empts everything else (R-CALL-07); a board without one shows what changes, the notices of the three slots
    and whom the hall serves first. Notices alone may be too wide: the card moves them.
    """
    if view.calls:
        lines = [_board_call(call.ticket, call.desk, hanzi) for call in view.calls]
    else:
        coming = view.coming
        change = text("slip.hours_change", date=coming.effective, hours=hours_text(coming.hours)) if coming else ""
        broken = [text("board.broken", place=place) for place in view.broken]
        told = (change, view.business, view.fault, *broken, view.notice, text("board.standing"))
        lines = _joined([line for line in told if line], rows)
    return _filled(lines, rows)


def board_lost(*, rows: int, hanzi: int) -> str:
    """The hall board while the controller is not heard."""
    return _filled([_longest((text("board.lost"), text("board.lost_short")), hanzi)], rows)


def _either(name: str, hanzi: int, **values: str | int) -> str:
    return _longest((text(f"signs.{name}.long", **values), text(f"signs.{name}.short", **values)), hanzi)


def _idle(view: DeskView) -> Iterable[str]:
    """Number and what it is for, then fewer words; a desk's own name stands for its services."""
    number = text("signs.idle.short", desk=view.desk)
    own = view.name.removeprefix(number).strip()
    names = (own,) if own else view.services
    for count in range(len(names), 0, -1):
        what = "、".join(names[:count])
        yield text("signs.idle.long", number=number, what=_shortened(what, more=count < len(names)))
    yield number
    yield text("signs.idle.tiny", desk=view.desk)


def _shortened(what: str, *, more: bool) -> str:
    return text("signs.idle.more", what=what) if more else what


def _board_call(ticket: str, desk: int, hanzi: int) -> str:
    wordings = (text(key, ticket=ticket, desk=desk) for key in ("board.call", "board.call_narrow", "board.call_short"))
    return _longest(wordings, hanzi)


def _longest(wordings: Iterable[str], hanzi: int) -> str:
    """The first that fits, they come longest first; the last one when none does."""
    line = ""
    for line in wordings:
        if hanzi_of(line) <= hanzi:
            break
    return line


def _joined(lines: list[str], rows: int) -> list[str]:
    """Every notice has its say: those without a line of their own follow in the last one, which then moves."""
    if len(lines) <= rows:
        return lines
    last = lines[rows - 1]
    for line in lines[rows:]:
        if hanzi_of(last + _BETWEEN + line) <= MOST_HANZI:
            last += _BETWEEN + line
    return [*lines[: rows - 1], last]


def _filled(lines: list[str], rows: int) -> str:
    return "\n".join([*lines, *[""] * rows][:rows])
