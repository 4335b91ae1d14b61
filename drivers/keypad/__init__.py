"""Staff pads and evaluators: keys in, digits, beeps and invitations out."""

from typing import Literal

import msgspec

from drivers import Driver


class KeyPressed(msgspec.Struct, frozen=True):
    """A key of a pad went down once. ``key`` is the wire's own name for it (``"0C"``, ``"06+0F"``, ``"KEY_KP1"``)."""

    address: int
    key: str
    at: int


class LevelPressed(msgspec.Struct, frozen=True):
    """A key of an evaluator went down once; ``position`` counts from the left, 0 first."""

    address: int
    position: int
    at: int


class PadLost(msgspec.Struct, frozen=True):
    """The wire went away while reading; the driver's owner reopens it with back-off."""

    reason: str


Glow = Literal["steady", "blink", "off"]
"""How a lamp shines."""


class Shows(msgspec.Struct, frozen=True):
    """What a pad has to tell its user with; ``lamps`` are the names of its lamps. A USB number pad has nothing."""

    digits: bool = False
    beeper: bool = False
    lamps: frozenset[str] = frozenset()


class PadBus(Driver):
    """A wire with pads and evaluators on it, told apart by address. Its reader thread puts the structs above.

    A pad that lacks what a verb needs - display, beeper, lamp - does nothing; the others raise ``DriverOffline`` when
    the wire is gone. ``check`` raises ``DriverFault("stuck_key")`` while a key has been down for too long to be held by
    a finger (``held_keys``); the other keys go on working.
    """

    def check_at(self, address: int) -> None:  # noqa: ARG002 - most wires have one pad
        """As ``check``, for the pad at this address alone: another's stuck key is not its fault."""
        self.check()

    def show_digits(self, address: int, waiting: int | None, ticket: str) -> None:
        """Show how many wait (0…999, None = dark) and the digits of the ticket being served ("" = dark)."""

    def beep(self, address: int, times: int = 1, *, long: bool = False) -> None:
        """Beep so many times, in about a third of a second each; ``long`` where the beeper can sound for longer."""

    def light(self, address: int, lamp: str, how: Glow) -> None:
        """Let the lamp of that name shine so from now on."""

    def invite(self, address: int) -> None:
        """Light the evaluator for a rating."""

    def rest(self, address: int) -> None:
        """Darken the evaluator: nobody is asked any more. One that goes dark by itself does nothing."""
