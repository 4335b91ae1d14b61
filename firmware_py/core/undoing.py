"""Deciding about 撤销 (T24): five seconds to take a slip of the finger back, by a fact of its own (R-CORE-29)."""

from collections.abc import Callable

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.calling import desk_of, free
from firmware_py.core.desks import LOCKED
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Ticket, Undoable
from firmware_py.core.states import DeskState, TicketState
from firmware_py.core.tickets import allowed
from firmware_py.errors import Rejected


def undo(hall: Hall, command: c.Undo, at: int, by: str) -> list[e.Event]:
    """The desk's last finish, pass or transfer never was; nothing is deleted, and nobody else may have been touched.

    Raises:
        Rejected: ``resume_first`` at a desk that was left; ``nothing_to_undo``, ``undo_late``, ``undo_called`` once the
            next one is called, ``undo_rated``, ``undo_moved`` when others have gone on with the ticket, ``undo_closed``
            when the day is over.
    """
    del by
    desk = desk_of(hall, command.desk)
    done = desk.undo
    if desk.state in LOCKED:
        raise Rejected("resume_first")
    if done is None:
        raise Rejected("undo_called" if desk.state is DeskState.CALLING else "nothing_to_undo", ticket=desk.ticket)
    if at > done.at + hall.plan.limits.desk.undo_s * 1000:
        raise Rejected("undo_late")
    ticket = hall.tickets.get(done.before.number)
    if ticket is None or ticket.key != done.before.key:
        raise Rejected("undo_late")
    if hall.closed:
        raise Rejected("undo_closed")
    return [UNDO[done.kind](desk, done, ticket, at)]


def _finish(desk: Desk, done: Undoable, ticket: Ticket, at: int) -> e.Event:
    """T24: no rating may have been pressed; the window vanishes."""
    del done
    if ticket.level:
        raise Rejected("undo_rated", ticket=ticket.number)
    if not allowed(ticket.state, e.FinishUndone):
        raise Rejected("undo_moved", ticket=ticket.number)
    if desk.state is not DeskState.PAUSE_PENDING or desk.ticket:
        free(desk)
    return e.FinishUndone(at, ticket.number, desk.id)


def _pass(desk: Desk, done: Undoable, ticket: Ticket, at: int) -> e.Event:
    """Called at the desk as before, with its calls and its times."""
    del done
    if not allowed(ticket.state, e.PassUndone):
        raise Rejected("undo_moved", ticket=ticket.number)
    free(desk)
    return e.PassUndone(at, ticket.number, desk.id)


def _transfer(desk: Desk, done: Undoable, ticket: Ticket, at: int) -> e.Event:
    """Served, or held, at the desk as before, unless another desk has called it meanwhile."""
    if not allowed(ticket.state, e.TransferUndone) or ticket.called_at != done.before.called_at:
        raise Rejected("undo_moved", ticket=ticket.number)
    if done.before.state is not TicketState.HELD:
        free(desk)
    return e.TransferUndone(at, ticket.number, desk.id)


UNDO: dict[str, Callable[[Desk, Undoable, Ticket, int], e.Event]] = {
    "finish": _finish,
    "pass": _pass,
    "transfer": _transfer,
}
"""How each kind of ``Undoable`` is taken back."""
