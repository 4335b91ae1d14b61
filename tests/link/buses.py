"""The two buses under test behind one face: whoever obeys the contract obeys it on both."""

from abc import ABC, abstractmethod
from pathlib import Path

import pytest

from firmware_py.link import Link, Member, Role, Topics
from firmware_py.link.local import LocalBus
from sync.broker import Broker, find_mosquitto
from sync.mqtt import MqttLink
from tests.link.cable import Cable
from tests.link.inbox import Inbox

HALL = "h12"
MEMBERS = {
    "brain": Role.CONTROLLER,
    "kiosk1": Role.KIOSK,
    "kiosk2": Role.KIOSK,
    "desk1": Role.DESK,
    "board": Role.HALL,
    "eval1": Role.EVALUATOR,
    "eval2": Role.EVALUATOR,
    "phone1": Role.PHONE,
    "uplink": Role.UPLINK,
    "panel": Role.VIEWER,
    "centre": Role.CENTRE,
}


def member(instance: str) -> Member:
    """The instance as its broker knows it; the centre's own topics stand below a hall named for itself."""
    role = MEMBERS[instance]
    return Member(instance, role, "centre" if role is Role.CENTRE else HALL)


class End:
    """An instance on the bus, and what it heard."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.inbox = Inbox()


class Bus(ABC):
    """A bus with the hall's members on it."""

    topics = Topics(HALL)

    def __init__(self) -> None:
        self._ends: list[End] = []

    def join(self, instance: str, *patterns: str, boot: str = "b1", wait: bool = True) -> End:
        """Open the instance's link with these subscriptions and wait until it is up."""
        end = End(self.make(instance, boot))
        self._ends.append(end)
        for pattern in patterns:
            end.link.subscribe(pattern)
        end.link.open(end.inbox.put)
        if wait:
            end.inbox.up()
        return end

    def close(self) -> None:
        for end in self._ends:
            end.link.close()

    @abstractmethod
    def make(self, instance: str, boot: str) -> Link:
        """The instance's link, not yet open; the caller closes it."""

    @abstractmethod
    def stop(self) -> None:
        """The broker dies of kill -9."""

    @abstractmethod
    def start(self) -> None:
        """It is back."""

    @abstractmethod
    def pull(self, instance: str) -> None:
        """Pull the instance's network cable."""

    @abstractmethod
    def plug(self, instance: str) -> None:
        """Put it back."""


class InProcess(Bus):
    def __init__(self) -> None:
        super().__init__()
        self.bus = LocalBus(HALL)

    def make(self, instance: str, boot: str) -> Link:
        who = member(instance)
        return self.bus.connect(instance, who.role, boot=boot, hall=who.hall)

    def stop(self) -> None:
        self.bus.stop()

    def start(self) -> None:
        self.bus.start()

    def pull(self, instance: str) -> None:
        self.bus.cut(instance)

    def plug(self, instance: str) -> None:
        self.bus.mend(instance)


class Mosquitto(Bus):
    """A real mosquitto; every instance hangs on a cable of its own."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        if find_mosquitto() is None:
            pytest.skip("mosquitto is not installed")
        self.broker = Broker(directory, [member(instance) for instance in MEMBERS])
        self.broker.start()
        self.cables: dict[str, Cable] = {}

    def make(self, instance: str, boot: str) -> MqttLink:
        cable = self.cables.get(instance) or Cable(self.broker.host, self.broker.port)
        self.cables[instance] = cable
        who = member(instance)
        return MqttLink(
            "127.0.0.1",
            cable.port,
            instance=instance,
            role=who.role,
            hall=who.hall,
            boot=boot,
            password=self.broker.password(instance),
            retry_s=(0.02, 0.1),
        )

    def close(self) -> None:
        super().close()
        for cable in self.cables.values():
            cable.close()
        self.broker.kill()

    def stop(self) -> None:
        self.broker.kill()

    def start(self) -> None:
        self.broker.start()

    def pull(self, instance: str) -> None:
        self.cables[instance].pull()

    def plug(self, instance: str) -> None:
        self.cables[instance].plug()
