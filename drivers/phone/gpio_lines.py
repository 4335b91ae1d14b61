"""Telephone lines on GPIO pins: a ring detector and a hook switch each, reported edge by edge with the kernel's time.

The ring detector is an opto-coupler across the line (it closes for each half wave, or for both), the hook an
opto-coupler in the loop or the handset's switch (hardware.md 6.2). Nothing is filtered here.
"""

from collections.abc import Iterator, Mapping
from functools import partial

import msgspec

from drivers import Put, monotonic_ms
from drivers.buttons.edges import RESYNC_S, EdgeWatch, OnEdge
from drivers.phone import Edge, Lines, Wire


class LinePins(msgspec.Struct, frozen=True):
    """The pins of a line, by BCM number; None = that detector is not fitted."""

    ring: int
    hook: int | None = None
    second: int | None = None
    loop: int | None = None


class GpioLines(Lines):
    """The lines of one device.

    A telephone that is off the hook when the lines open is reported as one closing ``hook`` edge of that moment, so
    that the owner never takes a conversation under way for silence; likewise a ring detector that is closed, which may
    be stuck. A line that is not fed when they open is reported as one opening ``loop`` edge.

    Args:
        lines: the line's name → its pins.
        put: where ``Edge`` goes.
        pull_up: detectors that pull to ground, as open-collector optos do.
        factory: ``"gpio"`` or ``"socket:/path"`` (``drivers.buttons.pins``).
        resync_s: seconds between second looks for dropped edges (``drivers.buttons.edges``).
    """

    def __init__(
        self,
        lines: Mapping[str, LinePins],
        put: Put,
        *,
        pull_up: bool = True,
        factory: str = "gpio",
        resync_s: float = RESYNC_S,
    ) -> None:
        self._lines = lines
        self._put = put
        self._moved: set[tuple[str, Wire]] = set()
        """Detectors with an edge since ``open`` began: what they showed then is over."""
        self._watch = EdgeWatch(
            factory,
            [listener for line, pins in lines.items() for listener in self._listeners(line, pins)],
            pull_up=pull_up,
            resync_s=resync_s,
        )

    def open(self) -> None:
        self._moved.clear()
        self._watch.open()
        for line, pins in self._lines.items():
            self._began(line, "ring", pins.ring, True)
            self._began(line, "hook", pins.hook, True)
            self._began(line, "loop", pins.loop, False)

    def close(self) -> None:
        self._watch.close()

    def check(self) -> None:
        self._watch.check()

    def _listeners(self, line: str, pins: LinePins) -> Iterator[tuple[int, OnEdge]]:
        fitted: tuple[tuple[Wire, int | None], ...] = (
            ("ring", pins.ring),
            ("hook", pins.hook),
            ("second", pins.second),
            ("loop", pins.loop),
        )
        for wire, pin in fitted:
            if pin is not None:
                yield pin, partial(self._on_edge, line, wire)

    def _began(self, line: str, wire: Wire, pin: int | None, closed: bool) -> None:
        """Tell a detector that was already so when the pins were opened, and has not moved since."""
        if pin is not None and self._watch.began_closed(pin) is closed and (line, wire) not in self._moved:
            self._put(Edge(line, wire, closed, monotonic_ms()))

    def _on_edge(self, line: str, wire: Wire, closed: bool, at: int) -> None:
        self._moved.add((line, wire))
        self._put(Edge(line, wire, closed, at))
