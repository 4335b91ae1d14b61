"""Push buttons on GPIO pins as staff pad or evaluator, with lamps and a beeper where they are fitted.

A contact bounces when it closes and when it opens: a key that closes again within ``SETTLE_MS`` of opening never came
up. The edges carry the kernel's time, and those it drops are found by a second look (``drivers.buttons.edges``).
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from drivers import Put, monotonic_ms
from drivers.buttons.edges import RESYNC_S, EdgeWatch
from drivers.buttons.lamps import Lamps
from drivers.keypad import Glow, KeyPressed, LevelPressed, PadBus
from drivers.keypad.held_keys import HeldKeys
from firmware_py.errors import DriverError

SETTLE_MS: Final = 30
"""Longer than the contacts of push buttons bounce, shorter than a finger takes to press twice."""
SHORT_MS: Final = 120
LONG_MS: Final = 800

_BEEPER: Final = "beeper"


class GpioPad(PadBus):
    """One panel of keys, reported under one address.

    Args:
        put: where ``KeyPressed`` and ``LevelPressed`` go.
        address: the address its presses carry.
        keys: staff keys: name → BCM number of the pin.
        levels: evaluator keys: BCM numbers from left to right.
        lamps: name → BCM number; ``invite`` lights all of them.
        beeper: BCM number of an active beeper's pin; None = it has none.
        lamp_high: a lit lamp's pin, and the sounding beeper's, is high.
        pull_up: contacts to ground, the pin's own resistor pulling up; False for contacts to 3.3 V.
        factory: ``"gpio"`` or ``"socket:/path"`` (``drivers.buttons.pins``).
        resync_s: seconds between second looks for dropped edges.
        now: monotonic milliseconds, the clock of the edges.
    """

    def __init__(
        self,
        put: Put,
        *,
        address: int,
        keys: Mapping[str, int] | None = None,
        levels: Sequence[int] = (),
        lamps: Mapping[str, int] | None = None,
        beeper: int | None = None,
        lamp_high: bool = True,
        pull_up: bool = True,
        factory: str = "gpio",
        resync_s: float = RESYNC_S,
        now: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._put = put
        self._address = address
        self._now = now
        self._pins = dict(keys or {}) | {f"level {place}": pin for place, pin in enumerate(levels)}
        self._positions = {f"level {place}": place for place in range(len(levels))}
        self._lamp_names = tuple(lamps or {})
        outputs = dict(lamps or {}) | ({} if beeper is None else {_BEEPER: beeper})
        self._lamps = Lamps(outputs, factory=factory, active_high=lamp_high) if outputs else None
        self._beeps = beeper is not None
        self._held = HeldKeys(f"pad on {factory}", settle_ms=SETTLE_MS)
        self._lock = threading.Lock()
        self._moved: set[str] = set()
        """Keys with an edge since ``open`` began: what the level was then no longer matters."""
        self._watch = EdgeWatch(
            factory,
            [(pin, partial(self._on_edge, key)) for key, pin in self._pins.items()],
            pull_up=pull_up,
            resync_s=resync_s,
        )

    def open(self) -> None:
        """Claim the pins. A key that is down already is no press.

        Raises:
            DriverOffline: no pins here, or one is in use by another process or twice by this one.
            ConfigError: ``factory`` names no place.
        """
        self.close()
        with self._lock:
            self._held.clear()
            self._moved.clear()
        self._watch.open()
        try:
            if self._lamps is not None:
                self._lamps.open()
        except DriverError:
            self.close()
            raise
        with self._lock:
            for key, pin in self._pins.items():
                if key not in self._moved and self._watch.began_closed(pin):
                    self._held.down(key, self._now())

    def close(self) -> None:
        """Give the pins back, all lamps dark."""
        self._watch.close()
        if self._lamps is not None:
            self._lamps.close()

    def check(self) -> None:
        """Read every pin, set every lamp.

        Raises:
            DriverOffline: closed, or the pins no longer answer.
            DriverFault: ``stuck_key``, with the key's name.
        """
        self._watch.check()
        if self._lamps is not None:
            self._lamps.check()
        self._held.check(self._now())

    def beep(self, address: int, times: int = 1, *, long: bool = False) -> None:  # noqa: ARG002 - it has one
        if self._lamps is not None and self._beeps:
            self._lamps.beep(_BEEPER, LONG_MS if long else SHORT_MS, times)

    def light(self, address: int, lamp: str, how: Glow) -> None:  # noqa: ARG002
        if self._lamps is not None and lamp in self._lamp_names:
            self._lamps.light(lamp, how)

    def invite(self, address: int) -> None:
        for lamp in self._lamp_names:
            self.light(address, lamp, "steady")

    def rest(self, address: int) -> None:
        for lamp in self._lamp_names:
            self.light(address, lamp, "off")

    def _on_edge(self, key: str, closed: bool, at: int) -> None:
        with self._lock:
            self._moved.add(key)
            if not closed:
                self._held.up(key, at)
                return
            pressed = self._held.down(key, at)
        if not pressed:
            return
        if key in self._positions:
            self._put(LevelPressed(self._address, self._positions[key], at))
        else:
            self._put(KeyPressed(self._address, key, at))
