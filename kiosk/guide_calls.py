"""Who asks for a guide at this kiosk (R-KIOSK-10)."""

from firmware_py.core.views import HallView


class GuideCalls:
    """What the guide's lamp is lit for. The lamp lights with the press and not with the hall's answer: a hall that is
    out of reach must not keep a guide who can see the lamp from coming."""

    def __init__(self, instance: str) -> None:
        self._instance = instance
        self._told: set[str] = set()
        """As the hall says."""
        self._pressed: set[str] = set()
        """Pressed here, and not heard by the hall yet."""

    @property
    def kinds(self) -> set[str]:
        """What somebody waits for a guide about."""
        return self._told | self._pressed

    def called(self, about: str) -> None:
        """A button was pressed."""
        self._pressed.add(about)

    def heard(self, about: str) -> None:
        """The hall has it; from now on its word counts."""
        if about in self._pressed:
            self._pressed.discard(about)
            self._told.add(about)

    def unheard(self, about: str) -> None:
        """The hall never had it, and there is no lamp: nobody comes."""
        self._pressed.discard(about)

    def hall_says(self, view: HallView) -> None:
        """The hall's word: somebody may have seen to it at the duty panel."""
        self._told = {about for kiosk, about in view.guides if kiosk == self._instance}

    def came(self, about: str = "") -> bool:
        """The guide is there; whether there was anything to come for."""
        over = {about} & self.kinds if about else self.kinds
        self._told -= over
        self._pressed -= over
        return bool(over)
