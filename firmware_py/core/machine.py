"""The hall's one state machine.

Theory of operation
===================
A hall is a sequence of facts. Everything it is at a moment, who waits, who is called where, which window may be rated,
follows from the facts so far, in order. Two functions carry the whole idea:

``decide(hall, asked, at, by)``
    reads the hall and answers what facts a command (or a device's fact, or time) leads to: a list of events, or
    ``Rejected`` with a reason the clerk can act on. It changes nothing. Asked twice, it answers the same.

``evolve(hall, event)``
    is the one place where the hall changes. It never refuses: a fact has happened. Replaying the journal through it
    gives the same hall again, which is what makes a power cut harmless (R-CORE-21).

Between the two stands the journal: the shell decides, appends the events in one transaction, evolves, and only then
lets anybody see (R-CORE-02). The rules that follow from this:

1.  *Transitions live in tables.* ``tickets.TICKET``, ``desks.DESK``, ``rating_window.WINDOW`` and ``lines.LINE`` say
    which fact may follow which state (drawn in ``docs/state-diagrams.md``). Guards
    that need numbers (how many calls, how many seconds) stand in the deciding module of their subject: ``issuing``,
    ``calling``, ``serving``, ``staffing``, ``leaving``, ``assigning``, ``rating``, ``phoning``, ``business_day``.
2.  *Time is an argument.* ``at`` is hall time: milliseconds UTC that never run backwards. The wall clock is hall time
    plus an offset that is itself a fact, so that a clock set wrong by an hour moves the opening hours and nothing else.
3.  *The order is decided once*, in ``picking``, and its reasons travel with the event (R-CORE-05).
4.  *A refusal is an answer.* Nothing is ignored: what cannot be done now names a reason, whose sentence tells the
    clerk what to press next.
5.  *Nobody writes a rating but a citizen.* The only facts with a level come from an evaluator's journal with the proof
    of an open window (R-EVAL-04); no command has such a field.
6.  *Whoever answers for an exception is a fact too*: approvals are journalled, for one thing, and used once.

``due(hall, at)`` names the next moment at which time alone decides something; the shell sleeps until then.
"""

from collections.abc import Callable
from typing import Any, cast

from firmware_py.core import (
    absence,
    announcing,
    approving,
    assigning,
    booking,
    business_day,
    callbacks,
    calling,
    clock_trust,
    day,
    emergency,
    guiding,
    hours_changes,
    issuing,
    leaving,
    manual_slips,
    overriding,
    phoning,
    rating,
    returning,
    self_test,
    serving,
    staffing,
    supervising,
    transferring,
    undoing,
    visiting,
)
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.evolution import EVOLVE
from firmware_py.core.hall import Hall
from firmware_py.errors import Rejected

Decider = Callable[[Hall, Any, int, str], list[e.Event]]

DECIDE: dict[type, Decider] = {
    c.Take: issuing.take,
    c.ReportPrinted: issuing.printed,
    c.ReportPrintFailed: issuing.print_failed,
    c.ReportPrintUnknown: issuing.print_unknown,
    c.KioskStarted: issuing.kiosk_started,
    c.ReturnTicket: returning.return_ticket,
    c.Cancel: issuing.cancel,
    c.CheckIn: booking.check_in,
    c.Book: booking.book,
    c.CancelBooking: booking.cancel_booking,
    c.EnterManual: manual_slips.enter_manual,
    c.CallGuide: guiding.call_guide,
    c.GuideCame: guiding.guide_came,
    c.Reprint: guiding.reprint,
    c.Next: calling.next_,
    c.Recall: calling.recall,
    c.Arrive: calling.arrive,
    c.Pass: calling.pass_,
    c.Hold: serving.hold,
    c.ResumeTicket: serving.resume_ticket,
    c.Finish: serving.finish,
    c.Transfer: transferring.transfer,
    c.Undo: undoing.undo,
    c.AddItem: visiting.add_item,
    c.Interrupt: visiting.interrupt,
    c.CallSpecific: overriding.call_specific,
    c.Approve: approving.approve,
    c.Grant: overriding.grant,
    c.Void: overriding.void,
    c.Upgrade: overriding.upgrade,
    c.Login: staffing.login,
    c.Logout: staffing.logout,
    c.Wait: leaving.wait,
    c.Pause: leaving.pause,
    c.ResumeDesk: leaving.resume_desk,
    c.StandIn: staffing.stand_in,
    c.GiveReason: absence.give_reason,
    c.Assist: supervising.assist,
    c.EndAssist: supervising.end_assist,
    c.Patrol: supervising.patrol,
    c.AssignServices: assigning.assign_services,
    c.OpenTide: assigning.open_tide,
    c.CloseTide: assigning.close_tide,
    c.Pickup: phoning.pickup,
    c.CallbackDone: callbacks.callback_done,
    c.ReportDevice: day.report_device,
    c.ReportAnnounced: announcing.report_announced,
    c.ReportShown: hours_changes.report_shown,
    c.AnnounceHours: hours_changes.announce_hours,
    c.OpenDay: business_day.open_day,
    c.CloseDay: business_day.close_day,
    c.EmergencyPause: emergency.pause,
    c.EmergencyResume: emergency.resume,
    c.ConfirmClock: clock_trust.confirm_clock,
    c.BeginSelfTest: self_test.begin_self_test,
    c.EndSelfTest: self_test.end_self_test,
    c.RecordDone: callbacks.record_done,
    f.LevelChosen: rating.level_chosen,
    f.WindowLocked: rating.window_locked,
    f.WindowExpired: rating.window_expired,
    f.RingBegan: phoning.ring_began,
    f.RingEnded: phoning.ring_ended,
    f.Lifted: phoning.lifted,
    f.HungUp: phoning.hung_up,
    f.RingingStopped: phoning.ringing_stopped,
    f.CallerKnown: phoning.caller_known,
    f.SecondCallEnded: phoning.second_call_ended,
    f.WatchBegan: phoning.watch_began,
    f.DeviceDown: day.device_down,
    f.DeviceUp: day.device_up,
}
"""Who decides about what. A command that stands in no row is refused as ``not_yet``."""

due = day.due
tick = day.tick
clock_read = clock_trust.clock_read


def decide(hall: Hall, asked: c.Command | f.Fact, at: int, by: str = "") -> list[e.Event]:
    """What ``asked`` leads to at hall time ``at`` when instance ``by`` says it; reads only.

    Raises:
        Rejected: the command is not allowed now; nothing follows from it. Facts are never refused.
    """
    if hall.emergency_at:
        emergency.stands_still(asked)
    try:
        decider = DECIDE[type(asked)]
    except KeyError:
        raise Rejected("not_yet", command=type(asked).__name__) from None
    return decider(hall, asked, at, by)


def evolve(hall: Hall, event: e.Event) -> None:
    """Make ``event`` part of the hall: the one place where anything changes. ``hall.seq`` moves to its place."""
    hall.seq += 1
    EVOLVE[type(event)](hall, event)
    if event.at > hall.last_at:  # noqa: PLR1730 — every fact passes here, and max() is a call
        hall.last_at = event.at


def remember(hall: Hall, cmd_id: str, event: e.Event) -> None:
    """Keep what an accepted command led to: a repeat today gets the same answer (R-CORE-22)."""
    if cmd_id:
        hall.answers[cmd_id] = c.Answer(cmd_id, cast("e.HallEvent", event))
