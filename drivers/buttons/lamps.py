"""Lamps and beepers: named output pins that shine, blink, or sound for some milliseconds."""

import contextlib
import logging
import threading
from collections.abc import Mapping
from functools import partial
from typing import Final

from gpiozero import OutputDevice

from drivers import Driver, monotonic_ms
from drivers.buttons import Light
from drivers.buttons.pins import let_go, pin_errors, pin_factory, take_pins
from firmware_py.errors import DriverOffline

log = logging.getLogger(__name__)

HALF_MS: Final = 500
"""A blinking lamp is lit for so long and dark for as long; all of one driver blink together."""
PULSE_MAX_MS: Final = 5000
"""No pulse is longer: a beeper that a bug left sounding would be torn off the wall."""


class Lamps(Driver):
    """Output pins, told apart by name; ``light`` and ``pulse`` return at once.

    One thread does the blinking and ends the pulses; it sleeps while nothing blinks. A lamp is dark when the driver
    opens and when it closes.

    Args:
        pins: the lamp's or beeper's name → BCM number of its pin.
        factory: ``"gpio"`` or ``"socket:/path"`` (``drivers.buttons.pins``).
        active_high: a lit lamp's pin is high; False where the transistor or relay board works the other way round.
        half_ms: see ``HALF_MS``.
        longest_ms: see ``PULSE_MAX_MS``.
    """

    def __init__(
        self,
        pins: Mapping[str, int],
        *,
        factory: str = "gpio",
        active_high: bool = True,
        half_ms: int = HALF_MS,
        longest_ms: int = PULSE_MAX_MS,
    ) -> None:
        self._longest_ms = longest_ms
        self._pins = dict(pins)
        self._spec = factory
        self._active_high = active_high
        self._half_ms = half_ms
        self._held = False
        self._outputs: dict[str, OutputDevice] = {}
        self._turn = threading.Condition()
        """Guards everything below."""
        self._wanted: dict[str, Light] = {}
        self._pulses: dict[str, tuple[int, int, int]] = {}
        """Name → when it began, how long one lasts, how many (with pauses as long between them)."""
        self._lit: dict[str, bool] = {}
        self._trouble: Exception | None = None
        self._closing = False
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Claim the pins, all dark.

        Raises:
            DriverOffline: no pins here, or one is in use by another process or twice by this one.
            ConfigError: ``factory`` names no place.
        """
        self.close()
        factory = pin_factory(self._spec)
        self._held = True

        def build(name: str, pin: int) -> None:
            self._outputs[name] = OutputDevice(
                pin, active_high=self._active_high, initial_value=False, pin_factory=factory
            )

        lamps = ((f"lamp {name}", pin, partial(build, name, pin)) for name, pin in self._pins.items())
        trouble = take_pins(self._spec, lamps)
        if trouble:
            self.close()
            raise DriverOffline(trouble)
        with self._turn:
            self._wanted, self._pulses = {}, {}
            self._lit = dict.fromkeys(self._pins, False)
            self._trouble, self._closing = None, False
        self._thread = threading.Thread(target=self._blink, name=f"lamps {self._spec}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Darken every lamp and give the pins back."""
        with self._turn:
            self._closing = True
            self._turn.notify()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        outputs, self._outputs = self._outputs, {}
        for output in outputs.values():
            with contextlib.suppress(*pin_errors()):
                output.off()
            with contextlib.suppress(*pin_errors()):
                output.close()
        if self._held:
            self._held = False
            let_go(self._spec)

    def check(self) -> None:
        """Say whether the pins can be set. A bulb that burnt out cannot be seen from here.

        Raises:
            DriverOffline: closed, or the board no longer takes a level.
        """
        if not self._outputs and self._pins:
            raise DriverOffline(f"{self._spec}: the lamps are not open")
        with self._turn:
            trouble, self._trouble = self._trouble, None
            if trouble is None:
                trouble = self._set_all(monotonic_ms(), again=True)
        if trouble is not None:
            raise DriverOffline(f"{self._spec}: the lamps cannot be set: {trouble}") from trouble

    def light(self, name: str, mode: Light) -> None:
        """Let a lamp shine, blink or be dark from now on.

        Raises:
            DriverOffline: closed, or the board does not take it; open again and say what is true then.
            ValueError: no lamp of that name.
        """
        with self._turn:
            self._known(name)
            self._wanted[name] = mode
            self._now()

    def pulse(self, name: str, ms: int = 120, times: int = 1) -> None:
        """Let a beeper sound, or a lamp flash, ``times`` times for ``ms`` each, at most ``longest_ms``; a newer pulse
        replaces one that is not over.

        Raises:
            DriverOffline, ValueError: as ``light``.
        """
        with self._turn:
            self._known(name)
            if ms < 1 or times < 1:
                raise ValueError(f"a pulse of {ms} ms, {times} times, is none")
            self._pulses[name] = (monotonic_ms(), min(ms, self._longest_ms), times)
            self._now()

    beep = pulse
    """The same, of what is heard and not seen."""

    def _known(self, name: str) -> None:
        if name not in self._pins:
            raise ValueError(f"no lamp is called {name!r}; there are {', '.join(self._pins)}")
        if name not in self._outputs:
            raise DriverOffline(f"{self._spec}: the lamps are not open")

    def _now(self) -> None:
        """Set what changed, and let the thread look when the next change is due."""
        trouble = self._set_all(monotonic_ms())
        self._turn.notify()
        if trouble is not None:
            raise DriverOffline(f"{self._spec}: the lamps cannot be set: {trouble}") from trouble

    def _set_all(self, now: int, *, again: bool = False) -> Exception | None:
        for name, output in self._outputs.items():
            lit = self._shines(name, now)
            if lit == self._lit[name] and not again:
                continue
            try:
                output.value = lit
            except pin_errors() as error:
                return error
            self._lit[name] = lit
        return None

    def _shines(self, name: str, now: int) -> bool:
        if name in self._pulses:
            began, ms, times = self._pulses[name]
            step = (now - began) // ms
            if step < 2 * times - 1:
                return step % 2 == 0
            del self._pulses[name]
        mode = self._wanted.get(name, "off")
        return mode == "steady" or (mode == "blink" and now // self._half_ms % 2 == 0)

    def _due(self, now: int) -> int | None:
        """The monotonic millisecond of the next change, None = nothing blinks or sounds."""
        moments = [began + ((now - began) // ms + 1) * ms for began, ms, _ in self._pulses.values()]
        if "blink" in self._wanted.values():
            moments.append((now // self._half_ms + 1) * self._half_ms)
        return min(moments, default=None)

    def _blink(self) -> None:
        with self._turn:
            while not self._closing:
                trouble = self._set_all(monotonic_ms())
                if trouble is not None and self._trouble is None:
                    self._trouble = trouble  # check() is where the owner hears of it
                    log.debug("%s: %s", self._spec, trouble)
                now = monotonic_ms()
                due = self._due(now)
                self._turn.wait(None if due is None else max(due - now, 1) / 1000)
