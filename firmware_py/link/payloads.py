"""What the bus itself carries besides commands, views and journals, and the one way from bytes to a struct and back."""

from enum import StrEnum
from typing import Final, TypeVar

import msgspec

from firmware_py.errors import HallError

T = TypeVar("T")

MAX_PAYLOAD: Final = 1024 * 1024
"""Bytes of the largest message; a batch ends at 64 KiB, a plan inside one event is the longest thing there is."""

_SAID_CHARS: Final = 200
"""A wrong tag is quoted in msgspec's message, and it may be as long as its sender likes."""

encode = msgspec.json.Encoder().encode
"""A struct as its wire bytes. Going through a struct is what checks the schema on sending (R-SYNC-02)."""


class Malformed(HallError):
    """Bytes from the bus are not what their topic promises; nothing was changed. Says where and what was found."""


class Lifecycle(StrEnum):
    """The life of an instance as its status tells it (after the Homie convention)."""

    INIT = "init"
    READY = "ready"
    DISCONNECTED = "disconnected"
    """It said goodbye."""
    LOST = "lost"
    """It did not: the broker published its last will."""


class Status(msgspec.Struct, frozen=True):
    """``i/{instance}/status``. ``boot`` tells a late will of an old life from the status of the present one."""

    state: Lifecycle
    boot: str


class Info(msgspec.Struct, frozen=True):
    """``i/{instance}/info``: what this instance is. ``devices`` are the wires it holds, e.g. ``printer:escpos``."""

    role: str
    version: str
    boot: str
    devices: tuple[str, ...] = ()


class Health(msgspec.Struct, frozen=True):
    """``i/{instance}/health``, every 60 s. ``unacked`` counts journal records the receiver does not hold yet and
    ``oldest_unacked_s`` the age of the oldest; ``clock_offset_ms`` is how far its wall clock is from the hall's;
    ``devices`` names each device with ``""`` when it works, else the reason."""

    boot: str
    uptime_s: int
    rss_kib: int = 0
    reconnects: int = 0
    unacked: int = 0
    oldest_unacked_s: int = 0
    clock_offset_ms: int = 0
    devices: dict[str, str] = {}


class Ping(msgspec.Struct, frozen=True):
    """``i/{instance}/ping``: the number that must come back."""

    number: int


class PublicEvent(msgspec.Struct, frozen=True):
    """``event/{type}``: CloudEvents 1.0 in structured JSON.

    ``id`` is ``{log}:{seq}``, ``source`` the hall's topic root, ``data`` the public part of the journalled event;
    ``(source, id)`` is the key by which a repeat is dropped.
    """

    id: str
    source: str
    type: str
    time: str
    data: msgspec.Raw
    specversion: str = "1.0"
    datacontenttype: str = "application/json"


def decode(payload: bytes, kind: type[T]) -> T:
    """Read bytes that anybody may have sent.

    Raises:
        Malformed: they are not a ``kind``; the message is one short line that says where.
    """
    if len(payload) > MAX_PAYLOAD:
        raise Malformed(f"{len(payload)} bytes; at most {MAX_PAYLOAD} are read")
    try:
        return msgspec.json.decode(payload, type=kind)
    # deep nesting and broken UTF-8 escape msgspec as their own kinds of error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"not a {getattr(kind, '__name__', kind)}: {str(error)[:_SAID_CHARS]}") from error
