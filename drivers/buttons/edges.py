"""Pins under watch: every edge with its own time, and a slow second look for the edges the kernel dropped.

``DigitalInputDevice`` rather than ``Button``, whose hold thread wakes ten times a second, and ``bounce_time`` None:
lgpio's debounce delays the time stamp and swallows a 25 Hz ring whole (hardware.md 4.3). ``when_activated`` has no
time to give, so ``pin.when_changed`` is set; gpiozero holds it weakly, ``EdgeWatch`` holds it strongly (4.4).
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from gpiozero import DigitalInputDevice

from drivers import monotonic_ms
from drivers.buttons.pins import edge_ms, let_go, pin_errors, pin_factory, take_pins
from firmware_py.errors import DriverOffline

log = logging.getLogger(__name__)

OnEdge = Callable[[bool, int], None]
"""Called with (closed, at in monotonic milliseconds) in the thread the edge came on; must not block."""

RESYNC_S: Final = 2.0
_QUIET_MS: Final = 1000


class EdgeWatch:
    """Contacts to ground (``pull_up``) or to 3.3 V, and who is told when they close and open.

    Args:
        spec: where the pins are, see ``pin_factory``.
        pins: BCM number of each pin and its listener.
        pull_up: the pins rest high and a closed contact pulls them low.
        resync_s: how often the levels are read again, in seconds. A pin whose level is not what its last edge said,
            and which has been quiet for a second, reports the difference with the time of the reading.
    """

    def __init__(
        self, spec: str, pins: Sequence[tuple[int, OnEdge]], *, pull_up: bool = True, resync_s: float = RESYNC_S
    ) -> None:
        self._spec = spec
        self._pins = pins
        self._pull_up = pull_up
        self._resync_s = resync_s
        self._contacts: list[Contact] = []
        self._held = False
        self._stop = threading.Event()
        self._resync: threading.Thread | None = None

    def open(self) -> None:
        """Claim the pins. What is closed already is no edge.

        Raises:
            DriverOffline: no pins here, or one is in use by another process or twice by this one.
            ConfigError: ``spec`` names no place.
        """
        self.close()
        factory = pin_factory(self._spec)
        self._held = True

        def build(pin: int, on_edge: OnEdge) -> None:
            device = DigitalInputDevice(pin, pull_up=self._pull_up, bounce_time=None, pin_factory=factory)
            self._contacts.append(Contact(device, pull_up=self._pull_up, on_edge=on_edge))

        contacts = (("a contact", pin, partial(build, pin, on_edge)) for pin, on_edge in self._pins)
        trouble = take_pins(self._spec, contacts)
        if trouble:
            self.close()
            raise DriverOffline(trouble)
        self._stop = threading.Event()
        self._resync = threading.Thread(
            target=self._look_again, args=(self._stop,), name=f"pins {self._spec}", daemon=True
        )
        self._resync.start()

    def close(self) -> None:
        """Give the pins back."""
        self._stop.set()
        resync, self._resync = self._resync, None
        if resync is not None and resync is not threading.current_thread():
            resync.join()
        contacts, self._contacts = self._contacts, []
        for contact in contacts:
            contact.close()
        if self._held:
            self._held = False
            let_go(self._spec)

    def check(self) -> None:
        """Read every pin.

        Raises:
            DriverOffline: closed, or the board no longer answers.
        """
        if not self._held:
            raise DriverOffline(f"{self._spec}: the pins are not open")
        try:
            for contact in self._contacts:
                contact.read()
        except pin_errors() as error:
            raise DriverOffline(f"{self._spec}: {error}") from error

    def began_closed(self, pin: int) -> bool:
        """Whether the contact on this pin was closed already when the pins were opened."""
        pairs = zip(self._pins, self._contacts, strict=True)
        return any(contact.began_closed for (number, _), contact in pairs if number == pin)

    def _look_again(self, stop: threading.Event) -> None:
        while not stop.wait(self._resync_s):
            for contact in self._contacts:
                try:
                    contact.look_again()
                except pin_errors() as error:  # check() is where the owner hears of it
                    log.debug("%s: %s", self._spec, error)


class Contact:
    """One pin: the level as last heard, and its listener."""

    def __init__(self, device: DigitalInputDevice, *, pull_up: bool, on_edge: OnEdge) -> None:
        self._device = device
        self._pin = device.pin
        self._pull_up = pull_up
        self._on_edge = on_edge
        self._lock = threading.Lock()
        self._heard_at: int | None = None
        self._read_at: int | None = None
        with self._lock:
            self._pin.when_changed = self.changed
            self.closed = self.began_closed = self.read()

    def close(self) -> None:
        with contextlib.suppress(*pin_errors()):
            self._pin.when_changed = None
            self._device.close()

    def read(self) -> bool:
        return bool(self._pin.state) != self._pull_up

    def changed(self, ticks: float, state: int) -> None:
        """gpiozero's callback: an edge, with its time and the level after it."""
        at, closed = edge_ms(ticks), bool(state) != self._pull_up
        with self._lock:
            self._heard_at = monotonic_ms()
            if self._read_at is not None and at <= self._read_at:
                return  # the second look was faster than this edge and has told its outcome
            self.closed = closed
            self._on_edge(closed, at)

    def look_again(self) -> None:
        with self._lock:
            now = monotonic_ms()
            if self._heard_at is not None and now - self._heard_at < _QUIET_MS:
                return
            closed = self.read()
            if closed != self.closed:
                self.closed, self._read_at = closed, now
                self._on_edge(closed, now)
