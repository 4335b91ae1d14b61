"""Who may ask what: a kiosk takes, a pad serves its own desk, an evaluator and a telephone only report (R-EVAL-04)."""

from firmware_py.core import commands as c
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
        c.Upgrade,
    }
)
PAD_COMMANDS: frozenset[type[c.Command]] = frozenset({c.ReturnTicket, c.ConfirmClock})
SUPERVISOR_COMMANDS: frozenset[type[c.Command]] = frozenset(
    {c.Void, c.Upgrade, c.EmergencyPause, c.EmergencyResume, c.ConfirmClock, c.ReturnTicket}
)


def authorise(plan: Plan, instance: str, command: c.Command) -> None:
    """Check that ``instance`` may ask ``command``; the link has already proved who it is.

    Raises:
        Rejected: ``not_allowed``.
    """
    if isinstance(command, c.ReportDevice):
        return
    if isinstance(command, c.DeskCommand):
        desk = plan.desk(command.desk)
        if desk is None:
            raise Rejected("unknown_desk", desk=command.desk)
        if instance == desk.pad or instance in plan.supervisors:
            return
    elif (
        (any(instance == kiosk.id for kiosk in plan.kiosks) and type(command) in KIOSK_COMMANDS)
        or (any(instance == desk.pad for desk in plan.desks) and type(command) in PAD_COMMANDS)
        or (instance in plan.supervisors and type(command) in SUPERVISOR_COMMANDS)
    ):
        return
    raise Rejected("not_allowed", instance=instance)
