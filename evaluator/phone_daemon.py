"""A telephone line's watcher as a daemon: settings, journal, drivers, inbox, loop; closed in reverse."""

from collections.abc import Iterable

from drivers import Put
from drivers.phone.gpio_lines import GpioLines, LinePins
from evaluator.callers import CallerNumbers
from evaluator.keeping import Keeping, SendBatch
from evaluator.phone import PhoneWatch
from firmware_py.runtime.device_file import PhoneInstance
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.site import Site

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

    def lines(put: Put) -> GpioLines:
        pins = {settings.id: LinePins(settings.ring, settings.hook, settings.second, settings.loop)}
        return GpioLines(pins, put, pull_up=settings.pull_up, factory=settings.factory)

    topics = site.link.topics
    callers = CallerNumbers(site.state, site.clock)
    logic = WatchAndPurge(PhoneWatch([settings.id], callers.hash_of), callers)
    keeping = Keeping(settings.id, site.state / "journal.db", site.boot, site.clock, topics, lambda _: logic)

    def perform(effect: object) -> None:
        match effect:
            case SendBatch(payload):
                site.link.publish(topics.log(settings.id), payload)
            case SetStatus(lifecycle):
                site.link.set_status(lifecycle)

    port = InputPort(lines, site.put, name="lines", check_every_s=LINES_CHECK_S, clock=site.clock)
    return site.loop(keeping, perform, resources=[callers, keeping, port], patterns=[topics.ack(settings.id)])
