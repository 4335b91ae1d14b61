"""A printer's self-test, and the slips it puts on paper: its own, and the report of the whole."""

from datetime import UTC, datetime

from drivers.printer import Line, Printed, PrintResult, Rule, Slip
from firmware_py import phrases
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.phrases import text
from firmware_py.runtime.device_file import KioskInstance
from firmware_py.runtime.port_reports import OFFLINE
from firmware_py.selftest.bench import Bench
from firmware_py.selftest.hand import holding
from firmware_py.selftest.results import NotAsItShould, Outcome, Report, device_name
from kiosk.daemon import printer_driver

STATUS_S = 10.0
SLIP_S = 60.0
"""A slip of a report on a serial line at 9600 baud, with its confirmation."""


def try_printer(kiosk: KioskInstance, bench: Bench) -> None:
    """Ask how it is, print a slip, and believe only what it confirms.

    Raises:
        DriverOffline, DriverFault: its own.
        NotAsItShould: ``unconfirmed``.
    """
    result = _put_on_paper(kiosk, bench, _own_slip(bench))
    if result.outcome is Printed.PRINTED:
        bench.note(text("selftest.saw.printed"))
    elif result.reason == OFFLINE:
        raise DriverOffline(result.detail)
    elif result.outcome is Printed.UNKNOWN and result.reason == "no_reply":
        raise NotAsItShould("unconfirmed", brief=phrases.fault(result.reason).brief)
    else:
        raise DriverFault(result.reason, result.detail)


def print_report(kiosk: KioskInstance, bench: Bench, report: Report) -> PrintResult:
    """Put the report on the kiosk's paper.

    Raises:
        DriverOffline, DriverFault: the printer does not open.
    """
    return _put_on_paper(kiosk, bench, report_slip(report))


def report_slip(report: Report) -> Slip:
    """The report as a slip; the driver folds lines that are too long for the paper."""
    lines: list[Line | Rule] = [
        Line(text("selftest.report_title"), 2, "center", bold=True),
        Line(report.hall, align="center"),
        Line(text("selftest.report_time", time=report.at[:16].replace("T", " "))),
        Rule(),
    ]
    for each in report.results:
        outcome = text(f"selftest.{each.outcome}")
        lines.append(Line(f"{each.id} {device_name(each.device)} {outcome}", bold=not_good(each.outcome)))
        if not_good(each.outcome):
            lines += [Line(line) for line in (each.said, each.advice) if line]
    lines += [Rule(), Line(counts_line(report))]
    return Slip(tuple(lines))


def counts_line(report: Report) -> str:
    """The last line: how many of each."""
    if report.ok and Outcome.SKIPPED not in {each.outcome for each in report.results}:
        return text("selftest.all_good")
    return text("selftest.summary", **{str(outcome): n for outcome, n in report.counts().items()})


def not_good(outcome: Outcome) -> bool:
    """Whether somebody has to do something."""
    return outcome in (Outcome.FAILED, Outcome.HELD)


def _put_on_paper(kiosk: KioskInstance, bench: Bench, slip: Slip) -> PrintResult:
    with holding(printer_driver(kiosk.printer), "printer") as hand:
        status = hand.do(lambda printer: printer.status(), STATUS_S)
        bench.note(text("selftest.saw.printer_says", paper=text(f"selftest.paper.{status.paper}")))
        return hand.do(lambda printer: printer.print(slip), SLIP_S)


def _own_slip(bench: Bench) -> Slip:
    wall = datetime.fromtimestamp(bench.clock.wall_ms() / 1000 + bench.plan.utc_offset_min * 60, UTC)
    return Slip(
        (
            Line(bench.plan.name, align="center", bold=True),
            Line(text("selftest.slip"), 2, "center", bold=True),
            Line("A001", 4, "center", bold=True),
            Line(text("selftest.report_time", time=wall.strftime("%Y-%m-%d %H:%M")), align="center"),
            Line(text("selftest.no_ticket"), align="center"),
        )
    )
