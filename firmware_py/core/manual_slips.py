"""Deciding about pre-printed slips that a guide handed out while no number could be issued (R-CORE-31, 3.11)."""

import re

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.schedule import (
    DAY_MS,
    MINUTE_MS,
    clock_text,
    closing,
    day_over,
    hall_time,
    midnight,
    opening,
    wall,
)
from firmware_py.core.wall_times import minute_of
from firmware_py.errors import Rejected

DIGITS = re.compile(r"[0-9]{3,4}", re.ASCII)


def enter_manual(hall: Hall, command: c.EnterManual, at: int, by: str) -> list[e.Event]:
    """The slip's holder waits from the minute it was handed out, as if the dispenser had issued it then (3.6, 5).

    Also after closing and while the dispensers are down: whoever holds a slip handed out in time is served (R-CORE-16),
    and the day, should it have closed, is open again until then.

    Raises:
        Rejected: ``no_manual_slips``, ``bad_manual_number``, ``number_used``, ``unknown_service``, ``not_offered``,
            ``manual_no_day``, ``bad_handed``, ``handed_future`` or ``handed_outside``.
    """
    number = _number(hall, command.ticket)
    service = hall.plan.service(command.service)
    if service is None:
        raise Rejected("unknown_service", service=command.service)
    if not hall.plan.offers(service.id):
        raise Rejected("not_offered", service=service.shown)
    if not hall.day or day_over(hall, at):
        raise Rejected("manual_no_day")
    return [e.ManualEntered(at, number, service.id, _handed_at(hall, command.handed, at), by)]


def _number(hall: Hall, text: str) -> str:
    prefix, number = hall.plan.manual_prefix, text.strip().upper()
    if not prefix:
        raise Rejected("no_manual_slips")
    if not number.startswith(prefix):
        raise Rejected("bad_manual_number", prefix=prefix)
    digits = number[len(prefix) :]
    if not DIGITS.fullmatch(digits) or not int(digits):
        raise Rejected("bad_manual_number", prefix=prefix)
    number = f"{prefix}{int(digits):03d}"  # M0012 is M012: one slip is one number (R-CORE-03)
    if number in hall.tickets:
        raise Rejected("number_used", ticket=number)
    return number


def _handed_at(hall: Hall, text: str, at: int) -> int:
    """Hall time of the minute on the slip."""
    minute = minute_of(text)
    if minute is None:
        raise Rejected("bad_handed")
    now = wall(hall, at)
    handed = midnight(now) + minute * MINUTE_MS
    if handed > now:
        raise Rejected("handed_future", time=_text(now))
    if hall.by_hand or not hall.clock_trusted or not hall.hours:
        return hall_time(hall, handed)  # the day that was opened by hand has no hours to hold it against
    opens, closes = opening(hall, now), closing(hall, now)
    if not opens <= handed < closes:
        raise Rejected("handed_outside", opens=_text(opens), closes=_text(closes))
    return hall_time(hall, handed)


def _text(wall_ms: int) -> str:
    return clock_text(wall_ms % DAY_MS // MINUTE_MS)
