"""The far end of a code reader's wire: codes held before a lens, sent down a pty whose cable can be pulled."""

import contextlib
import os
import tty
from pathlib import Path


class VirtualReader:
    """One reader. A code that nobody reads is lost, as on a wire.

    Args:
        link: a stable name for the pty, made at ``open`` and at ``replug``, removed at ``unplug``.
    """

    def __init__(self, *, link: Path) -> None:
        self._link = link
        self._master = self._slave = -1

    def open(self) -> None:
        """Put the cable in.

        Raises:
            OSError: no pty, or the link cannot be made.
        """
        self.close()
        # The slave stays open here too: a pty without one tells its master of a hang-up that a real wire cannot see.
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        fresh = self._link.with_name(self._link.name + ".new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(os.ttyname(self._slave))
        fresh.replace(self._link)

    def replug(self) -> None:
        """Put the cable in again."""
        self.open()

    def unplug(self) -> None:
        """Pull the cable."""
        self.close()

    def close(self) -> None:
        """Take everything away."""
        self._link.unlink(missing_ok=True)
        master, slave = self._master, self._slave
        self._master = self._slave = -1
        for end in (slave, master):
            if end != -1:
                os.close(end)

    @property
    def path(self) -> str:
        """The port the host opens."""
        return str(self._link)

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._master != -1

    def scan(self, text: str) -> None:
        """Hold a code before the lens: its text goes down the wire as one line."""
        self.send(text.encode() + b"\r")

    def send(self, data: bytes) -> None:
        """Put these bytes on the wire."""
        with contextlib.suppress(OSError):  # out, or nobody reads: a wire keeps nothing
            os.write(self._master, data)
