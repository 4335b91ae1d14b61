"""One life of a connection to an MQTT 5 broker, from the first SYN to whatever ends it.

paho's callbacks run in the thread that called ``live``; they only put (ecosystem.md 2 has paho's pitfalls, measured).
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any, Final

from paho.mqtt.client import Client, ConnectFlags, DisconnectFlags, MQTTMessage, MQTTv5, error_string
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from firmware_py.link import FORMS, Form, Kind, Received, Refused, decode, encode
from firmware_py.link.payloads import Ping
from sync.mqtt.terms import Owner, Terms

log = logging.getLogger(__name__)

MAX_UNACKED: Final = 1000
"""Publishes without a PUBACK: a controller republishes a few hundred topics at once, more means a stuck broker."""

PING_EVERY_MS: Final = 5_000
PING_LOST_MS: Final = 10_000

_LOOP_S: Final = 1.0
_OK: Final = MQTTErrorCode.MQTT_ERR_SUCCESS


class Connection:
    """See the module. ``was_up`` turns true when the broker has granted the first subscriptions, and stays."""

    def __init__(self, terms: Terms, owner: Owner, will: bytes) -> None:
        """Prepare it.

        Raises:
            OSError, ValueError: the certificates cannot be used.
        """
        self.was_up = False
        self._terms = terms
        self._owner = owner
        self._reason = ""
        self._abandoned = self._welcome = False
        self._subscribed = self._first_suback = 0
        self._early: list[Received] = []
        self._mids = threading.Lock()
        self._topic_of: dict[int, str] = {}
        self._acked_early: dict[int, str] = {}
        self._pinged = self._answered = self._pinged_at = 0
        self._client = self._make_client(will)

    def live(self) -> str:
        """Connect and carry until it ends; says why it did. Raises nothing."""
        client, terms = self._client, self._terms
        session = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        session.SessionExpiryInterval = 0
        rc = _OK
        try:
            client.connect(terms.host, terms.port, terms.keepalive_s, clean_start=True, properties=session)
            while rc == _OK and not self._abandoned:
                rc = client.loop(_LOOP_S)
        except OSError as error:
            self._reason = self._reason or f"{terms.host}:{terms.port}: {error}"
        except Exception as error:  # paho gives up on some packets with a bare exception: a new connection helps
            log.exception("link %s: the connection broke", terms.instance)
            self._reason = self._reason or f"{type(error).__name__}: {error}"
        finally:
            if sock := client.socket():
                sock.close()
            # client and connection hold each other; apart, they free their sockets at once
            client.on_connect = client.on_subscribe = client.on_message = None
            client.on_publish = client.on_disconnect = client.on_socket_open = None
        return self._reason or error_string(rc)

    def abandon(self, reason: str) -> None:
        """End it from another thread, without a goodbye: the broker tells the last will."""
        self._reason = self._reason or reason
        self._abandoned = True
        sock = self._client.socket()
        if isinstance(sock, socket.socket):
            with contextlib.suppress(OSError):  # it may have ended by itself
                sock.shutdown(socket.SHUT_RDWR)

    def farewell(self, status: bytes, patience_s: float) -> None:
        """Say goodbye. A goodbye that the broker does not confirm in time is none: it tells the last will then."""
        if self._terms.status_topic:
            info = self._client.publish(self._terms.status_topic, status, qos=1, retain=True)
            try:
                info.wait_for_publish(patience_s)
                confirmed = info.is_published()
            except (RuntimeError, ValueError):  # its words for "not connected" and "queue full"
                confirmed = False
            if not confirmed:
                self.abandon("closed without the broker's confirmation")
                return
        self._client.disconnect()

    def subscribe(self, patterns: list[str]) -> int:
        """Ask the broker; answers the packet's id."""
        _, mid = self._client.subscribe([(pattern, SubscribeOptions(qos=1)) for pattern in patterns])
        return mid or 0

    def publish(self, topic: str, form: Form, payload: bytes, correlation: str) -> bool:
        """Hand over to paho; False = it did not take it."""
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.ContentType = form.content_type
        if form.expiry_s:
            properties.MessageExpiryInterval = form.expiry_s
        if correlation:
            properties.CorrelationData = correlation.encode()
        if form.kind is Kind.COMMAND:
            properties.ResponseTopic = self._terms.answer_topic
        info = self._client.publish(topic, payload, form.qos, form.retained, properties)
        if info.rc == MQTTErrorCode.MQTT_ERR_QUEUE_SIZE:
            # dropping one state would leave a sign stale for hours; a new connection republishes them all
            self.abandon(f"the broker has not confirmed {MAX_UNACKED} messages")
        if info.rc != _OK:
            return False
        # paho may call on_publish before publish returns, and calls it under a lock that publish takes: so no lock
        # of ours is held around either call, and whoever comes second finds what the first left
        with self._mids:
            refusal = self._acked_early.pop(info.mid, None)
            if refusal is None:
                self._topic_of[info.mid] = topic
        if refusal:
            self._owner.hear(Refused(topic, refusal))
        return True

    def alive(self, now_ms: int) -> bool:
        """See ``Link.alive``. Sends the next ping when the last one is back."""
        if not self._terms.ping_topic:
            return True
        back = self._answered == self._pinged
        if back and (not self._pinged or now_ms - self._pinged_at >= PING_EVERY_MS):
            self._pinged, self._pinged_at = self._pinged + 1, now_ms
            self.publish(self._terms.ping_topic, FORMS[Kind.PING], encode(Ping(self._pinged)), "")
            return True
        return back or now_ms - self._pinged_at < PING_LOST_MS

    # --- paho's callbacks ---------------------------------------------------------------------------------------------

    def _make_client(self, will: bytes) -> Client:
        terms = self._terms
        client = Client(
            CallbackAPIVersion.VERSION2, client_id=terms.instance, protocol=MQTTv5, reconnect_on_failure=False
        )
        client.username_pw_set(terms.username, terms.password)
        if files := terms.certificates:
            client.tls_set(files.ca, files.certificate, files.key)
        client.max_queued_messages_set(MAX_UNACKED)
        if terms.status_topic:
            client.will_set(terms.status_topic, will, qos=1, retain=True)
        client.on_connect = self._guarded(self._on_connect)
        client.on_subscribe = self._guarded(self._on_subscribe)
        client.on_message = self._guarded(self._on_message)
        client.on_publish = self._guarded(self._on_publish)
        client.on_disconnect = self._guarded(self._on_disconnect)
        client.on_socket_open = self._guarded(self._on_socket_open)
        # with a writer registered, publish in the owner's thread only queues and wakes loop(); else it would write to
        # the socket beside the network thread
        client.on_socket_register_write = lambda *_: None
        return client

    def _guarded(self, callback: Callable[..., None]) -> Callable[..., None]:
        def run(*args: Any) -> None:
            try:
                callback(*args)
            except Exception:  # it would end the connection: one message is lost instead
                log.exception("link %s: %s failed", self._terms.instance, callback.__name__)

        return run

    def _on_socket_open(self, _client: Client, _data: object, sock: object) -> None:
        if isinstance(sock, socket.socket):  # Nagle costs 40 ms a round trip, and paho leaves it on
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _on_connect(
        self, _client: Client, _data: object, _flags: ConnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if code.is_failure:
            self._reason = f"the broker refused the connection: {code}"
            return
        self._welcome = True
        if self._terms.status_topic:
            self.publish(self._terms.status_topic, FORMS[Kind.STATUS], self._owner.status(), "")
        patterns = self._owner.subscriptions()
        self._subscribed = len(patterns)
        if self._terms.ping_topic:
            patterns.append(self._terms.ping_topic)
        if patterns:
            self._first_suback = self.subscribe(patterns)
        else:
            self._up()

    def _on_subscribe(
        self, _client: Client, _data: object, mid: int, codes: list[ReasonCode], _properties: Properties | None
    ) -> None:
        for code in codes:
            if code.is_failure:
                log.error("link %s: the broker refused a subscription: %s", self._terms.instance, code)
        if mid == self._first_suback and not self.was_up:
            self._up()

    def _up(self) -> None:
        self.was_up = True
        self._owner.came_up(self._subscribed)
        for message in self._early:
            self._owner.hear(message)
        self._early.clear()

    def _on_message(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        topic = message.topic
        if topic == self._terms.ping_topic:
            self._answered = decode(bytes(message.payload), Ping).number
            return
        received = Received(topic, bytes(message.payload), message.retain)
        if self.was_up:
            self._owner.hear(received)
        else:  # a retained message may overtake the SUBACK
            self._early.append(received)

    def _on_publish(self, _client: Client, _data: object, mid: int, code: ReasonCode, _properties: Properties) -> None:
        refusal = str(code) if code.is_failure else ""
        with self._mids:
            topic = self._topic_of.pop(mid, None)
            if topic is None:
                self._acked_early[mid] = refusal
        if topic is not None and refusal:
            self._owner.hear(Refused(topic, refusal))

    def _on_disconnect(
        self, _client: Client, _data: object, flags: DisconnectFlags, code: ReasonCode, _properties: Properties | None
    ) -> None:
        if flags.is_disconnect_packet_from_server:
            self._reason = f"the broker said: {code}"
        elif not self._welcome:
            self._reason = self._reason or "the broker hung up without an answer: does it accept our certificate?"
        else:  # paho calls every loss an unspecified error
            self._reason = self._reason or ("no answer in time" if code == "Keep alive timeout" else "connection lost")
