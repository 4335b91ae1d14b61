"""The four buttons of the page: twenty people at once, a paper roll that ends, a power cut, closing time (and the
morning after it)."""

import threading

from drivers.virtual.telephone import TelephoneState
from firmware_py.demo.far_ends import KioskEnd, button_name
from firmware_py.demo.virtual_hall import VirtualHall

CROWD = 20
PRESS_EVERY_S = 2.1
"""More than five presses of one button in ten seconds, and the kiosk lets it rest (R-KIOSK-01)."""
DARK_S = 3.0
"""How long the mains stay away."""
WALK_S = 1.0
"""From one's own pad to the neighbour's telephone."""


class Scenes:
    """Plays them on the far ends; none waits for the hall."""

    def __init__(self, virtual: VirtualHall) -> None:
        self._virtual = virtual
        self._crowd: threading.Thread | None = None
        self._stop = threading.Event()

    def play(self, scene: str) -> None:
        """Begin a scene; one that is already playing goes on."""
        if scene == "crowd":
            self._begin_crowd()
        elif scene == "paper_out":
            for kiosk in self._virtual.ends.kiosks.values():
                kiosk.printer.set_paper("ok" if kiosk.printer.state.paper == "out" else "out")
        elif scene == "closing":
            self._virtual.clock.to_closing()
        elif scene == "morning":
            self._power_cut(overnight=True)
        else:
            self._power_cut()

    def walk_over(self, desk: int) -> None:
        """Who presses 代接 while a neighbour's telephone rings walks over and lifts it."""
        ringing = [
            end.telephone
            for end in self._virtual.ends.desks.values()
            if end.id != desk and end.telephone is not None and end.telephone.state is TelephoneState.RINGING
        ]
        if ringing:
            threading.Timer(WALK_S, ringing[0].lift).start()

    def _begin_crowd(self) -> None:
        if self._crowd is None or not self._crowd.is_alive():
            self._stop.clear()
            self._crowd = threading.Thread(target=self._come, name="crowd", daemon=True)
            self._crowd.start()

    def _come(self) -> None:
        """Twenty people, one after the other at each button, every sixth of them with priority."""
        people = 0
        while people < CROWD and self._virtual.powered:
            for kiosk in self._virtual.ends.kiosks.values():
                for service in self._virtual.plan.services:
                    if people < CROWD:
                        people += 1
                        _press(kiosk, service.id, "G" if people % 6 == 0 else "X")
            if self._stop.wait(PRESS_EVERY_S):
                return

    def _power_cut(self, *, overnight: bool = False) -> None:
        """The mains go away and come back; staff cut them every evening, so a night is one too."""
        self._stop.set()
        if not self._virtual.powered:
            return
        self._virtual.cut()
        if overnight:
            self._virtual.clock.to_morning()
        threading.Timer(DARK_S, self._virtual.start).start()


def _press(kiosk: KioskEnd, service: str, klass: str) -> None:
    kiosk.panel.press(button_name(service, klass))
