"""Onbon BX-5K/5MK/6K font cards on a serial line or a network, asked one at a time (hardware.md 2.1, 2.7)."""

import contextlib
import time
from collections import deque
from collections.abc import Iterator, Mapping

from drivers.led import LedBus, SignShape, onbon_frames
from drivers.led.line import Line
from drivers.led.onbon_frames import Reply, ReplyReader
from firmware_py.errors import DriverFault, DriverOffline

FRAME_GAP_S = 0.004
TURN_ROUND_BITS = 35
"""3.5 characters of silence, which a slow line needs to turn round."""


class OnbonBus(LedBus):
    """One wire and the cards on it; each must answer what it is told.

    A card that stays silent is asked only once the next times, until it answers: a dead sign must not hold up its
    neighbours' calls for all its retries. When ``check`` finds it again, it is shown what it missed. A wire that was
    lost is taken hold of again by the next verb.

    Args:
        port: device path, or ``tcp://HOST:5005`` of a network card.
        signs: what hangs at which address.
        baud: speed of a serial line.
        device_type: 0xFE for any, else the cards' type byte (``onbon_frames.CARD_TYPES``).
        reply_timeout_s: how long a card may think, besides the time the bytes themselves take.
        retries: attempts after the first, for silence, a busy card or a damaged frame.
        frame_gap_s: silence kept between two frames; never less than 3.5 characters.
    """

    def __init__(
        self,
        port: str,
        signs: Mapping[int, SignShape],
        *,
        baud: int = 57600,
        device_type: int = 0xFE,
        reply_timeout_s: float = 0.3,
        retries: int = 2,
        frame_gap_s: float = FRAME_GAP_S,
    ) -> None:
        self._name = port
        self._signs = dict(signs)
        self._device_type = device_type
        self._reply_timeout_s = reply_timeout_s
        self._retries = retries
        self._line = Line(port, baud, max(frame_gap_s, TURN_ROUND_BITS / baud))
        self._turns = deque(self._signs)
        self._answering: set[int] = set()
        self._silent: set[int] = set()
        self._missed: dict[int, bytes] = {}

    def open(self) -> None:
        """Take the port for this process alone. Asks no card: each is spoken to by address."""
        self.close()
        self._line.open()

    def close(self) -> None:
        """Let go of the port, and forget what the signs show."""
        self._line.close()
        self._answering.clear()
        self._missed.clear()

    def show(self, address: int, text: str) -> None:
        """Replace what a card shows (contract: ``LedBus.show``)."""
        shape = self._signs.get(address)
        if shape is None:
            raise DriverFault("led_address", f"no LED card {address} is configured on {self._name}")
        frame = onbon_frames.show(address, text, shape, self._device_type)
        self._missed[address] = frame
        with self._forgetful():
            if not self._told(address, frame):
                raise self._silence(address)
            del self._missed[address]

    def check(self) -> None:
        """Ping the next card in turn, and the others only when none answers (contract: ``LedBus.check``)."""
        with self._forgetful():
            self._line.open()
            self._turns.rotate(-1)
            address = self._turns[-1]
            self._ask(address)
            if self._silent:
                raise self._silence(address)

    def check_sign(self, address: int) -> None:
        """Ping this card (contract: ``LedBus.check_sign``)."""
        with self._forgetful():
            self._line.open()
            self._ask(address)
            if address in self._silent:
                raise self._silence(address)

    @contextlib.contextmanager
    def _forgetful(self) -> Iterator[None]:
        """With the wire goes what the signs missed: their owners say anew what is true, and nothing older may come."""
        try:
            yield
        except DriverOffline:
            self._missed.clear()
            raise

    def _ask(self, address: int) -> None:
        """Learn whether a card is there, and show it what it missed or refused."""
        if self._told(address, onbon_frames.ping(address, self._device_type)):
            missed = self._missed.get(address)
            if missed is not None and self._told(address, missed):
                del self._missed[address]

    def _told(self, address: int, frame: bytes) -> bool:
        """Have a card do what ``frame`` says; False when it does not answer."""
        refused: Reply | None = None
        attempts = 1 if address in self._silent else 1 + self._retries
        for _ in range(attempts):
            reply = self._exchange(address, frame)
            if reply is None:
                continue
            self._silent.discard(address)
            self._answering.add(address)
            if reply.ok:
                return True
            refused = reply
            if reply.error not in (onbon_frames.ERROR_BUSY, onbon_frames.ERROR_CHECKSUM):
                break
        if refused is not None:
            name = onbon_frames.ERROR_NAMES.get(refused.error, "see the card's manual")
            raise DriverFault("led_refused", f"card {address} answered error {refused.error}: {name}")
        self._silent.add(address)
        self._answering.discard(address)
        return False

    def _silence(self, asked: int) -> DriverOffline | DriverFault:
        """What it means that cards do not answer: their own trouble while others do, else the line's."""
        for address in self._signs:
            if self._answering:
                break
            if address != asked:
                self._ask(address)
        silent = ", ".join(map(str, sorted(self._silent)))
        sentence = f"LED card {silent} on {self._name} does not answer: power, address, wiring?"
        return DriverFault("led_silent", sentence) if self._answering else DriverOffline(sentence)

    def _exchange(self, address: int, frame: bytes) -> Reply | None:
        reader = ReplyReader()
        deadline = self._line.send(frame) + self._reply_timeout_s
        while time.monotonic() < deadline:
            for reply in reader.feed(self._line.read()):
                if reply.source == address:
                    return reply
        return None
