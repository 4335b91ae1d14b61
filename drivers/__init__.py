"""The hall's wires: printers, signs, voice, keypads, buttons and telephone lines, and nothing above them.

A driver speaks of bytes, edges and keys, never of tickets. An *input* driver owns a reader thread that only puts
readings into the owner's inbox; an *output* driver blocks for a bounded time and is called from a port thread
(``firmware_py.runtime.port``). A driver raises only ``DriverOffline`` (retry with back-off) or ``DriverFault``
(a person must act) once it is constructed. Every ``at`` is monotonic milliseconds of this machine.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable

Put = Callable[[object], None]
"""Where an input driver leaves its readings: the ``put`` of the owning daemon's inbox. Thread-safe, never blocks."""


def monotonic_ms() -> int:
    """Now, in monotonic milliseconds: the clock every reading is stamped with."""
    return time.monotonic_ns() // 1_000_000


class Driver(ABC):
    """One device at the end of one wire."""

    @abstractmethod
    def open(self) -> None:
        """Take hold of the wire.

        Raises:
            DriverOffline: the device is absent, owned by another process, or silent.
            DriverFault: the device answers and needs a person.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the wire. Never raises; may be called twice, and before ``open``."""

    def check(self) -> None:  # noqa: B027 - not every device can be asked
        """Ask the device how it is; a driver whose device cannot tell does nothing.

        Raises:
            DriverOffline: it no longer answers.
            DriverFault: it answers and needs a person.
        """
