"""What each key of ``hall.toml`` may hold, beyond its kind.

The plan itself states no limits: it is data of the journal and must stay readable when a limit changes.
"""

from typing import Annotated, Final, Literal

from msgspec import Meta

from firmware_py.core.limits import (
    AbsenceLimits,
    ApptLimits,
    CallLimits,
    DayLimits,
    DeskLimits,
    EvalLimits,
    KioskLimits,
    PassLimits,
    PhoneLimits,
    PrioLimits,
    StaffLimits,
    TidalLimits,
    VisitLimits,
)
from firmware_py.core.plan import Calendar, DeskPlan, Item, KioskPlan, Notice, Rota, Service, StaffPlan
from firmware_py.runtime.shape import Stricter
from firmware_py.runtime.value_kinds import (
    DateOrNone,
    DateText,
    DeskNumber,
    MomentOrNone,
    Name,
    NameOrNone,
    Prefix,
    ServedNames,
    StaffNumber,
    StaffNumberOrNone,
    Text,
    TextOrNone,
    Year,
)

_Seconds = Annotated[int, Meta(ge=1, le=3600)]
_Minutes = Annotated[int, Meta(ge=1, le=480)]
_MinutesOrNone = Annotated[int, Meta(ge=0, le=480)]
_Count = Annotated[int, Meta(ge=1, le=20)]
_CountOrNone = Annotated[int, Meta(ge=0, le=20)]
_People = Annotated[int, Meta(ge=1, le=500)]
_Weekday = Annotated[int, Meta(ge=1, le=7, description="a day of the week, 1 Monday … 7 Sunday")]

STRICTER: Final[Stricter] = {
    (Service, "id"): Name,
    (Service, "prefix"): Prefix,
    (Service, "name"): Text,
    (Service, "alias"): TextOrNone,
    (Service, "zone"): TextOrNone,
    (Service, "limit_min"): _MinutesOrNone,
    (Item, "name"): Text,
    (Item, "limit_min"): _MinutesOrNone,
    (DeskPlan, "id"): DeskNumber,
    (DeskPlan, "services"): ServedNames,
    (DeskPlan, "name"): TextOrNone,
    (DeskPlan, "group"): Text,
    (DeskPlan, "pad"): NameOrNone,
    (DeskPlan, "evaluator"): NameOrNone,
    (DeskPlan, "phone"): NameOrNone,
    (DeskPlan, "neighbours"): tuple[DeskNumber, ...],
    (DeskPlan, "roster"): StaffNumberOrNone,
    (DeskPlan, "stand_in"): StaffNumberOrNone,
    (DeskPlan, "login"): Literal["roster", "card"],
    (DeskPlan, "tidal"): tuple[Name, ...],
    (Rota, "services"): ServedNames,
    (Rota, "since"): DateOrNone,
    (Rota, "until"): DateOrNone,
    (Rota, "weekdays"): tuple[_Weekday, ...],
    (KioskPlan, "id"): Name,
    (KioskPlan, "place"): TextOrNone,
    (Notice, "slot"): Literal["business", "service", "fault"],
    (Notice, "text"): Text,
    (Notice, "since"): MomentOrNone,
    (Notice, "until"): MomentOrNone,
    (StaffPlan, "id"): StaffNumber,
    (StaffPlan, "star"): Annotated[int, Meta(ge=0, le=5)],
    (Calendar, "open_on"): Literal["all", "workdays"],
    (Calendar, "years"): tuple[Year, ...],
    (Calendar, "holidays"): tuple[DateText, ...],
    (Calendar, "makeup"): tuple[DateText, ...],
    (Calendar, "notice_lead_wd"): Annotated[
        int, Meta(ge=2, le=20, description="a whole number from 2 (the norm, A02) to 20")
    ],
    (CallLimits, "repeat"): Annotated[int, Meta(ge=1, le=5)],
    (CallLimits, "gap_s"): Annotated[int, Meta(ge=1, le=30)],
    (CallLimits, "one"): Literal["yi", "yao"],
    (CallLimits, "max_calls"): _Count,
    (CallLimits, "noshow_min_s"): _Seconds,
    (CallLimits, "noshow_green_s"): _Seconds,
    (CallLimits, "recall_gap_s"): _Seconds,
    (CallLimits, "implicit_after_s"): _Seconds,
    (CallLimits, "unheard_max_s"): _Seconds,
    (PassLimits, "return_after"): _Count,
    (PassLimits, "max_returns"): _CountOrNone,
    (PrioLimits, "max_run"): _CountOrNone,
    (PrioLimits, "ordinary_max_wait_min"): _Minutes,
    (EvalLimits, "window_s"): _Seconds,
    (EvalLimits, "min_open_s"): _Seconds,
    (EvalLimits, "correct_s"): _Seconds,
    (EvalLimits, "drain_s"): _Seconds,
    (PhoneLimits, "max_rings"): _Count,
    (PhoneLimits, "neighbour_after"): _Count,
    (PhoneLimits, "supervisor_after"): _Count,
    (PhoneLimits, "callback_due_min"): _Minutes,
    (PhoneLimits, "while_serving"): Literal["answer", "neighbour"],
    (PhoneLimits, "pickup_ms"): Annotated[int, Meta(ge=100, le=10_000)],
    (KioskLimits, "open_lead_min"): _MinutesOrNone,
    (KioskLimits, "print_timeout_s"): _Seconds,
    (StaffLimits, "arrive_lead_min"): _MinutesOrNone,
    (DeskLimits, "wait_max_min"): _Minutes,
    (DeskLimits, "undo_s"): Annotated[int, Meta(ge=1, le=60)],
    (DeskLimits, "fault_after_s"): _Seconds,
    (DeskLimits, "short_leave"): Literal["wait", "pause"],
    (AbsenceLimits, "remind_min"): _Minutes,
    (AbsenceLimits, "report_min"): _Minutes,
    (AbsenceLimits, "deduct_min"): _Minutes,
    (ApptLimits, "early_min"): _MinutesOrNone,
    (ApptLimits, "grace_min"): _MinutesOrNone,
    (TidalLimits, "open_waiting"): _People,
    (TidalLimits, "open_wait_min"): _Minutes,
    (TidalLimits, "hold_min"): _MinutesOrNone,
    (VisitLimits, "warn_percent"): Annotated[int, Meta(ge=1, le=99)],
    (DayLimits, "lunch"): Literal["drain", "duty", "carry"],
    (DayLimits, "close"): Literal["drain_all_tickets", "drain_at_desk"],
}
"""(struct, field) → the type to read it as."""
