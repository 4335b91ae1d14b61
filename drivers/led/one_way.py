"""Signs that never answer: what they were told is sent again and again, because nobody can know what they show."""

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence

from drivers.led import LedBus, SignShape
from drivers.led.line import Line
from firmware_py.errors import DriverFault, DriverOffline

FRAME_GAP_S = 0.1
"""What the known strips want between two frames (hardware.md 2.2)."""

Encode = Callable[[int, str, SignShape], Sequence[bytes]]
"""The frames for (address, text, shape); raises ``DriverFault("led_text")``."""


class OneWayBus(LedBus):
    """One serial line and the signs on it, which listen and never answer.

    ``show`` and ``check`` succeed when the port took the bytes. Whether a sign hears them, or is there at all, cannot
    be known here and is never claimed: only a port that is gone is ``DriverOffline``.

    Args:
        port: device path.
        signs: what hangs at which address.
        encode: the protocol.
        baud: speed of the line.
        frame_gap_s: silence kept between two frames.
    """

    def __init__(
        self,
        port: str,
        signs: Mapping[int, SignShape],
        encode: Encode,
        *,
        baud: int = 9600,
        frame_gap_s: float = FRAME_GAP_S,
    ) -> None:
        self._name = port
        self._signs = dict(signs)
        self._encode = encode
        self._line = Line(port, baud, frame_gap_s)
        self._turns = deque(self._signs)
        self._shown: dict[int, Sequence[bytes]] = {}

    def open(self) -> None:
        """Take the port for this process alone. Says nothing about the signs."""
        self.close()
        self._line.open()

    def close(self) -> None:
        """Let go of the port, and forget what the signs show: an old text must not be sent again before a new one."""
        self._line.close()
        self._shown.clear()

    def show(self, address: int, text: str) -> None:
        """Send a sign what it must show; spaces blank it (contract: ``LedBus.show``)."""
        shape = self._signs.get(address)
        if shape is None:
            raise DriverFault("led_address", f"no LED sign {address} is configured on {self._name}")
        self._shown[address] = self._encode(address, text, shape)
        with self._forgetful():
            self._send(address)

    def check(self) -> None:
        """Send the next sign in turn again what it shows; one that was shown nothing yet is left alone."""
        with self._forgetful():
            self._line.probe()
            for _ in self._signs:
                address = self._turns[0]
                self._turns.rotate(-1)
                if address in self._shown:
                    self._send(address)
                    return

    def check_sign(self, address: int) -> None:
        """Send this sign again what it shows (contract: ``LedBus.check_sign``)."""
        with self._forgetful():
            self._line.probe()
            if address in self._shown:
                self._send(address)

    @contextlib.contextmanager
    def _forgetful(self) -> Iterator[None]:
        """With the port goes what was shown: the signs' owners say anew what is true, and nothing older may come."""
        try:
            yield
        except DriverOffline:
            self._shown.clear()
            raise

    def _send(self, address: int) -> None:
        for frame in self._shown[address]:
            self._line.send(frame)
