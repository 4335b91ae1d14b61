"""What a desk's staff may ask: the keys of the pad (R-DESK-01)."""

from typing import Literal

from firmware_py.core.commands.base import DeskCommand


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
    """转办 to another service, or to one desk of it; ``ticket`` empty = the one served here, else one held here."""

    service: str = ""
    target: int = 0
    reason: str = ""
    ticket: str = ""


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
    """暂停服务; ``urgent`` = although no other desk stands for a service (R-CORE-25)."""

    reason: str = ""
    urgent: bool = False


class ResumeDesk(DeskCommand, frozen=True, tag="resume_desk"):
    """Back from 请稍候, 暂停服务 or 离开办理; ``staff`` where the desk asks who is back (R-DESK-02)."""

    staff: str = ""


class GiveReason(DeskCommand, frozen=True, tag="give_reason"):
    """Why the desk was left for ten minutes or more (R-DESK-03)."""

    reason: str


class Undo(DeskCommand, frozen=True, tag="undo"):
    """Take back the last finish, pass or transfer (R-CORE-29)."""


class Interrupt(DeskCommand, frozen=True, tag="interrupt"):
    """离开办理 (T15)."""

    reason: str = ""


class StandIn(DeskCommand, frozen=True, tag="stand_in"):
    """替岗 (R-CORE-26): ``staff`` takes the desk over as it stands; empty = the desk's planned stand-in, or back."""

    staff: str = ""


class Assist(DeskCommand, frozen=True, tag="assist"):
    """协助, silently (R-DESK-07)."""


class BeginSelfTest(DeskCommand, frozen=True, tag="begin_self_test"):
    """Try the evaluator: presses are no ratings until the test ends (R-EVAL-10)."""


class EndSelfTest(DeskCommand, frozen=True, tag="end_self_test"):
    """The test is over."""


class RecordDone(DeskCommand, frozen=True, tag="record_done"):
    """The record form of a call on the complaint line is filled in (R-PHONE-08)."""


class Pickup(DeskCommand, frozen=True, tag="pickup"):
    """代接: I take the neighbour's call."""


class CallbackDone(DeskCommand, frozen=True, tag="callback_done"):
    """回拨完成: the oldest open call-back of this desk's line was made."""


class CallSpecific(DeskCommand, frozen=True, tag="call_specific"):
    """Call this ticket now (T07): by a supervisor with a reason, or by the desk with an approval given before."""

    ticket: str
    reason: str = ""


DeskCommands = (
    Login
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
    | GiveReason
    | Undo
    | Interrupt
    | StandIn
    | Assist
    | BeginSelfTest
    | EndSelfTest
    | RecordDone
    | Pickup
    | CallbackDone
    | CallSpecific
)
