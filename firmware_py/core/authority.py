"""Who may ask what: a kiosk takes, a pad serves its own desk, an evaluator and a telephone only report (R-EVAL-04)."""

from collections.abc import Container

from firmware_py.core import commands as c
from firmware_py.core.desk_fault import PAD_DEVICES
from firmware_py.core.plan import Plan
from firmware_py.errors import Rejected

KIOSK_COMMANDS: frozenset[type[c.Command]] = frozenset(
    {
        c.Take,
        c.ReportPrinted,
        c.ReportPrintFailed,
        c.ReportPrintUnknown,
        c.KioskStarted,
        c.ReturnTicket,
        c.Cancel,
        c.CheckIn,
        c.EnterManual,
        c.Upgrade,
        c.CallGuide,
        c.GuideCame,
        c.Reprint,
    }
)
"""What a number dispenser, or the guide beside it, may ask."""
PAD_COMMANDS: frozenset[type[c.Command]] = frozenset({c.ReturnTicket, c.ConfirmClock})
"""What every desk's pad may ask beside its own desk's keys."""
SUPERVISOR_COMMANDS: frozenset[type[c.Command]] = frozenset(
    {c.Upgrade, c.ConfirmClock, c.ReturnTicket, c.CheckIn, c.EnterManual, c.Cancel, c.GuideCame}
)
"""What a supervisor may ask beside every ``SupervisorCommand`` and every desk's keys."""
RELIEVED: frozenset[type[c.Command]] = frozenset({c.Finish, c.Hold, c.Logout, c.ResumeDesk})
"""With what a supervisor's pad brings a visit to its end, and the clerk off duty, at a desk whose own pad is down. A
hall with a duty panel needs no such help: that one presses every desk's keys."""


def authorise(
    plan: Plan, instance: str, command: c.Command, down: Container[tuple[str, str]] = frozenset[tuple[str, str]]()
) -> None:
    """Check that ``instance`` may ask ``command``; the link has already proved who it is.

    ``down`` are the devices in trouble, as ``hall.devices`` has them: ``(instance, device)``.

    Raises:
        Rejected: ``not_allowed``.
    """
    kind = type(command)
    if kind in {c.ReportDevice, c.ReportAnnounced, c.ReportShown}:
        return
    supervises = is_supervisor(plan, instance)
    if isinstance(command, c.DeskCommand):
        desk = plan.desk(command.desk)
        if desk is None:
            raise Rejected("unknown_desk", desk=command.desk)
        if instance == desk.pad or instance in plan.supervisors or (supervises and kind is c.CallSpecific):
            return
        helps = supervises and not plan.supervisors and kind in RELIEVED
        if helps and any((desk.pad, device) in down for device in PAD_DEVICES):
            return
    elif (
        (supervises and (isinstance(command, c.SupervisorCommand) or kind in SUPERVISOR_COMMANDS))
        or (kind in KIOSK_COMMANDS and any(instance == kiosk.id for kiosk in plan.kiosks))
        or (kind in PAD_COMMANDS and any(instance == desk.pad for desk in plan.desks))
    ):
        return
    raise Rejected("not_allowed", instance=instance)


def is_supervisor(plan: Plan, instance: str) -> bool:
    """Whether ``instance`` is a duty panel or the pad of a supervisor's desk (R-DESK-05)."""
    return instance in plan.supervisors or any(
        desk.pad == instance for desk in plan.desks if desk.id in plan.supervisor_desks
    )
