"""From what a test raised to what the technician reads: what is wrong, and what to do about it."""

import os
from collections.abc import Mapping
from typing import Final

import msgspec

from firmware_py import phrases
from firmware_py.errors import DriverFault, DriverOffline, HallError
from firmware_py.phrases import text
from firmware_py.runtime.port_reports import OFFLINE
from firmware_py.selftest.holders import Holder, holder_of, paths_of
from firmware_py.selftest.results import NobodyThere, NotAsItShould, Outcome

_GROUPS: Final[Mapping[str, str]] = {"/dev/usb/lp": "lp", "/dev/input/": "input", "/dev/gpiochip": "gpio"}
"""Beginning of a device's name → who may open it; everything else is a serial port's."""


class Verdict(msgspec.Struct, frozen=True):
    """The judgement of one test; fields as in ``Result``."""

    outcome: Outcome
    code: str = ""
    said: str = ""
    advice: str = ""
    detail: str = ""
    unit: str = ""


def judged(error: Exception, kind: str, wire: str) -> Verdict:
    """What ``error`` means for a device of ``kind`` (a folder of ``drivers``) on ``wire``. Never raises."""
    match error:
        case NobodyThere():
            return Verdict(Outcome.SKIPPED, said=text("selftest.by_hand"))
        case NotAsItShould(code=code, values=values):
            named = {"wire": wire, **values}
            said = text(f"selftest.wrong.{code}", **named)
            return Verdict(Outcome.FAILED, code, said, text(f"selftest.todo.{code}", **named))
        case DriverFault(reason=reason, detail=detail):
            words = phrases.fault(reason)
            return Verdict(Outcome.FAILED, reason, words.brief, words.staff, detail)
        case DriverOffline():
            return _offline(error, kind, wire)
        case HallError():
            return Verdict(Outcome.FAILED, OFFLINE, str(error), text(f"selftest.offline.{kind}", wire=wire), str(error))
        case _:
            detail = f"{type(error).__name__}: {error}"
            return Verdict(
                Outcome.FAILED, "bug", text("selftest.bug", detail=detail), text("selftest.bug_advice"), detail
            )


def in_use(holder: Holder) -> Verdict:
    """A daemon of the hall has the device."""
    advice = text("selftest.unit", unit=holder.unit)
    return Verdict(Outcome.HELD, "in_use", text("selftest.in_use", unit=holder.unit), advice, unit=holder.unit)


def _offline(error: DriverOffline, kind: str, wire: str) -> Verdict:
    """Look at the device's own name before guessing at cables: is it there, may it be opened, who has it?"""
    detail = str(error)
    if wire.startswith("/"):
        paths = paths_of(wire)
        if not paths:
            return Verdict(Outcome.FAILED, "absent", text("selftest.path.absent", wire=wire), _hint(kind, wire), detail)
        holder = holder_of(wire)
        if holder is not None and holder.unit:
            return in_use(holder)
        if holder is not None:
            said = text("selftest.taken", program=holder.program, pid=holder.pid)
            return Verdict(Outcome.FAILED, "taken", said, text("selftest.taken_advice", wire=wire), detail)
        if not all(os.access(path, os.R_OK | os.W_OK) for path in paths):
            said = text("selftest.path.denied", wire=wire, group=_group(wire))
            return Verdict(Outcome.FAILED, "denied", said, said, detail)
    return Verdict(Outcome.FAILED, OFFLINE, phrases.fault(OFFLINE).brief, _hint(kind, wire), detail)


def _hint(kind: str, wire: str) -> str:
    return text(f"selftest.offline.{kind}", wire=wire)


def _group(wire: str) -> str:
    return next((group for start, group in _GROUPS.items() if wire.startswith(start)), "dialout")
