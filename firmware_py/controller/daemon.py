"""The controller as a daemon: settings, journal, inbox, loop; closed in reverse."""

from pathlib import Path

from firmware_py.controller.brain import Brain, Reply
from firmware_py.controller.memory import Memory
from firmware_py.controller.publishing import Publish
from firmware_py.controller.secret import read_secret
from firmware_py.runtime.calendar_table import completed
from firmware_py.runtime.device_file import ControllerInstance
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.site import Site


def build(settings: ControllerInstance, site: Site) -> Loop:
    """The hall's brain, ready to ``run``."""
    secret = read_secret(Path(settings.secret_file) if settings.secret_file else site.state / "secret")
    topics = site.link.topics
    memory = Memory(site.state / "journal.db", boot=site.boot, secret=secret)
    brain = Brain(completed(site.plan), memory, site.clock, secret=secret, topics=topics)

    def perform(effect: object) -> None:
        match effect:
            case Publish(topic, payload):
                site.link.publish(topic, payload)
            case Reply(instance, answer):
                site.link.answer(instance, answer)
            case SetStatus(lifecycle):
                site.link.set_status(lifecycle)

    everybody = "+"
    patterns = [topics.command(everybody), topics.log(everybody), topics.status(everybody)]
    return site.loop(brain, perform, resources=[brain], patterns=patterns)
