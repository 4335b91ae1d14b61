"""The hall bus: what an instance may do on it, and what it hears from it.

Two implementations obey one contract suite: ``firmware_py.link.local`` (in-process) and ``sync.mqtt`` (MQTT 5).

What the contract promises:
- Topics and payloads are absolute topics (``Topics``) and encoded bytes. The table decides QoS, retain and expiry.
- Nothing is queued for later. What is published while the link is down, or unsent when it goes down, is gone; facts
  that must arrive travel as acknowledged streams (``sync.stream``), states are published anew on every ``LinkUp``.
- Delivery is in order per writer and at least once while the link is up; a repeat is possible, a reader dedupes.
- A publish that the broker refuses comes back as ``Refused`` (at QoS 0 it is just gone). A subscription is always
  granted; what its instance may not read is not delivered.
- ``LinkUp`` comes before anything received over that connection, when every subscription made so far is in force.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final

import msgspec

from firmware_py.core.commands import Answer, Request
from firmware_py.link.payloads import MAX_PAYLOAD, Health, Info, Lifecycle, Malformed, Status, decode, encode
from firmware_py.link.rights import Member, acl, may_read, may_write
from firmware_py.link.table import CONTROLLER, FORMS, Form, Kind, Role
from firmware_py.link.topics import Address, Topics, check_pattern, matches, parse

Put = Callable[[object], None]
"""The ``put`` of the owning daemon's inbox: thread-safe, never blocks."""

NOT_AUTHORIZED: Final = "Not authorized"
"""The reason of a ``Refused`` for want of rights, in MQTT 5's words."""


class Received(msgspec.Struct, frozen=True):
    """A message. ``retained`` = it was kept by the broker, not written just now; an empty payload clears a topic."""

    topic: str
    payload: bytes
    retained: bool = False


class LinkUp(msgspec.Struct, frozen=True):
    """Connected: publish every retained topic anew, a broker may have forgotten them."""


class LinkDown(msgspec.Struct, frozen=True):
    """Not connected any more, or not at first; told once until the next ``LinkUp``. The link retries by itself."""

    reason: str


class Refused(msgspec.Struct, frozen=True):
    """The broker took a publish and threw it away."""

    topic: str
    reason: str


class Link(ABC):
    """One instance's end of the bus. All methods are thread-safe and none waits for the network but ``close``."""

    def __init__(self, hall: str, instance: str, role: Role, boot: str) -> None:
        self.topics: Final = Topics(hall)
        self.member: Final = Member(instance, role, hall)
        self._status = Status(Lifecycle.INIT, boot)
        self._has_status = may_write(self.member, self.topics.status(instance))

    @property
    def instance(self) -> str:
        """Whose link this is: its name in topics, and its user name at the broker."""
        return self.member.instance

    @abstractmethod
    def open(self, put: Put) -> None:
        """Begin to connect, and keep trying for ever; everything heard goes to ``put``. Returns at once."""

    @abstractmethod
    def close(self) -> None:
        """Say goodbye (status ``disconnected``) and let go. At most two seconds. Harmless when repeated."""

    @abstractmethod
    def subscribe(self, pattern: str) -> None:
        """Ask for the topics that match, now and after every reconnect.

        Raises:
            ValueError: MQTT allows no such pattern.
        """

    @abstractmethod
    def alive(self, now_ms: int) -> bool:
        """Whether the link works or is known to be down; False = it looks up, yet nothing comes back.

        Asked every few seconds before systemd's watchdog is fed; ``now_ms`` is monotonic.
        """

    def publish(self, topic: str, payload: bytes) -> bool:
        """Hand a message to the broker in its topic's form; False = the link is down and the message is gone.

        True proves nothing about its readers. An empty payload clears a retained topic.

        Raises:
            ValueError: no such topic in the table.
        """
        return self._publish(topic, payload, "")

    def send(self, request: Request) -> bool:
        """Ask the controller; the answer arrives on ``topics.answer(instance)``. False as in ``publish``."""
        return self._publish(self.topics.command(self.instance), encode(request), request.cmd_id)

    def answer(self, instance: str, answer: Answer) -> bool:
        """Answer an instance's request; the controller's part. False as in ``publish``."""
        return self._publish(self.topics.answer(instance), encode(answer), answer.cmd_id)

    def set_status(self, state: Lifecycle) -> None:
        """Tell the hall where this instance is in its life, now and after every reconnect. A viewer has no status."""
        self._status = Status(state, self._status.boot)
        self._tell_status()

    def _tell_status(self) -> None:
        if self._has_status:
            self._publish(self.topics.status(self.instance), encode(self._status), "")

    def _will(self) -> bytes:
        """What the broker publishes as this instance's status when it is gone without a goodbye."""
        return encode(Status(Lifecycle.LOST, self._status.boot))

    def _publish(self, topic: str, payload: bytes, correlation: str) -> bool:
        address = parse(topic)
        if address is None:
            raise ValueError(f"{topic!r} is no topic of the hall bus; the table is in firmware_py/link/table.py")
        if len(payload) > MAX_PAYLOAD:
            self.hear(Refused(topic, f"{len(payload)} bytes; at most {MAX_PAYLOAD} travel"))
            return False
        return self._hand_over(topic, FORMS[address.kind], payload, correlation)

    @abstractmethod
    def _hand_over(self, topic: str, form: Form, payload: bytes, correlation: str) -> bool:
        """Put one message on the wire; ``correlation`` "" = none. False = the link is down."""

    @abstractmethod
    def hear(self, item: object) -> None:
        """Leave an item in the owner's inbox, whatever that inbox does."""


__all__ = [
    "CONTROLLER",
    "FORMS",
    "MAX_PAYLOAD",
    "NOT_AUTHORIZED",
    "Address",
    "Form",
    "Health",
    "Info",
    "Kind",
    "Lifecycle",
    "Link",
    "LinkDown",
    "LinkUp",
    "Malformed",
    "Member",
    "Put",
    "Received",
    "Refused",
    "Role",
    "Status",
    "Topics",
    "acl",
    "check_pattern",
    "decode",
    "encode",
    "matches",
    "may_read",
    "may_write",
    "parse",
]
