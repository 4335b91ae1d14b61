"""Measuring how long staff were on the telephone while a citizen was being served at the desk (R-PHONE-07)."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.model import Line
from firmware_py.core.states import LineState, TicketState

TALK = LineState.TALK
Evolve = Callable[[Hall, Any], None]

AT_THE_DESK: tuple[type[e.TicketEvent], ...] = (
    *(e.Arrived, e.Interrupted, e.InterruptionEnded, e.Held, e.Resumed),
    *(e.Transferred, e.TransferUndone, e.Finished, e.FinishUndone),
)
"""Facts with which serving a citizen at a desk begins or ends, as long as the day lasts."""


def overlapping(handlers: dict[type[e.Event], Evolve]) -> dict[type[e.Event], Evolve]:
    """The same handlers, with the conversations at the desks kept in step with who is served there."""
    return handlers | {kind: _followed(handlers[kind]) for kind in AT_THE_DESK} | {e.Unserved: _left(handlers)}


def _followed(handler: Evolve) -> Evolve:
    def both(hall: Hall, event: Any) -> None:
        handler(hall, event)
        if hall.lines:
            _follow(hall, event.desk, event.at)

    return both


def _left(handlers: dict[type[e.Event], Evolve]) -> Evolve:
    handler = handlers[e.Unserved]

    def both(hall: Hall, event: e.Unserved) -> None:
        handler(hall, event)
        _follow(hall, hall.tickets[event.ticket].desk, event.at)

    return both


def _follow(hall: Hall, desk_id: int, at: int) -> None:
    plan = hall.planned_desks.get(desk_id)
    line = hall.lines.get(plan.phone) if plan else None
    if line is None or line.state is not TALK:
        return
    serving = served_at(hall, desk_id)
    if serving and not line.overlap_from:
        hall.lines[line.id] = replace(line, overlap_from=at)
    elif line.overlap_from and not serving:
        hall.lines[line.id] = replace(line, overlap_ms=overlap_ms(line, at), overlap_from=0)


def served_at(hall: Hall, desk_id: int) -> bool:
    """Whether a citizen is being served at the desk."""
    desk = hall.desks.get(desk_id)
    if desk is None or desk.interrupted:
        return False
    ticket = hall.tickets.get(desk.ticket)
    return ticket is not None and ticket.state is TicketState.SERVING


def overlap_ms(line: Line, at: int) -> int:
    """How long the conversation on the line has overlapped with a visit by ``at``."""
    return line.overlap_ms + (at - line.overlap_from if line.overlap_from else 0)
