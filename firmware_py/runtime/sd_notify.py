"""A daemon's words to systemd: ready, alive, what it is doing, stopping (sd_notify(3)); silence anywhere else."""

import logging
import os
import socket
from collections.abc import Mapping
from typing import Final

log = logging.getLogger(__name__)

_SEND_TIMEOUT_S: Final = 1.0
"""A service manager that does not read for this long must not hold up the hall."""


class Notifier:
    """One daemon's line to its service manager; without an address it does nothing.

    ``watchdog_ms`` is how often ``watchdog`` must be called: half of what systemd waits (sd_watchdog_enabled(3)); None
    when it does not watch this process.
    """

    def __init__(self, address: str = "", watchdog_ms: int | None = None) -> None:
        self.watchdog_ms = watchdog_ms
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._deaf = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Notifier":
        """What ``NOTIFY_SOCKET``, ``WATCHDOG_USEC`` and ``WATCHDOG_PID`` say; off systemd one that does nothing."""
        address = environ.get("NOTIFY_SOCKET", "")
        if address and address[0] not in "/@":
            log.warning("NOTIFY_SOCKET: found %r; allowed: a path, or @ and an abstract name", address)
            address = ""
        return cls(address, _watchdog_ms(environ) if address else None)

    def ready(self, status: str = "") -> None:
        """Everything is open; the hall may count on this daemon."""
        self._send("READY=1", *_status(status))

    def status(self, text: str) -> None:
        """One line for ``systemctl status``."""
        self._send(*_status(text))

    def watchdog(self) -> None:
        """Alive: called by the thread that does the work, after it did some."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """About to close everything."""
        self._send("STOPPING=1")

    def _send(self, *lines: str) -> None:
        if not self._address or not lines:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
                wire.settimeout(_SEND_TIMEOUT_S)
                wire.sendto("\n".join(lines).encode(), self._address)
        except OSError as error:
            if not self._deaf:
                log.warning("systemd does not hear us on %s: %s", self._address.replace("\0", "@"), error)
            self._deaf = True
        else:
            self._deaf = False


def _status(text: str) -> tuple[str, ...]:
    """A line feed in a status would be an assignment of its own."""
    return (f"STATUS={' '.join(text.split())}",) if text else ()


def _watchdog_ms(environ: Mapping[str, str]) -> int | None:
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    usec = environ.get("WATCHDOG_USEC", "")
    if not usec.isascii() or not usec.isdecimal() or int(usec) == 0:
        return None
    return max(1, int(usec) // 2000)
