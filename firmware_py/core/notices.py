"""What stands on the board while nobody is called: three slots, each with its time (R-CALL-07)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

import msgspec

from firmware_py.core.hall import Hall
from firmware_py.core.model import LIVED_WITH
from firmware_py.core.plan import Notice
from firmware_py.core.schedule import wall

STILL_ISSUES: Final = LIVED_WITH | {"paper_low"}
"""The troubles with which a dispenser goes on: a roll that nears its end, one button of several."""
_NEEDED: Final = ("instance", "printer", "buttons")
"""Without one of these a dispenser issues nothing."""
_END_OF_DAY: Final = " 24:00"


class Standing(msgspec.Struct, frozen=True):
    """The text of each slot, "" = none, and the places of the dispensers that issue nothing."""

    business: str = ""
    service: str = ""
    fault: str = ""
    broken: tuple[str, ...] = ()


def standing(hall: Hall, at: int) -> Standing:
    """What stands now. Of two in one slot, the one that began later does.

    While nobody vouches for the clock, what has a time does not stand: nobody could say whether its time is over.
    """
    plan, broken = hall.plan, _broken(hall)
    if not plan.notices:
        return Standing(service=plan.notice, broken=broken)
    now = f"{datetime.fromtimestamp(wall(hall, at) / 1000, UTC):%Y-%m-%d %H:%M}" if hall.clock_trusted else ""
    texts = {"business": "", "service": plan.notice, "fault": ""}
    for notice in sorted(plan.notices, key=lambda notice: notice.since):
        if _stands(notice, now):
            texts[notice.slot] = notice.text
    return Standing(texts["business"], texts["service"], texts["fault"], broken)


def _stands(notice: Notice, now: str) -> bool:
    """Times compare as texts: a day is less than every minute of it, and its end more than all of them."""
    if not notice.since and not notice.until:
        return True
    until = notice.until + _END_OF_DAY if len(notice.until) == len("2026-12-01") else notice.until
    return bool(now) and notice.since <= now and (not until or now < until)


def issues_nothing(kiosk: str, troubles: Iterable[tuple[str, str, str]]) -> bool:
    """Whether one of the troubles, each (instance, device, reason), keeps this dispenser from giving numbers."""
    return any(
        instance == kiosk and device in _NEEDED and reason not in STILL_ISSUES for instance, device, reason in troubles
    )


def troubles(hall: Hall) -> list[tuple[str, str, str]]:
    """Every device in trouble, as ``issues_nothing`` takes them."""
    return [(instance, device, each.reason) for (instance, device), each in hall.devices.items()]


def _broken(hall: Hall) -> tuple[str, ...]:
    if not hall.devices:
        return ()
    found = troubles(hall)
    return tuple(kiosk.place for kiosk in hall.plan.kiosks if issues_nothing(kiosk.id, found))
