"""The hall of these tests as its technician wrote it down, and the moments of its day."""

from firmware_py.core.plan import DeskPlan, KioskPlan, Plan, Service
from firmware_py.link import Topics

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000

EIGHT = 1_795_219_200_000
"""2026-11-21 08:00 in China, UTC milliseconds: the hall opens at nine and closes at half past five."""
ISSUING = EIGHT + 45 * MINUTE
NINE = EIGHT + HOUR
CLOSING = EIGHT + 9 * HOUR + 30 * MINUTE

PLAN = Plan(
    "h1",
    "阳光区政务服务大厅",
    (Service("social", "A", "社会保障", zone="A区"), Service("realty", "B", "不动产登记", zone="B区")),
    (
        DeskPlan(1, ("social", "realty"), "", "1", "desk1", "desk1-eval", "desk1-phone", (2, 3), "1001"),
        DeskPlan(2, ("social", "realty"), "", "1", "desk2", "desk2-eval", "desk2-phone", (1, 3), "1002"),
        DeskPlan(3, ("realty",), "", "1", "desk3", "", "", (2,), "1003"),
    ),
    (KioskPlan("kiosk1", "大厅入口"), KioskPlan("kiosk2", "二楼")),
    complaint_phone="12345",
)
"""Desks 1 and 2 are alike; desk 3 has neither evaluator nor telephone."""

TOPICS = Topics(PLAN.id)
