"""Push buttons on GPIO pins: each closing edge is a press, with the kernel's time of the edge."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from drivers import Put, monotonic_ms
from drivers.buttons import Buttons, Pressed
from drivers.buttons.edges import RESYNC_S, EdgeWatch
from drivers.keypad.held_keys import HeldKeys

TREMBLE_MS: Final = 300
"""A contact that opens for less than this is still held: a finger trembles, a worn spring bounces."""


class GpioButtons(Buttons):
    """A panel of buttons, each a contact on one pin.

    A bouncing contact presses several times within some milliseconds: the owner debounces, by ``at``. A button held
    down while the panel opens is no press.

    Args:
        pins: the button's name in device.toml → BCM number of its pin.
        put: where ``Pressed`` goes.
        pull_up: contacts to ground, the pin's own resistor pulling up; False for contacts to 3.3 V.
        factory: ``"gpio"`` or ``"socket:/path"`` (``drivers.buttons.pins``).
        resync_s: seconds between second looks for dropped edges (``drivers.buttons.edges``).
        now: monotonic milliseconds, against which a held button is judged.
    """

    def __init__(
        self,
        pins: Mapping[str, int],
        put: Put,
        *,
        pull_up: bool = True,
        factory: str = "gpio",
        resync_s: float = RESYNC_S,
        now: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._put = put
        self._pins = dict(pins)
        self._now = now
        self._held = HeldKeys(f"buttons on {factory}", settle_ms=TREMBLE_MS)
        self._watch = EdgeWatch(
            factory,
            [(pin, partial(self._on_edge, button)) for button, pin in pins.items()],
            pull_up=pull_up,
            resync_s=resync_s,
        )

    def open(self) -> None:
        """Claim the pins and listen (raises as ``EdgeWatch.open``)."""
        self._held.clear()
        self._watch.open()
        for button, pin in self._pins.items():
            if self._watch.began_closed(pin):
                self._held.down(button, self._now())

    def close(self) -> None:
        """Give the pins back."""
        self._watch.close()

    def check(self) -> None:
        """Read every pin.

        Raises:
            DriverOffline: closed, or the board no longer answers.
            DriverFault: ``stuck_key`` - a button has been down for half a minute; the others go on.
        """
        self._watch.check()
        self._held.check(self._now())

    def _on_edge(self, button: str, closed: bool, at: int) -> None:
        if closed:
            self._held.down(button, at)
            self._put(Pressed(button, at))
        else:
            self._held.up(button, at)
