"""What an instance without a journal of its own reports."""

from typing import Literal

from firmware_py.core.commands.base import Command


class ReportDevice(Command, frozen=True, tag="report_device"):
    """An instance without a journal of its own says how one of its devices is; ``reason`` empty = it works."""

    device: str
    reason: str = ""


class ReportAnnounced(Command, frozen=True, tag="report_announced"):
    """A call's first reading was played to its end; or, with a dead voice, the sign showed it (R-CALL-02). ``seq`` is
    that of its announcement in ``BoardView.announcements``: a number may have been called again since."""

    ticket: str
    by: Literal["voice", "sign"]
    seq: int


class ReportShown(Command, frozen=True, tag="report_shown"):
    """A board or dispenser shows the announced change of hours (R-CORE-32)."""

    change: int


ReportCommands = ReportDevice | ReportAnnounced | ReportShown
