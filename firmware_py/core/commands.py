"""What may be asked of the hall: one strict struct per command, tagged; the format on the wire.

Unknown fields are refused: a command somebody half-understands is worse than none. The controller stamps the time and
knows the sender from the topic, so neither stands here.
"""

from typing import Literal

import msgspec

from firmware_py.core.events import HallEvent


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all commands."""


# --- kiosk ------------------------------------------------------------------------------------------------------------


class Take(Command, frozen=True, tag="take"):
    """A citizen pressed a button: one ticket, please. Class A needs a booking and comes with check-in."""

    service: str
    klass: Literal["X", "G"] = "X"


class ReportPrinted(Command, frozen=True, tag="printed"):
    """The slip is on paper."""

    ticket: str


class ReportPrintFailed(Command, frozen=True, tag="print_failed"):
    """Nothing of the slip is on paper, definitely."""

    ticket: str
    reason: str


class ReportPrintUnknown(Command, frozen=True, tag="print_unknown"):
    """Some of the slip may be on paper."""

    ticket: str
    reason: str


class KioskStarted(Command, frozen=True, tag="kiosk_started"):
    """A kiosk came up: what it was printing is unknown (T04); these are the highest numbers it has seen today."""

    day: str = ""
    highest: dict[str, int] = {}


class ReturnTicket(Command, frozen=True, tag="return_ticket"):
    """The holder of a passed number is back (T12); from a kiosk, or from a desk's pad."""

    ticket: str


class Cancel(Command, frozen=True, tag="cancel"):
    """The holder gives the number up (T05)."""

    ticket: str


# --- desk -------------------------------------------------------------------------------------------------------------


class DeskCommand(Command, frozen=True):
    """Base of what a desk's staff ask."""

    desk: int


class Login(DeskCommand, frozen=True, tag="login"):
    """Staff sit down. ``staff`` empty = the desk's roster names them (R-DESK-02)."""

    staff: str = ""
    role: Literal["A", "B"] = "A"
    acting_for: str = ""


class Logout(DeskCommand, frozen=True, tag="logout"):
    """Staff leave for good."""


class Next(DeskCommand, frozen=True, tag="next"):
    """下一位."""


class Recall(DeskCommand, frozen=True, tag="recall"):
    """重呼."""


class Arrive(DeskCommand, frozen=True, tag="arrive"):
    """到达."""


class Pass(DeskCommand, frozen=True, tag="pass"):
    """过号."""


class Hold(DeskCommand, frozen=True, tag="hold"):
    """挂起."""

    reason: str = ""


class ResumeTicket(DeskCommand, frozen=True, tag="resume_ticket"):
    """恢复; ``ticket`` empty = the one held longest at this desk."""

    ticket: str = ""


class Transfer(DeskCommand, frozen=True, tag="transfer"):
    """转办 to another service, or to one desk of it."""

    service: str = ""
    target: int = 0
    reason: str = ""
    approver: str = ""


class AddItem(DeskCommand, frozen=True, tag="add_item"):
    """加办."""

    item: str = ""


class Finish(DeskCommand, frozen=True, tag="finish"):
    """办结, with one of the outcomes of R-CORE-28."""

    outcome: Literal["咨询", "受理", "办结", "材料不全", "不予受理", "转办", "放弃"] = "办结"


class Wait(DeskCommand, frozen=True, tag="wait"):
    """请稍候."""

    reason: str = ""


class Pause(DeskCommand, frozen=True, tag="pause"):
    """暂停服务."""

    reason: str = ""


class ResumeDesk(DeskCommand, frozen=True, tag="resume_desk"):
    """Back from 请稍候 or 暂停服务."""


class Undo(DeskCommand, frozen=True, tag="undo"):
    """Take back the last finish, pass or transfer (R-CORE-29)."""


class Interrupt(DeskCommand, frozen=True, tag="interrupt"):
    """离开办理 (T15)."""

    reason: str = ""


class StandIn(DeskCommand, frozen=True, tag="stand_in"):
    """替岗 (R-CORE-26)."""

    staff: str = ""
    acting_for: str = ""


class Assist(DeskCommand, frozen=True, tag="assist"):
    """协助, silently (R-DESK-07)."""


class Pickup(DeskCommand, frozen=True, tag="pickup"):
    """代接: I take the neighbour's call."""


class CallbackDone(DeskCommand, frozen=True, tag="callback_done"):
    """回拨完成: the oldest open call-back of this desk's line was made."""


class CallSpecific(DeskCommand, frozen=True, tag="call_specific"):
    """Call this ticket, with approval (T07)."""

    ticket: str
    approver: str
    reason: str


# --- supervisor -------------------------------------------------------------------------------------------------------


class Void(Command, frozen=True, tag="void"):
    """作废 (T26)."""

    ticket: str
    approver: str
    reason: str


class Upgrade(Command, frozen=True, tag="upgrade"):
    """Ordinary to priority (T28)."""

    ticket: str


class EmergencyPause(Command, frozen=True, tag="emergency_pause"):
    """Freeze the hall (R-CORE-30)."""

    reason: str = ""


class EmergencyResume(Command, frozen=True, tag="emergency_resume"):
    """Unfreeze it."""


class ConfirmClock(Command, frozen=True, tag="confirm_clock"):
    """A rostered clerk says the date and time are right (R-CORE-20)."""


class ReportDevice(Command, frozen=True, tag="report_device"):
    """An instance without a journal of its own says how one of its devices is; ``reason`` empty = it works."""

    device: str
    reason: str = ""


HallCommand = (
    Take
    | ReportPrinted
    | ReportPrintFailed
    | ReportPrintUnknown
    | KioskStarted
    | ReturnTicket
    | Cancel
    | Login
    | Logout
    | Next
    | Recall
    | Arrive
    | Pass
    | Hold
    | ResumeTicket
    | Transfer
    | AddItem
    | Finish
    | Wait
    | Pause
    | ResumeDesk
    | Undo
    | Interrupt
    | StandIn
    | Assist
    | Pickup
    | CallbackDone
    | CallSpecific
    | Void
    | Upgrade
    | EmergencyPause
    | EmergencyResume
    | ConfirmClock
    | ReportDevice
)
"""Everything that may be asked over the link."""


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command as it travels: ``cmd_id`` names it for the business day (its repeat gets the first answer) and is the
    correlation id too; it is worth nothing ``expires_in_ms`` after it was sent."""

    cmd_id: str
    command: HallCommand
    expires_in_ms: int = 5000


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What became of a request: the event it led to, or the key of a refusal in the phrases with its values."""

    cmd_id: str
    event: HallEvent | None = None
    refusal: str = ""
    details: dict[str, str | int] = {}

    @property
    def accepted(self) -> bool:
        """Whether the hall did it."""
        return not self.refusal
