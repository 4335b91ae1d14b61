"""A telephone line's watcher as a daemon: settings, journal, drivers, inbox, loop; closed in reverse."""

import queue
from collections.abc import Callable
from pathlib import Path

from drivers import Put
from drivers.phone.gpio_lines import GpioLines, LinePins
from evaluator.keeping import Keeping, SendBatch
from evaluator.phone import PhoneWatch
from firmware_py.core.plan import Plan
from firmware_py.link import Link
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.device_file import PhoneInstance
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.on_link import OnLink
from firmware_py.runtime.sd_notify import Notifier


def build(
    plan: Plan,
    settings: PhoneInstance,
    link: Link,
    state: Path,
    clock: Clock,
    notify: Notifier,
    boot: str,
    on_crash: Callable[[str, Exception], None] | None = None,
) -> Loop:
    """The daemon of one line, ready to ``run``; ``state`` holds its journal."""
    del plan
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()

    def lines(put: Put) -> GpioLines:
        pins = {settings.id: LinePins(settings.ring, settings.hook)}
        return GpioLines(pins, put, pull_up=settings.pull_up, factory=settings.factory)

    topics = link.topics
    watch = PhoneWatch([settings.id])
    keeping = Keeping(settings.id, state / "journal.db", boot, clock, topics, lambda _: watch)

    def perform(effect: object, now: int) -> None:
        del now
        match effect:
            case SendBatch(payload):
                link.publish(topics.log(settings.id), payload)
            case SetStatus(lifecycle):
                link.set_status(lifecycle)

    return Loop(
        settings.id,
        keeping,
        perform,
        clock=clock,
        notify=notify,
        inbox=inbox,
        resources=[
            keeping,
            InputPort(lines, inbox.put, name="lines", check_every_s=5.0, clock=clock),
            OnLink(link, inbox.put, [topics.ack(settings.id)]),
        ],
        alive=lambda: link.alive(clock.mono_ms()),
        on_crash=on_crash,
    )
