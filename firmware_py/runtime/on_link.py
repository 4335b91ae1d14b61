"""A daemon's place on the hall bus as a resource of its loop: subscribed, opened, closed."""

from collections.abc import Sequence

from firmware_py.link import Link, Put


class OnLink:
    """Opens ``link`` into the inbox behind ``put`` with these subscriptions."""

    def __init__(self, link: Link, put: Put, patterns: Sequence[str]) -> None:
        self._link = link
        self._put = put
        self._patterns = patterns

    def open(self) -> None:
        """Ask for the topics and begin to connect; returns at once."""
        for pattern in self._patterns:
            self._link.subscribe(pattern)
        self._link.open(self._put)

    def close(self) -> None:
        """Say goodbye."""
        self._link.close()
