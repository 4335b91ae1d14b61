"""Who asks for a guide at this kiosk, and whose priority a guide has still to confirm (R-KIOSK-09, R-KIOSK-10)."""

from collections import deque

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
        self._pending: deque[str] = deque(maxlen=20)

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

    def hall_says(self, view: HallView) -> None:
        """The hall's word: somebody may have seen to it at the duty panel."""
        self._told = {about for kiosk, about in view.guides if kiosk == self._instance}

    def came(self, about: str = "") -> bool:
        """The guide is there; whether there was anything to come for."""
        over = {about} & self.kinds if about else self.kinds
        self._told -= over
        self._pressed -= over
        return bool(over)

    # --- priorities a guide has to confirm --------------------------------------------------------------------------

    def wants_priority(self, ticket: str) -> None:
        """This ticket was taken with a priority button."""
        self._pending.append(ticket)

    @property
    def pending(self) -> bool:
        """Whether any has still to be confirmed."""
        return bool(self._pending)

    def confirms(self, typed: str) -> str:
        """The ticket a press of 确认 is about: the one typed, else who has waited longest for it; "" = nobody."""
        if typed:
            if typed in self._pending:
                self._pending.remove(typed)
            return typed
        return self._pending.popleft() if self._pending else ""
