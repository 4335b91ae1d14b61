"""The whole self-test: every wire one after another, each for a bounded time, each judged by itself."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from pathlib import Path

from drivers.printer import Printed
from firmware_py.core.plan import Plan
from firmware_py.errors import DriverError
from firmware_py.phrases import fault, text
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.device_file import AnyInstance, DeviceConfig, KioskInstance
from firmware_py.runtime.problems import did_you_mean
from firmware_py.selftest.bench import Bench
from firmware_py.selftest.console import Console
from firmware_py.selftest.holders import daemon_of
from firmware_py.selftest.judging import Verdict, in_use, judged
from firmware_py.selftest.on_paper import counts_line, not_good, print_report
from firmware_py.selftest.results import Outcome, Report, Result, all_good, device_name
from firmware_py.selftest.wired import Wired, wired

log = logging.getLogger(__name__)


class UnknownDevice(ValueError):
    """``--only`` names what is not there; the message says what is, in Chinese."""


class SelfTest:
    """One run over this Pi's devices.

    Args:
        plan, device: what is configured.
        config: the folder it was read from: a daemon started with it has its devices.
        console: the technician's end.
        clock: this machine's.
        hands: whether somebody is at the devices.
    """

    def __init__(
        self, plan: Plan, device: DeviceConfig, config: Path, console: Console, clock: Clock, *, hands: bool = True
    ) -> None:
        self._plan = plan
        self._device = device
        self._config = config
        self._console = console
        self._clock = clock
        self._hands = hands
        self._used: dict[str, Verdict | None] = {}

    def run(self, only: Collection[str] = ()) -> Report:
        """Test them all, or those of ``only``: an instance's name, or ``instance/device``.

        Raises:
            UnknownDevice: ``only`` names something else.
            KeyboardInterrupt: the technician had enough; signs are dark and wires free again.
        """
        chosen = choose(list(wired(self._device)), only)
        self._console.say(text("selftest.head", hall=self._plan.name, n=len(chosen)))
        results = []
        for place, each in enumerate(chosen, 1):
            name = device_name(each.device)
            self._console.say(text("selftest.step", place=place, n=len(chosen), id=each.id, device=name))
            result = self._test(each)
            self._tell(result)
            results.append(result)
        report = Report(self._plan.name, self._now(), all_good(tuple(results)), tuple(results))
        self._console.say(counts_line(report))
        return report

    def print_report(self, report: Report) -> bool:
        """Put the report on this Pi's own kiosk paper, and say whether it came out."""
        kiosk = next((each for each in self._device.instances if isinstance(each, KioskInstance)), None)
        used = None if kiosk is None else self._in_use(kiosk)
        if kiosk is None or used is not None:
            self._console.say(text("selftest.no_kiosk") if used is None else used.said)
            return False
        try:
            result = print_report(kiosk, self._bench(), report)
            why = "" if result.outcome is Printed.PRINTED else fault(result.reason).brief
        except DriverError as error:
            why = str(error)
        self._console.say(text("selftest.report_not_printed", why=why) if why else text("selftest.report_printed"))
        return not why

    def _test(self, each: Wired) -> Result:
        bench, began = self._bench(), self._clock.mono_ms()
        verdict = None if each.instance is None else self._in_use(each.instance)
        if verdict is None:
            verdict = self._tried(each, bench)
        return Result(
            each.id,
            each.device,
            each.driver,
            each.wire,
            verdict.outcome,
            verdict.code,
            verdict.said,
            verdict.advice,
            verdict.detail,
            verdict.unit,
            tuple(bench.seen),
            self._clock.mono_ms() - began,
        )

    def _tried(self, each: Wired, bench: Bench) -> Verdict:
        try:
            each.test(bench)
        except Exception as error:
            verdict = judged(error, each.kind, each.wire)
            if verdict.code == "bug":
                log.exception("self-test of %s/%s ended by a bug", each.id, each.device)
            return verdict
        return Verdict(Outcome.PASSED)

    def _in_use(self, instance: AnyInstance) -> Verdict | None:
        if instance.id not in self._used:
            holder = daemon_of(instance, self._config)
            self._used[instance.id] = None if holder is None else in_use(holder)
        return self._used[instance.id]

    def _bench(self) -> Bench:
        return Bench(self._console, self._clock, self._plan, hands=self._hands)

    def _tell(self, result: Result) -> None:
        word = text(f"selftest.{result.outcome}")
        self._console.say(f"    {word}" + (f":{result.said}" if result.said else ""))
        if result.detail and result.detail != result.said:
            self._console.say(f"    ({result.detail})")
        if not_good(result.outcome) and result.advice:
            self._console.say("    " + text("selftest.advice", advice=result.advice))

    def _now(self) -> str:
        zone = timezone(timedelta(minutes=self._plan.utc_offset_min))
        return datetime.fromtimestamp(self._clock.wall_ms() / 1000, zone).isoformat(timespec="seconds")


def choose(devices: list[Wired], only: Collection[str]) -> list[Wired]:
    """Those that are named; all of them when nothing is.

    Raises:
        UnknownDevice: a name is not there.
    """
    names = {name for each in devices for name in (each.id, f"{each.id}/{each.device}")}
    for wanted in only:
        if wanted not in names:
            known = "、".join(dict.fromkeys(f"{each.id}/{each.device}" for each in devices))
            hint = did_you_mean(wanted, sorted(names))
            sentence = text("selftest.nothing", only=wanted, known=known)
            raise UnknownDevice(f"{sentence} ({hint})" if hint else sentence)
    return [each for each in devices if not only or each.id in only or f"{each.id}/{each.device}" in only]
