"""The far end of a code reader's wire: codes held before a lens, sent down a pty whose cable can be pulled."""

from pathlib import Path

from drivers.virtual.pty_wire import PtyWire


class VirtualReader:
    """One reader. A code that nobody reads is lost, as on a wire.

    Args:
        link: a stable name for the pty, made at ``open`` and at ``replug``, removed at ``unplug``.
    """

    def __init__(self, *, link: Path) -> None:
        self._wire = PtyWire(link)

    def open(self) -> None:
        """Put the cable in.

        Raises:
            OSError: no pty, or the link cannot be made.
        """
        self._wire.plug_in()

    def replug(self) -> None:
        """Put the cable in again."""
        self._wire.plug_in()

    def unplug(self) -> None:
        """Pull the cable."""
        self._wire.pull_out()

    def close(self) -> None:
        """Take everything away."""
        self._wire.pull_out()

    @property
    def path(self) -> str:
        """The port the host opens."""
        return self._wire.path

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._wire.plugged

    def scan(self, text: str) -> None:
        """Hold a code before the lens: its text goes down the wire as one line."""
        self.send(text.encode() + b"\r")

    def send(self, data: bytes) -> None:
        """Put these bytes on the wire."""
        self._wire.send(data)
