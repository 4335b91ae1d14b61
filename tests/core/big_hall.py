"""A hall of twelve desks of every kind, for the random days."""

from typing import Literal

from firmware_py.core.limits import CallLimits, DayLimits, KioskLimits, Limits, PhoneLimits, PrioLimits, TidalLimits
from firmware_py.core.plan import Calendar, DeskPlan, Hours, Item, KioskPlan, Plan, Rota, Service, StaffPlan

SERVICES = (
    Service("a", "A", "综合受理", limit_min=2, items=(Item("复印", 1), Item("预审"))),
    Service("b", "B", "不动产", limit_min=10),
    Service("c", "C", "婚姻登记", alias="民政业务"),
    Service("d", "D", "社保"),
)
DESKS = (
    DeskPlan(1, ("a", "b"), "", "1", "desk1", "desk1-eval", "desk1-phone", (2, 3), "staff1", "relief", supervisor=True),
    DeskPlan(2, ("a", "b"), "", "1", "desk2", "desk2-eval", "desk2-phone", (1, 3), "staff2", "relief"),
    DeskPlan(3, ("b", "c"), "", "1", "desk3", "desk3-eval", "desk3-phone", (2,), "staff3", complaint_line=True),
    DeskPlan(4, ("c",), "", "2", "desk4", "", "", (), "staff4"),
    DeskPlan(5, ("a",), "", "1", "desk5", "desk5-eval", "", (), "staff5", special=True),
    DeskPlan(6, ("*",), "", "3", "desk6", "desk6-eval", "desk6-phone", (1, 2), "staff6"),
    DeskPlan(7, ("d",), "", "2", "desk7", "desk7-eval", "", (), "staff7", tidal=("a", "c")),
    DeskPlan(8, ("c", "d"), "", "2", "desk8", "desk8-eval", "", (), "", login="card"),
    DeskPlan(9, ("a",), "", "1", "desk9", "desk9-eval", "", (), "staff9", rota=(Rota(("b", "d"), weekdays=(6, 7)),)),
    DeskPlan(10, ("b",), "", "1", "desk10", "desk10-eval", "", (), "staff10", duty=True),
    DeskPlan(11, ("a", "c"), "", "4", "desk11", "desk11-eval", "", (), "staff11"),
    DeskPlan(12, ("b", "c"), "", "4", "desk12", "", "", (), ""),
)
"""1 to 3 share a group with 5 (special), 9 (a rota at the weekend) and 10 (open at noon); 4 and 12 have no evaluator;
6 is comprehensive; 7 tidal; 8 asks for cards; 12 has no roster; the telephone of 3 is the complaint line."""

STAFF = (
    *(StaffPlan(f"staff{n}", approver=n == 1) for n in range(1, 13)),
    StaffPlan("relief"),
    StaffPlan("other"),
)
KIOSKS = (KioskPlan("kiosk1", "大厅入口"), KioskPlan("kiosk2", "二楼"), KioskPlan("kiosk3"))
DUTY = "duty"
CALENDAR = Calendar(
    years=(2026, 2027),
    holidays=("2026-11-25", "2027-01-01"),
    makeup=("2026-11-21",),
)


def big_hall(
    max_run: int = 3,
    patience_min: int = 45,
    *,
    lunch: str = "drain",
    while_serving: str = "answer",
    open_on: Literal["all", "workdays"] = "all",
    close: str = "drain_all_tickets",
) -> Plan:
    """The plan: short limits, so that what needs waiting for happens."""
    return Plan(
        "hall",
        "政务服务大厅",
        SERVICES,
        DESKS,
        KIOSKS,
        (Hours(540, 720), Hours(810, 1050)),
        Limits(
            call=CallLimits(unheard_max_s=120),
            prio=PrioLimits(max_run, patience_min),
            phone=PhoneLimits(while_serving=while_serving),
            kiosk=KioskLimits(),
            tidal=TidalLimits(open_waiting=3, open_wait_min=10, hold_min=1),
            day=DayLimits(lunch=lunch, close=close),
        ),
        supervisors=(DUTY,),
        calendar=Calendar(open_on, CALENDAR.years, CALENDAR.holidays, CALENDAR.makeup),
        staff=STAFF,
        manual_prefix="M",
    )
