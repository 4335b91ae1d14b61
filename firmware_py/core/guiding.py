"""Deciding about the guide beside a dispenser: called, there, printing a slip once more (R-KIOSK-06, R-KIOSK-10)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import approver_at
from firmware_py.core.authority import is_supervisor
from firmware_py.core.hall import Hall
from firmware_py.core.holders import not_now
from firmware_py.core.issuing import ticket_of
from firmware_py.core.states import TicketState
from firmware_py.errors import Rejected

KINDS = ("complain", "consult", "priority")
"""The alerts of this module; their subject is a dispenser."""
HELD_BY_SOMEBODY = frozenset(
    {TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.HELD, TicketState.PASSED}
)
"""States of tickets whose slip is worth printing again."""


def call_guide(hall: Hall, command: c.CallGuide, at: int, by: str) -> list[e.Event]:
    """Somebody at dispenser ``by`` wants a person (C08), or to complain (K02); pressed again it is still one call."""
    if (command.about, by) in hall.alerts:
        return []
    return [e.AlertRaised(at, command.about, by)]


def guide_came(hall: Hall, command: c.GuideCame, at: int, by: str) -> list[e.Event]:
    """The guide is there: every call from that dispenser is over, or the one named.

    Raises:
        Rejected: ``no_guide_called``; ``not_allowed`` for one dispenser in another's name.
    """
    kiosk = command.kiosk or by
    if kiosk != by and not is_supervisor(hall.plan, by):
        raise Rejected("not_allowed", instance=by)
    kinds = (command.about,) if command.about else KINDS
    found: list[e.Event] = [
        e.AlertCleared(at, kind, kiosk, approver_at(hall, by) or by) for kind in kinds if (kind, kiosk) in hall.alerts
    ]
    if not found:
        raise Rejected("no_guide_called")
    return found


def reprint(hall: Hall, command: c.Reprint, at: int, by: str) -> list[e.Event]:
    """R-KIOSK-06: a second slip of a number that somebody holds. It is a fact before it is paper; the slip is marked.

    Raises:
        Rejected: ``unknown_ticket``, or what ``not_now`` says of a number that is over, or whose slip is still coming.
    """
    ticket = ticket_of(hall, command.ticket.strip().upper())
    if ticket.state not in HELD_BY_SOMEBODY:
        raise not_now(ticket)
    return [e.Reprinted(at, ticket.number, by)]


def calls(hall: Hall) -> tuple[tuple[str, str], ...]:
    """(dispenser, kind) of every call for a guide that stands."""
    if not hall.alerts:
        return ()
    return tuple(sorted((subject, kind) for kind, subject in hall.alerts if kind in KINDS))
