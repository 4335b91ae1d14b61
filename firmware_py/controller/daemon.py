"""The controller as a daemon: settings, journal, inbox, loop; closed in reverse."""

import queue
from collections.abc import Callable
from pathlib import Path

from firmware_py.controller.brain import Brain, Reply
from firmware_py.controller.memory import Memory
from firmware_py.controller.publishing import Publish
from firmware_py.controller.secret import read_secret
from firmware_py.core.plan import Plan
from firmware_py.link import Link
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.device_file import ControllerInstance
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.on_link import OnLink
from firmware_py.runtime.sd_notify import Notifier


def build(
    plan: Plan,
    settings: ControllerInstance,
    link: Link,
    state: Path,
    clock: Clock,
    notify: Notifier,
    boot: str,
    on_crash: Callable[[str, Exception], None] | None = None,
) -> Loop:
    """The hall's brain, ready to ``run``; ``state`` holds its journal and its secret."""
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    secret = read_secret(Path(settings.secret_file) if settings.secret_file else state / "secret")
    topics = link.topics
    memory = Memory(state / "journal.db", boot=boot, secret=secret)
    brain = Brain(plan, memory, clock, secret=secret, topics=topics)

    def perform(effect: object, now: int) -> None:
        del now
        match effect:
            case Publish(topic, payload):
                link.publish(topic, payload)
            case Reply(instance, answer):
                link.answer(instance, answer)
            case SetStatus(lifecycle):
                link.set_status(lifecycle)

    everybody = "+"
    patterns = [topics.command(everybody), topics.log(everybody), topics.status(everybody)]
    return Loop(
        settings.id,
        brain,
        perform,
        clock=clock,
        notify=notify,
        inbox=inbox,
        resources=[brain, OnLink(link, inbox.put, patterns)],
        alive=lambda: link.alive(clock.mono_ms()),
        on_crash=on_crash,
    )
