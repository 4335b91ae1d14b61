"""Push buttons on GPIO pins: each closing edge is a press, with the kernel's time of the edge."""

from collections.abc import Mapping
from functools import partial

from drivers import Put
from drivers.buttons import Buttons, Pressed
from drivers.buttons.edges import RESYNC_S, EdgeWatch


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
    """

    def __init__(
        self,
        pins: Mapping[str, int],
        put: Put,
        *,
        pull_up: bool = True,
        factory: str = "gpio",
        resync_s: float = RESYNC_S,
    ) -> None:
        self._put = put
        self._watch = EdgeWatch(
            factory,
            [(pin, partial(self._on_edge, button)) for button, pin in pins.items()],
            pull_up=pull_up,
            resync_s=resync_s,
        )

    def open(self) -> None:
        self._watch.open()

    def close(self) -> None:
        self._watch.close()

    def check(self) -> None:
        self._watch.check()

    def _on_edge(self, button: str, closed: bool, at: int) -> None:
        if closed:
            self._put(Pressed(button, at))
