"""A telephone line's watcher as a daemon: settings, journal, drivers, inbox, loop; closed in reverse."""

from collections.abc import Iterable
from functools import partial

from drivers import Put
from drivers.phone import Lines
from evaluator.callers import CallerNumbers
from evaluator.keeping import Keeping, SendBatch
from evaluator.phone import PhoneWatch
from firmware_py.runtime.device_file import PhoneInstance
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.site import Site
from firmware_py.runtime.wire_settings.phone import GpioLine, ModemLine

LINES_CHECK_S = 5.0


class WatchAndPurge:
    """The watch, and once a day the callers' numbers."""

    def __init__(self, watch: PhoneWatch, callers: CallerNumbers) -> None:
        self._watch = watch
        self._callers = callers

    def on(self, item: object, now: int) -> Iterable[object]:
        """The watch's effects."""
        self._callers.elapse(now)
        return self._watch.on(item, now)

    def due(self) -> int | None:
        """Whichever is first."""
        moments = (self._watch.due(), self._callers.due())
        return min((moment for moment in moments if moment is not None), default=None)


def build(settings: PhoneInstance, site: Site) -> Loop:
    """The daemon of one line, ready to ``run``."""
    topics = site.link.topics
    callers = CallerNumbers(site.state, site.clock)
    watch = PhoneWatch([settings.id], callers.hash_of, hook_seen=settings.line.hook_seen)
    logic = WatchAndPurge(watch, callers)
    keeping = Keeping(settings.id, site.state / "journal.db", site.boot, site.clock, topics, lambda _: logic)

    def perform(effect: object) -> None:
        match effect:
            case SendBatch(payload):
                site.link.publish(topics.log(settings.id), payload)
            case SetStatus(lifecycle):
                site.link.set_status(lifecycle)

    port = InputPort(
        partial(line_driver, settings), site.put, name="lines", check_every_s=LINES_CHECK_S, clock=site.clock
    )
    return site.loop(keeping, perform, resources=[callers, keeping, port], patterns=[topics.ack(settings.id)])


def line_driver(settings: PhoneInstance, put: Put) -> Lines:
    """The line's detectors or its modem, not yet open; for their port and for ``hall selftest``."""
    line = settings.line
    match line:  # each daemon imports the one driver it uses: gpiozero alone costs more than the rest of a modem's
        case GpioLine():
            from drivers.phone.gpio_lines import GpioLines, LinePins

            pins = {settings.id: LinePins(line.ring, line.hook, line.second, line.loop)}
            return GpioLines(pins, put, pull_up=line.pull_up, factory=line.factory)
        case ModemLine():
            from drivers.phone.modem import ModemLines

            return ModemLines(
                settings.id,
                line.port,
                put,
                baud=line.baud,
                init=line.init,
                country=line.country,
                hook=line.hook,
            )
