"""Deciding about what was heard: the time to 过号 runs from a call's first reading (R-CALL-02, R-CORE-11)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.model import Ticket
from firmware_py.core.states import TicketState


def report_announced(hall: Hall, command: c.ReportAnnounced, at: int, by: str) -> list[e.Event]:
    """Once per call, and only while it lasts: a reading of an earlier call of the same number says nothing about this
    one, however late it is told. While a voice lives, what a sign shows is not yet what was heard - unless the one who
    reports it had a voice, and lost it: those desks were its zone's, and no other voice speaks for them."""
    ticket = hall.tickets.get(command.ticket)
    if ticket is None or ticket.state is not TicketState.CALLED or ticket.heard_at:
        return []
    if not ticket.called_seq <= command.seq <= hall.seq:
        return []
    if command.by == "sign" and voice_lives(hall) and not _fell_silent(hall, by):
        return []
    return [e.Announced(at, ticket.number, command.by, by)]


def voice_lives(hall: Hall) -> bool:
    """Whether a voice that has announced today still can."""
    return any(
        (voice, "voice") not in hall.devices and (voice, "instance") not in hall.devices for voice in hall.voices
    )


def _fell_silent(hall: Hall, instance: str) -> bool:
    """Whether its own voice has announced today and no longer can."""
    return instance in hall.voices and (instance, "voice") in hall.devices


def heard_from(ticket: Ticket) -> int:
    """Hall time from which the call counts as heard: its first reading, else the call itself. A recall changes it in
    nothing."""
    return ticket.heard_at or ticket.called_at


def unheard_s(hall: Hall, ticket: Ticket, at: int) -> int:
    """Whole seconds for which 过号 still waits for the voice to come to this call; 0 = it waits no longer."""
    if ticket.heard_at or not voice_lives(hall):
        return 0
    return max(0, -(-(ticket.called_at + hall.plan.limits.call.unheard_max_s * 1000 - at) // 1000))
