"""What became of a slip, told to the hall as a fact and to its holder in words (T02–T04, T31)."""

import logging
from collections.abc import Iterator

from drivers.printer import Printed, PrintResult
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.errors import DriverError
from firmware_py.runtime.effects import Send
from firmware_py.runtime.port_reports import reason_of
from kiosk.effects import REPRINT
from kiosk.last_slips import LastSlips
from kiosk.requests import Requests

log = logging.getLogger(__name__)


class Outcomes:
    """Reports the slips of numbers. A sheet that is no number's slip has no outcome in the hall: the log has it."""

    def __init__(self, requests: Requests, slips: LastSlips) -> None:
        self._requests = requests
        self._slips = slips

    def printed(self, job_id: str, result: PrintResult, now: int) -> Iterator[object]:
        """The printer's word about a job."""
        kind, number = _split(job_id)
        if kind == REPRINT:
            yield from self._printed_again(number, result, now)
        elif kind:
            if result.outcome is not Printed.PRINTED:
                log.warning("%s is not printed: %s", job_id, result.reason)
        elif result.outcome is Printed.FAILED:
            yield from self._failed(number, result.reason, now)
        elif result.outcome is Printed.UNKNOWN:
            yield self._requests.report(c.ReportPrintUnknown(number, result.reason), now)
        else:
            yield self._requests.report(c.ReportPrinted(number), now)
            yield from _kept(self._slips.came_out(number, sure=True))

    def not_printed(self, job_id: str, error: DriverError, now: int) -> Iterator[object]:
        """The job was never begun."""
        kind, number = _split(job_id)
        if kind:
            log.warning("%s is not printed: %s", job_id, error)
        else:
            yield from self._failed(number, reason_of(error), now)

    def given_up(self, number: str, now: int) -> Send:
        """The number came too late: its citizen was sent away."""
        return self._requests.report(c.ReportPrintFailed(number, "given_up"), now)

    def failed(self, result: PrintResult) -> bool:
        """Whether the printer said that nothing came out; one that answers nothing says neither."""
        return result.outcome is Printed.FAILED

    def told(self, job_id: str, result: PrintResult) -> tuple[str, e.Taken | None]:
        """What its holder is told: the ticket whose number is to be said, or a text of its own."""
        kind, number = _split(job_id)
        kept = self._slips.find(number)
        if result.outcome is Printed.PRINTED:
            return "", None if kind or kept is None else kept.taken
        if result.outcome is Printed.UNKNOWN and not kind:  # the number is valid: nobody must take a second one
            return phrases.text("kiosk.slip_unsure", ticket=number), None
        return "", None

    def _failed(self, number: str, reason: str, now: int) -> Iterator[object]:
        yield self._requests.report(c.ReportPrintFailed(number, reason), now)
        yield from _kept(self._slips.never_was(number))

    def _printed_again(self, number: str, result: PrintResult, now: int) -> Iterator[object]:
        """T31: the first slip was uncertain, this one is not; a second copy that fails changes nothing."""
        kept = self._slips.find(number)
        if result.outcome is Printed.PRINTED and kept is not None and not kept.sure:
            yield self._requests.report(c.ReportPrinted(number), now)
            yield from _kept(self._slips.came_out(number, sure=True))


def _kept(change: object | None) -> Iterator[object]:
    if change is not None:
        yield change


def _split(job_id: str) -> tuple[str, str]:
    """The kind of sheet, "" = a number's first slip, and what it is about."""
    kind, colon, about = job_id.partition(":")
    return (kind, about) if colon else ("", job_id)
