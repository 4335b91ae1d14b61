"""``hall-sync``: carries the hall's journal to the centre, in order and once, for as long as it takes (R-SYNC-01).

It only reads the controller's journal file and keeps nothing of its own: the centre's watermark says where to go on.
Centre or network gone for days is its normal state; the hall does not notice.
"""

import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from firmware_py.errors import JournalError
from firmware_py.journal.reader import JournalReader
from firmware_py.link import Lifecycle, LinkDown, LinkUp, Malformed, Received, Role
from firmware_py.runtime.device_file import UplinkInstance
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.launching import launch
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.on_link import OnLink
from firmware_py.runtime.site import Site
from sync.mqtt.connecting import connect
from sync.stream.sender import Sending, StreamSender
from sync.stream.wire import decode_ack

log = logging.getLogger(__name__)

LOOK_MS = 1000
"""How often the journal is looked at when no event says that it grew."""


class FromCentre(msgspec.Struct, frozen=True):
    """Something heard on the centre's link, as against the hall's."""

    item: object


class SendBatch(msgspec.Struct, frozen=True):
    """Effect: put this batch on the hall's log topic at the centre."""

    payload: bytes


class Uplink:
    """The logic: a reader of the hall's journal with a stream behind it."""

    def __init__(self, journal: Path) -> None:
        self._path = journal
        self._reader: JournalReader | None = None
        self._sender: StreamSender | None = None
        self._up = False
        self._next_look: int | None = None
        self._complained = ""

    def open(self) -> None:
        """Nothing yet: the controller may not have made its journal."""

    def close(self) -> None:
        """Let go of the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case FromCentre(LinkUp()):
                self._up = True
                if self._sender is not None:
                    yield from _sending(self._sender.on_link_up(now))
            case FromCentre(LinkDown(reason)):
                self._up = False
                log.warning("the centre is not reached (%s); the hall goes on and nothing is lost", reason)
                if self._sender is not None:
                    self._sender.on_link_down()
            case FromCentre(Received(topic, payload)) if payload:
                yield from self._acked(topic, payload, now)
            case LinkUp():
                yield SetStatus(Lifecycle.READY)
            case _:
                pass
        yield from self._look(now)

    def due(self) -> int | None:
        """The next look, or the stream's timer."""
        moments = [self._next_look or 0, self._sender.due() if self._sender is not None else None]
        return min(moment for moment in moments if moment is not None)

    def _look(self, now: int) -> Iterator[object]:
        self._next_look = now + LOOK_MS
        try:
            if self._reader is not None and self._reader.superseded:
                self.close()
                self._sender = None
            if self._reader is None:
                self._reader = JournalReader.open(self._path)
            if self._sender is None:
                self._sender = StreamSender(self._reader)
                if self._up:
                    yield from _sending(self._sender.on_link_up(now))
            yield from _sending(self._sender.on_timer(now))
            yield from _sending(self._sender.on_appended(now))
            self._complained = ""
        except JournalError as error:
            if str(error) != self._complained:
                self._complained = str(error)
                log.warning("%s; trying again", error)
            self.close()
            self._sender = None

    def _acked(self, topic: str, payload: bytes, now: int) -> Iterator[object]:
        if self._sender is None:
            return
        try:
            ack = decode_ack(payload)
        except Malformed as error:
            log.warning("%s: %s", topic, error)
            return
        yield from _sending(self._sender.on_ack(ack, now))


def _sending(sending: Sending) -> Iterator[SendBatch]:
    for alarm in sending.alarms:
        log.error("the stream to the centre: %s: %s", alarm.kind.value, alarm.detail)
    for payload in sending.payloads:
        yield SendBatch(payload)


def build(settings: UplinkInstance, site: Site) -> Loop:
    """The daemon, ready to ``run``: one inbox, the hall's link to be seen on, the centre's to send on."""
    centre = connect(settings.centre, settings.id, Role.UPLINK, site.plan.id, site.boot)

    def perform(effect: object) -> None:
        match effect:
            case SendBatch(payload):
                centre.publish(centre.topics.hall_log, payload)
            case SetStatus(lifecycle):
                site.link.set_status(lifecycle)
                centre.set_status(lifecycle)

    uplink = Uplink(Path(settings.journal))
    city = OnLink(centre, lambda item: site.put(FromCentre(item)), [centre.topics.hall_ack])
    return site.loop(uplink, perform, resources=[uplink, city], patterns=[site.link.topics.event("+")])


def main() -> int:
    """Run it."""
    return launch("hall-sync", UplinkInstance, Role.UPLINK, connect, build)


if __name__ == "__main__":
    sys.exit(main())
