"""Deciding about calls: 下一位, 重呼, 到达, 过号 (T06, T08–T11, T13, T14, T25)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.announcing import heard_from, unheard_s
from firmware_py.core.desks import CALLS_FROM
from firmware_py.core.hall import Hall
from firmware_py.core.last_round import last_call, unfinished
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.picking import Choice, pick
from firmware_py.core.rating import close_previous, invite
from firmware_py.core.schedule import calling_resumes
from firmware_py.core.states import DeskState, Klass, TicketState
from firmware_py.core.tickets import require
from firmware_py.errors import Rejected

# looking a member up in its class costs five times a global, and every call passes here
CALLED, CALLING = TicketState.CALLED, DeskState.CALLING


def desk_of(hall: Hall, desk_id: int) -> Desk:
    """The desk, with somebody logged in.

    Raises:
        Rejected: ``unknown_desk`` or ``log_in_first``.
    """
    desk = hall.desks.get(desk_id)
    if desk is None:
        raise Rejected("unknown_desk", desk=desk_id)
    if desk.session is None:
        raise Rejected("log_in_first")
    return desk


def current(hall: Hall, desk: Desk, state: TicketState) -> Ticket:
    """The ticket at the desk, in ``state``.

    Raises:
        Rejected: ``nobody_called`` or ``nobody_served``, whichever says what to press next; ``interrupted`` while the
            staff have left the citizen there alone (T15).
    """
    if desk.interrupted:
        raise Rejected("interrupted")
    ticket = hall.tickets.get(desk.ticket)
    if ticket is None or ticket.state is not state:
        if state is TicketState.CALLED:
            raise Rejected("already_arrived" if ticket is not None else "nobody_called")
        raise Rejected("not_arrived" if ticket is not None else "nobody_served")
    return ticket


def noshow_wait_s(hall: Hall, ticket: Ticket, at: int) -> int:
    """Whole seconds still to wait before 过号 is fair (R-CORE-11)."""
    limits = hall.plan.limits.call
    needed = limits.noshow_green_s if ticket.klass is Klass.GREEN or ticket.green else limits.noshow_min_s
    return max(0, -(-(heard_from(ticket) + needed * 1000 - at) // 1000))


def may_pass(hall: Hall, ticket: Ticket, at: int) -> None:
    """R-CORE-11, the same for everybody: enough announcements, and enough time. A final call needs only the time.

    Raises:
        Rejected: ``pass_recalls`` (how many announcements are missing), ``pass_unheard`` (the voice has not come to it,
            and is waited for that many seconds at most) or ``pass_wait`` (how many seconds).
    """
    missing = 0 if ticket.final else hall.plan.limits.call.max_calls - ticket.calls
    if missing > 0:
        raise Rejected("pass_recalls", ticket=ticket.number, n=missing)
    seconds = unheard_s(hall, ticket, at)
    if seconds > 0:
        raise Rejected("pass_unheard", ticket=ticket.number, n=seconds)
    seconds = noshow_wait_s(hall, ticket, at)
    if seconds > 0:
        raise Rejected("pass_wait", ticket=ticket.number, n=seconds)


def next_(hall: Hall, command: c.Next, at: int, by: str) -> list[e.Event]:
    """下一位: T06; on a 3-key pad also the end of the ticket before (T25); after closing the final round (T13).

    Raises:
        Rejected: ``nobody_waiting``; ``last_calls_later`` while passed or held ones of this desk wait for their last
            call until ``ticket`` is done with; or what keeps the desk from calling.
    """
    del by
    desk = desk_of(hall, command.desk)
    if desk.state is CALLING:
        return _implied(hall, desk, at)
    may_call(hall, desk)
    if choice := _choose(hall, desk.id, at):
        return [_called(choice, desk.id, at)]
    raise _nobody(hall, desk)


def _nobody(hall: Hall, desk: Desk) -> Rejected:
    if hall.issue_closed and last_call(hall, desk.services):
        ticket = hall.tickets[unfinished(hall)]
        service = hall.plan.service(ticket.service)
        return Rejected("last_calls_later", ticket=ticket.number, service=service.shown if service else "")
    return Rejected("nobody_waiting")


def has_next(hall: Hall, desk: Desk, at: int) -> bool:
    """Whether 下一位 would call somebody to ``desk``, were it free."""
    resting = not hall.calling or (hall.lunch_at and _carries(hall))
    return not resting and _choose(hall, desk.id, at) is not None


def may_call(hall: Hall, desk: Desk) -> None:
    """Whether the hall calls anybody at all (R-CORE-18, R-CORE-19), and this desk, with nobody called there.

    Raises:
        Rejected: ``before_opening``; ``noon_break`` (``time``: when calling goes on) where the tickets of the morning
            are carried over noon; what ``free`` raises.
    """
    if not hall.calling:
        raise Rejected("before_opening")
    if hall.lunch_at and _carries(hall):
        raise Rejected("noon_break", time=calling_resumes(hall))
    free(desk)


def free(desk: Desk) -> None:
    """Whether the desk may take somebody.

    Raises:
        Rejected: what to press first: ``finish_first``, ``resume_first``, ``testing``...
    """
    if desk.state not in CALLS_FROM:
        raise Rejected(_why_not(desk))
    if desk.testing:
        raise Rejected("testing")


def _carries(hall: Hall) -> bool:
    return hall.plan.limits.day.lunch == "carry" and hall.clock_trusted  # no other clock ends noon


def _implied(hall: Hall, desk: Desk, at: int) -> list[e.Event]:
    """T25: 下一位 while a number is called. Either it is a 过号, or the citizen came and went without a key; neither is
    said of a number whose call the voice has not come to yet (R-CALL-02)."""
    ticket = hall.tickets[desk.ticket]
    limits = hall.plan.limits.call
    seconds = unheard_s(hall, ticket, at)
    if seconds > 0:
        raise Rejected("call_running", ticket=ticket.number, n=seconds)
    if (ticket.final or ticket.calls >= limits.max_calls) and not noshow_wait_s(hall, ticket, at):
        found: list[e.Event] = [_pass_event(ticket, desk.id, at)]
    else:
        seconds = -(-(ticket.called_at + limits.implicit_after_s * 1000 - at) // 1000)
        if seconds > 0:
            raise Rejected("call_running", ticket=ticket.number, n=seconds)
        found = [
            e.Arrived(at, ticket.number, desk.id, implicit=True),
            *close_previous(hall, desk, at, strict=True),
            finished(ticket, desk, at, "办结", implicit=True),
            *invite(hall, ticket.number, desk.id, at),
        ]
    choice = None if hall.lunch_at and _carries(hall) else _choose(hall, desk.id, at)
    if choice is not None:
        found.append(_called(choice, desk.id, at))
    return found


def recall(hall: Hall, command: c.Recall, at: int, by: str) -> list[e.Event]:
    """T08: the same number of calls for everybody, ten seconds apart (R-CORE-11)."""
    del by
    desk = desk_of(hall, command.desk)
    ticket = current(hall, desk, TicketState.CALLED)
    limits = hall.plan.limits.call
    if ticket.final or ticket.calls >= limits.max_calls:
        wait_s = max(unheard_s(hall, ticket, at), noshow_wait_s(hall, ticket, at))
        raise Rejected("recalls_used", ticket=ticket.number, n=wait_s)
    seconds = -(-(ticket.recalled_at + limits.recall_gap_s * 1000 - at) // 1000)
    if seconds > 0:
        raise Rejected("recall_soon", n=seconds)
    return [e.Recalled(at, ticket.number, desk.id, ticket.calls + 1)]


def arrive(hall: Hall, command: c.Arrive, at: int, by: str) -> list[e.Event]:
    """T09; closes the window of the citizen before once it has been open long enough (T22)."""
    del by
    desk = desk_of(hall, command.desk)
    ticket = current(hall, desk, CALLED)
    return [e.Arrived(at, ticket.number, desk.id), *close_previous(hall, desk, at, strict=False)]


def pass_(hall: Hall, command: c.Pass, at: int, by: str) -> list[e.Event]:
    """T10, or T14 for a final call."""
    del by
    desk = desk_of(hall, command.desk)
    ticket = current(hall, desk, TicketState.CALLED)
    may_pass(hall, ticket, at)
    return [_pass_event(ticket, desk.id, at)]


def finished(ticket: Ticket, desk: Desk, at: int, outcome: str, *, implicit: bool = False) -> e.Finished:
    """T20: with who else has served it (R-EVAL-12), and for how long, holds and interruptions not counted."""
    staff = desk.session.staff if desk.session else ""
    contributors = ticket.contributors
    if staff in contributors:
        contributors = tuple([each for each in contributors if each != staff]) if len(contributors) > 1 else ()
    served_ms = ticket.visit.served(at) if ticket.visit else 0
    return e.Finished(at, ticket.number, desk.id, outcome, staff, implicit, contributors, served_ms)


def withdraw(hall: Hall, desk: Desk, at: int, reason: str) -> list[e.Event]:
    """T11: what is called here goes back to the head, for any desk to call (R-CORE-23)."""
    ticket = hall.tickets.get(desk.ticket)
    if ticket is None or ticket.state is not TicketState.CALLED:
        return []
    require(ticket.number, ticket.state, e.Withdrawn)
    return [e.Withdrawn(at, ticket.number, desk.id, reason)]


def _choose(hall: Hall, desk_id: int, at: int) -> Choice | None:
    desk = hall.desks[desk_id]
    choice = pick(hall, desk, at)
    if choice is None and hall.issue_closed and hall.aside and not unfinished(hall):
        return last_call(hall, desk.services)
    return choice


def _called(choice: Choice, desk: int, at: int) -> e.Called:
    return e.Called(
        at,
        choice.number,
        desk,
        choice.rule,
        choice.overtaken,
        choice.oldest,
        choice.newest,
        final=choice.rule == "final",
    )


def _pass_event(ticket: Ticket, desk: int, at: int) -> e.Event:
    return e.Expired(at, ticket.number) if ticket.final else e.Passed(at, ticket.number, desk)


def _why_not(desk: Desk) -> str:
    """Why a desk in its state calls nobody, as the reason that says what to press."""
    if desk.interrupted:
        return "interrupted"
    return {
        DeskState.SERVING: "finish_first",
        DeskState.PAUSE_PENDING: "pause_pending",
        DeskState.WAIT: "resume_first",
        DeskState.PAUSED: "resume_first",
        DeskState.FAULT: "desk_fault",
    }.get(desk.state, "log_in_first")
