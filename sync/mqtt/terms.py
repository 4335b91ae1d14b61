"""What a connection needs to know before it is made, and whom it talks to."""

from typing import Protocol

import msgspec


class Certificates(msgspec.Struct, frozen=True):
    """Paths of the PEM files that identify the instance to the broker, and the broker to it."""

    ca: str
    certificate: str
    key: str


class Terms(msgspec.Struct, frozen=True):
    """How to connect, and the topics the connection itself needs ("" = the instance has none)."""

    host: str
    port: int
    instance: str
    username: str
    password: str
    certificates: Certificates | None
    keepalive_s: int
    status_topic: str
    answer_topic: str
    ping_topic: str


class Owner(Protocol):
    """What the connection asks of its link, and tells it."""

    def subscriptions(self) -> list[str]:
        """Every pattern asked for so far."""
        ...

    def status(self) -> bytes:
        """The status to tell on connecting."""
        ...

    def came_up(self, subscribed: int) -> None:
        """The connection carries, and the first ``subscribed`` patterns are in force."""
        ...

    def hear(self, item: object) -> None:
        """Something for the inbox."""
        ...
