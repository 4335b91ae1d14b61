"""Slips for those who were transferred (R-KIOSK-12): one for each transfer the hall tells of, none for old ones."""

from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from firmware_py.core.views import HallView
from firmware_py.link import Malformed, decode
from firmware_py.link.payloads import PublicEvent
from kiosk.effects import PrintTransfer

LATE_MS = 60_000
"""Whoever was transferred longer ago has found the way, or asked."""


class Transfers:
    """Events are not retained, so that a kiosk that starts hears of none before; but the bus may say one twice."""

    def __init__(self) -> None:
        self._done: deque[str] = deque(maxlen=256)

    def heard(self, payload: bytes, hall: HallView | None, local: Callable[[int], int]) -> Iterator[PrintTransfer]:
        """The slip of an ``event/transferred``.

        Raises:
            Malformed: it is none.
        """
        told = decode(payload, PublicEvent)
        try:
            event = msgspec.json.decode(told.data, type=_Public)
        except msgspec.MsgspecError as error:
            raise Malformed(f"not the data of a transfer: {error}") from error
        if told.id in self._done:
            return
        self._done.append(told.id)
        if hall is None or event.at < hall.at - LATE_MS:
            return
        yield PrintTransfer(event.ticket, event.service, event.target, local(event.at))


class _Public(msgspec.Struct, frozen=True):
    """The part of ``Transferred`` a slip is made of."""

    at: int
    ticket: str
    service: str
    target: int = 0
