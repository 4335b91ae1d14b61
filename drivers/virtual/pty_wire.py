"""A serial cable of the virtual hall: a pty behind a name that outlives pulling it out."""

import contextlib
import os
import tty
from pathlib import Path


class PtyWire:
    """One cable. The host opens ``path``; the far end reads ``far`` and writes with ``send``.

    Args:
        link: a stable name for the pty, made when the cable is put in, removed when it is pulled; None = the pty's own.
    """

    def __init__(self, link: Path | None = None) -> None:
        self._link = link
        self._pty = ""
        self._near = -1
        self.far = -1
        """Descriptor of the far end; -1 while the cable is out."""

    def plug_in(self) -> None:
        """Put the cable in.

        Raises:
            OSError: no pty, or the link cannot be made.
        """
        self.pull_out()
        # The host's end stays open here too: a pty without one tells of a hang-up that a real wire cannot see.
        self.far, self._near = os.openpty()
        tty.setraw(self._near)
        os.set_blocking(self.far, False)
        self._pty = os.ttyname(self._near)
        if self._link is not None:
            point(self._link, self._pty)

    def pull_out(self) -> None:
        """Pull it; the host's next read or write fails and its path is gone."""
        if self._link is not None:
            self._link.unlink(missing_ok=True)
        far, near = self.far, self._near
        self.far = self._near = -1
        for end in (near, far):
            if end != -1:
                os.close(end)

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self.far != -1

    @property
    def path(self) -> str:
        """The port the host opens: the link, or else the pty, whose name may change whenever the cable is put in."""
        return self._pty if self._link is None else str(self._link)

    def send(self, data: bytes) -> None:
        """Put these bytes on the wire; a wire that is out, or that nobody reads, keeps nothing."""
        with contextlib.suppress(OSError):
            if data:
                os.write(self.far, data)


def point(link: Path, pty: str) -> None:
    """Let ``link`` name ``pty`` from one moment to the next."""
    fresh = link.with_name(link.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(pty)
    fresh.replace(link)
