"""The link over MQTT 5. This room is the only one that knows paho.

Every connection is a new paho client (``connection.py``), so that nothing of the last one survives in paho's memory: it
would send an unacknowledged command again seconds later, to a hall that has moved on. The client runs in a thread of
ours: an exception in there ends one connection, not the link (paho alone would go on as if connected, without a network
thread).

Liveness is a round trip: ``alive`` publishes a number on ``i/{instance}/ping``, which this instance alone may write and
read, and wants it back. A dead thread, a broker that takes and never gives, a half-open connection: all show as a
number that does not return, and the daemon stops feeding systemd's watchdog.
"""

import logging
import random
import threading
import time
from typing import Final

from firmware_py.link import (
    Form,
    Lifecycle,
    Link,
    LinkDown,
    LinkUp,
    Put,
    Role,
    Status,
    check_pattern,
    encode,
    may_write,
)
from sync.mqtt.connection import Connection
from sync.mqtt.terms import Certificates, Terms

__all__ = ["KEEPALIVE_S", "Certificates", "MqttLink"]

log = logging.getLogger(__name__)

KEEPALIVE_S: Final = 15
"""The broker tells the last will after 1.5 times this."""

_STEADY_S: Final = 10.0
"""A connection that lasted this long was a good one: the next retry is quick again."""

_FAREWELL_S: Final = 1.0


class MqttLink(Link):
    """An instance's end of the hall bus at an MQTT 5 broker.

    Args:
        host, port: the broker.
        instance: also the client id and, unless ``username`` says otherwise, the user name.
        boot: this life's id, in the status and the last will.
        certificates: mutual TLS; the broker takes the user name from the certificate.
        retry_s: shortest and longest wait between attempts; doubled each time, then jittered down to a half.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        instance: str,
        role: Role,
        hall: str,
        boot: str,
        username: str = "",
        password: str = "",
        certificates: Certificates | None = None,
        keepalive_s: int = KEEPALIVE_S,
        retry_s: tuple[float, float] = (0.2, 4.0),
    ) -> None:
        super().__init__(hall, instance, role, boot)
        ping = self.topics.ping(instance)
        self._terms = Terms(
            host=host,
            port=port,
            instance=instance,
            username=username or instance,
            password=password,
            certificates=certificates,
            keepalive_s=keepalive_s,
            status_topic=self.topics.status(instance) if self._has_status else "",
            answer_topic=self.topics.answer(instance),
            ping_topic=ping if may_write(self.member, ping) else "",
        )
        self._retry_s = retry_s
        self._lock = threading.Lock()
        self._patterns: list[str] = []
        self._put: Put | None = None
        self._current: Connection | None = None
        self._live: Connection | None = None
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None

    def open(self, put: Put) -> None:
        self._put = put
        self._thread = threading.Thread(target=self._run, name=f"link-{self.instance}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        thread, self._thread = self._thread, None
        if thread is None:
            return
        with self._lock:
            self._closing.set()
            connection, live = self._current, self._live
            self._live = None
        if live:
            self._status = Status(Lifecycle.DISCONNECTED, self._status.boot)
            live.farewell(encode(self._status), _FAREWELL_S)
        elif connection:
            connection.abandon("closed")
        thread.join(_FAREWELL_S)
        self._put = None

    def subscribe(self, pattern: str) -> None:
        check_pattern(pattern)
        with self._lock:
            self._patterns.append(pattern)
            live = self._live
        if live:
            live.subscribe([pattern])

    def alive(self, now_ms: int) -> bool:
        live, thread = self._live, self._thread
        if live is None:
            return thread is None or thread.is_alive()
        return live.alive(now_ms)

    # --- what a connection asks and tells, in the network thread ------------------------------------------------------

    def subscriptions(self) -> list[str]:
        with self._lock:
            return list(self._patterns)

    def status(self) -> bytes:
        return encode(self._status)

    def came_up(self, subscribed: int) -> None:
        with self._lock:
            if self._closing.is_set():
                return
            late = self._patterns[subscribed:]
            live = self._live = self._current
        log.info("link %s: up", self.instance)
        self.hear(LinkUp())
        if late and live:
            live.subscribe(late)

    def hear(self, item: object) -> None:
        put = self._put
        if put is None:
            return
        try:
            put(item)
        except Exception:  # the network goes on, whatever an inbox does
            log.exception("link %s: its inbox refused %s", self.instance, type(item).__name__)

    def _hand_over(self, topic: str, form: Form, payload: bytes, correlation: str) -> bool:
        live = self._live
        return live is not None and live.publish(topic, form, payload, correlation)

    def _run(self) -> None:
        told, failures = False, 0
        while not self._closing.is_set():
            begun = time.monotonic()
            was_up, reason = self._one_life()
            if self._closing.is_set():
                return
            if was_up or not told:
                told = True
                log.warning("link %s: down, retrying: %s", self.instance, reason)
                self.hear(LinkDown(reason))
            steady = was_up and time.monotonic() - begun > _STEADY_S
            failures = 0 if steady else failures + 1
            shortest, longest = self._retry_s
            self._closing.wait(min(longest, shortest * 2 ** min(failures, 16)) * random.uniform(0.5, 1.0))

    def _one_life(self) -> tuple[bool, str]:
        """Connect and carry until it ends; whether the link was up, and why it is not any more."""
        try:
            connection = Connection(self._terms, self, self._will())
        except (OSError, ValueError) as error:  # the operating system's error names no file
            return False, f"{self._terms.certificates} cannot be used: {error}"
        with self._lock:
            self._current = connection
            if self._closing.is_set():
                return False, "closed"
        reason = connection.live()
        with self._lock:
            self._current = self._live = None
        return connection.was_up, reason
