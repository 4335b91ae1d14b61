"""The hall bus inside one process, for the demo and for tests: encoded bytes, the same rights, and faults on demand."""

import logging
import random
import threading
from typing import Final

import msgspec

from firmware_py.link import (
    NOT_AUTHORIZED,
    Form,
    Lifecycle,
    Link,
    LinkDown,
    LinkUp,
    Put,
    Received,
    Refused,
    Role,
    Status,
    check_pattern,
    matches,
    may_read,
    may_write,
)

log = logging.getLogger(__name__)


class Faults(msgspec.Struct, frozen=True):
    """What goes wrong with deliveries on topics that match ``pattern``: three probabilities, drawn from ``seed``.

    A delayed delivery is held until ``LocalBus.release``, so that later ones overtake it.
    """

    drop: float = 0.0
    duplicate: float = 0.0
    delay: float = 0.0
    pattern: str = "#"
    seed: int = 0


class LocalBus:
    """A broker as a lock and a dictionary. It forgets everything when it stops, as mosquitto does on kill -9."""

    def __init__(self, hall: str = "hall") -> None:
        self.hall: Final = hall
        self._lock = threading.RLock()
        self._running = True
        self._open: dict[str, LocalLink] = {}
        self._cut: set[str] = set()
        self._retained: dict[str, bytes] = {}
        self._held: list[tuple[LocalLink, Received]] = []
        self._faults = Faults()
        self._chance = random.Random(0)

    def connect(self, instance: str, role: Role, *, boot: str = "boot", hall: str = "") -> "LocalLink":
        """A link for the instance; ``open`` it to begin. ``hall`` other than the bus's own is for the centre."""
        return LocalLink(self, hall or self.hall, instance, role, boot)

    def disturb(self, faults: Faults) -> None:
        """Let deliveries fail from now on; ``Faults()`` ends it. What is held stays held."""
        with self._lock:
            self._faults = faults
            self._chance = random.Random(faults.seed)

    def release(self) -> None:
        """Deliver what was delayed, in the order in which it was held."""
        with self._lock:
            held, self._held = self._held, []
            for link, message in held:
                if link.up:
                    link.hear(message)

    def stop(self) -> None:
        """The broker is gone: everybody is disconnected, what was retained or held is forgotten, no will is told."""
        with self._lock:
            self._running = False
            self._retained.clear()
            self._held.clear()
            for link in self._open.values():
                self._down(link, "the broker is gone")

    def start(self) -> None:
        """The broker is back, empty; every open link comes up again."""
        with self._lock:
            self._running = True
            for link in list(self._open.values()):
                self._try_up(link)

    def cut(self, instance: str) -> None:
        """Pull the instance's network cable: it hears ``LinkDown``, the others its last will."""
        with self._lock:
            self._cut.add(instance)
            link = self._open.get(instance)
            if link and link.up:
                self._lose(link, "the connection was cut")

    def mend(self, instance: str) -> None:
        """Plug the cable in again."""
        with self._lock:
            self._cut.discard(instance)
            if link := self._open.get(instance):
                self._try_up(link)

    def retained(self, topic: str) -> bytes | None:
        """What the broker holds on a topic now."""
        with self._lock:
            return self._retained.get(topic)

    # --- the links' side ----------------------------------------------------------------------------------------------

    def _enter(self, link: "LocalLink") -> None:
        with self._lock:
            before = self._open.get(link.instance)
            self._open[link.instance] = link
            if before and before.up:
                self._lose(before, "another connection of this instance took over")
            self._try_up(link)
            if not link.up:
                link.hear(LinkDown("the broker is not there"))

    def _leave(self, link: "LocalLink") -> None:
        with self._lock:
            if self._open.get(link.instance) is link:
                del self._open[link.instance]
            link.up = False
            self._held = [(reader, message) for reader, message in self._held if reader is not link]

    def _publish(self, link: "LocalLink", topic: str, form: Form, payload: bytes) -> bool:
        with self._lock:
            if not link.up:
                return False
            if may_write(link.member, topic):
                self._distribute(topic, form.retained, payload)
            elif form.qos:  # at QoS 0 no broker says what became of it
                link.hear(Refused(topic, NOT_AUTHORIZED))
            return True

    def _subscribe(self, link: "LocalLink", pattern: str) -> None:
        with self._lock:
            link.patterns.append(pattern)
            if link.up:
                self._tell_retained(link, pattern)

    def _try_up(self, link: "LocalLink") -> None:
        if not self._running or link.up or link.instance in self._cut:
            return
        link.up = True
        link.hear(LinkUp())
        link._tell_status()
        for pattern in link.patterns:
            self._tell_retained(link, pattern)

    def _lose(self, link: "LocalLink", reason: str) -> None:
        self._down(link, reason)
        if link._has_status:
            self._distribute(link.topics.status(link.instance), True, link._will())

    def _down(self, link: "LocalLink", reason: str) -> None:
        if link.up:
            link.up = False
            self._held = [(reader, message) for reader, message in self._held if reader is not link]
            link.hear(LinkDown(reason))

    def _distribute(self, topic: str, retained: bool, payload: bytes) -> None:
        if retained and payload:
            self._retained[topic] = payload
        elif retained:
            self._retained.pop(topic, None)
        for reader in tuple(self._open.values()):
            if reader.up and any(matches(pattern, topic) for pattern in reader.patterns):
                self._deliver(reader, Received(topic, payload))

    def _tell_retained(self, link: "LocalLink", pattern: str) -> None:
        for topic, payload in tuple(self._retained.items()):
            if matches(pattern, topic):
                self._deliver(link, Received(topic, payload, retained=True))

    def _deliver(self, reader: "LocalLink", message: Received) -> None:
        if not may_read(reader.member, message.topic):
            return
        faults, chance = self._faults, self._chance.random
        if not matches(faults.pattern, message.topic):
            reader.hear(message)
            return
        dropped, delayed, twice = chance() < faults.drop, chance() < faults.delay, chance() < faults.duplicate
        if dropped:
            return
        for _ in range(2 if twice else 1):
            if delayed:
                self._held.append((reader, message))
            else:
                reader.hear(message)


class LocalLink(Link):
    """An instance's end of a ``LocalBus``."""

    def __init__(self, bus: LocalBus, hall: str, instance: str, role: Role, boot: str) -> None:
        super().__init__(hall, instance, role, boot)
        self._bus = bus
        self._put: Put | None = None
        self.patterns: list[str] = []
        self.up = False
        """Whether the bus carries for this link now; the bus alone changes it."""

    def open(self, put: Put) -> None:
        self._put = put
        self._bus._enter(self)

    def close(self) -> None:
        if self._put is None:
            return
        self._status = Status(Lifecycle.DISCONNECTED, self._status.boot)
        self._tell_status()
        self._put = None
        self._bus._leave(self)

    def subscribe(self, pattern: str) -> None:
        check_pattern(pattern)
        self._bus._subscribe(self, pattern)

    def alive(self, now_ms: int) -> bool:  # noqa: ARG002 - the contract's
        """Always: the bus answers by returning."""
        return True

    def _hand_over(
        self,
        topic: str,
        form: Form,
        payload: bytes,
        correlation: str,  # noqa: ARG002 - it stands in the JSON too
    ) -> bool:
        return self._bus._publish(self, topic, form, payload)

    def hear(self, item: object) -> None:
        put = self._put
        if put is None:
            return
        try:
            put(item)
        except Exception:  # one owner's broken inbox must not fail another owner's publish
            log.exception("link %s: its inbox refused %s", self.instance, type(item).__name__)
