"""Onbon BX-5K/5MK/6K font cards on an RS-485 or RS-232 line, through pyserial (hardware.md 2.1, 2.7)."""

import contextlib
import termios
import threading
import time
from collections.abc import Iterator, Mapping, Sequence

import serial

from drivers.led import LedBus, onbon_frames
from drivers.led.onbon_frames import Reply, ReplyReader
from firmware_py.errors import DriverFault, DriverOffline

POLL_S = 0.01
"""Longest single wait for a byte; the reply's own deadline is counted above it."""
WRITE_TIMEOUT_S = 1.0
"""A port that takes no bytes for this long (flow control, a hung adapter) counts as gone."""


class OnbonBus(LedBus):
    """One serial line and the cards on it, asked one at a time; each must answer what it is told.

    A card that stays silent is asked only once the next times, until it answers: a dead sign must not hold up its
    neighbours' calls for all its retries. When ``check`` finds it again, it is shown what it missed. A wire that was
    lost is taken hold of again by the next verb.

    Args:
        port: device path, best a udev link that survives replugging.
        width_px: width of every sign, or of each by address; ``check`` asks the addresses named here and those shown.
        height_px: height of every sign, or of each by address; 16 px for each line of text.
        device_type: 0xFE for any, else the card's type byte (hardware.md 2.1).
        reply_timeout_s: how long a card may think, besides the time the bytes themselves take.
        retries: attempts after the first, for silence, a busy card or a damaged frame.
        frame_gap_s: silence kept between two frames, so that the line can turn round (3.5 characters at least).
    """

    def __init__(
        self,
        port: str,
        *,
        baud: int = 57600,
        width_px: int | Mapping[int, int] = 64,
        height_px: int | Mapping[int, int] = 16,
        device_type: int = 0xFE,
        reply_timeout_s: float = 0.3,
        retries: int = 2,
        frame_gap_s: float = 0.004,
    ) -> None:
        self._path = port
        self._baud = baud
        self._width_px = width_px
        self._height_px = height_px
        self._device_type = device_type
        self._reply_timeout_s = reply_timeout_s
        self._retries = retries
        self._frame_gap_s = frame_gap_s
        self._known: set[int] = set(width_px) if isinstance(width_px, Mapping) else set()
        self._answering: set[int] = set()
        self._silent: set[int] = set()
        self._wanted: dict[int, bytes] = {}
        self._serial: serial.Serial | None = None
        self._quiet_since = 0.0
        self._turn = threading.Lock()

    def open(self) -> None:
        """Take the port for this process alone. Asks no card: each is spoken to by address."""
        with self._turn:
            self._drop()
            self._port()

    def close(self) -> None:
        """Let go of the port; waits for the frame being exchanged."""
        with self._turn:
            self._drop()

    def show(self, address: int, text: str) -> None:
        """Replace what a card shows (contract: ``LedBus.show``)."""
        if not 0 < address < onbon_frames.BROADCAST:
            raise DriverFault("led_address", f"{address} is no card's address (1 to {onbon_frames.BROADCAST - 1})")
        frame = onbon_frames.show(
            address,
            text,
            width_px=_size_of(address, self._width_px),
            height_px=_size_of(address, self._height_px),
            device_type=self._device_type,
        )
        with self._turn:
            self._known.add(address)
            self._wanted[address] = frame
            if not self._told(address, frame):
                raise self._silence([address])

    def check(self) -> None:
        """Ping every known card, all of them even when one is silent; one that is back gets the text it missed.

        Raises:
            DriverOffline: the port is gone, or no card answers.
            DriverFault: ``led_silent`` - some cards do not answer; ``led_refused``.
        """
        silent = []
        with self._turn:
            self._port()
            known = sorted(self._known)
        for address in known:
            with self._turn:  # taken per card: a call must not wait for the whole round
                missed = self._wanted.get(address) if address in self._silent else None
                here = self._told(address, onbon_frames.ping(address, self._device_type))
                if here and missed is not None:
                    here = self._told(address, missed)
            if not here:
                silent.append(address)
        if silent:
            raise self._silence(silent)

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

    def _silence(self, silent: Sequence[int]) -> DriverOffline | DriverFault:
        """What it means that these cards do not answer: their own trouble while others do, else the line's."""
        sentence = f"LED card {', '.join(map(str, silent))} on {self._path} does not answer: power, address, wiring?"
        return DriverFault("led_silent", sentence) if self._answering else DriverOffline(sentence)

    def _exchange(self, address: int, frame: bytes) -> Reply | None:
        port = self._port()
        reader = ReplyReader()
        with self._translated():
            # The gap counts from the last byte heard or sent: after a pause, the frame leaves at once.
            time.sleep(max(0.0, self._quiet_since + self._frame_gap_s - time.monotonic()))
            port.reset_input_buffer()  # a late answer to an earlier frame is not this frame's
            port.write(frame)
            on_wire_s = len(frame) * 10 / self._baud
            deadline = time.monotonic() + on_wire_s + self._reply_timeout_s
            self._quiet_since = time.monotonic() + on_wire_s
            while time.monotonic() < deadline:
                data = port.read(port.in_waiting or 1)
                if data:
                    self._quiet_since = time.monotonic()
                for reply in reader.feed(data):
                    if reply.source == address:
                        return reply
        return None

    def _port(self) -> serial.Serial:
        if self._serial is None:
            try:
                self._serial = serial.Serial(
                    self._path, self._baud, timeout=POLL_S, write_timeout=WRITE_TIMEOUT_S, exclusive=True
                )
            except (serial.SerialException, OSError, termios.error, ValueError) as error:
                raise DriverOffline(f"LED port {self._path} cannot be opened: {error}") from error
        return self._serial

    def _drop(self) -> None:
        self._answering.clear()
        if self._serial is not None:
            # close() of a vanished port raises termios.error, which is no OSError
            with contextlib.suppress(serial.SerialException, OSError, termios.error):
                self._serial.close()
            self._serial = None

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (serial.SerialException, OSError, termios.error) as error:
            self._drop()
            raise DriverOffline(f"LED port {self._path} is gone: {error}") from error


def _size_of(address: int, size: int | Mapping[int, int]) -> int:
    if isinstance(size, int):
        return size
    try:
        return size[address]
    except KeyError as error:
        raise DriverFault("led_address", f"no size is configured for LED card {address}") from error
