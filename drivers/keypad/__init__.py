"""Staff pads and evaluators: keys in, digits, beeps and invitations out."""

from abc import abstractmethod

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


class PadBus(Driver):
    """A wire with pads and evaluators on it, told apart by address. Its reader thread puts the structs above."""

    @abstractmethod
    def show_digits(self, address: int, waiting: int, ticket: str) -> None:
        """Show how many wait (0…999) and the digits of the ticket being served ("" = blank).

        Raises:
            DriverOffline: the wire is gone.
        """

    @abstractmethod
    def beep(self, address: int) -> None:
        """One short beep: a refusal, ring 2, a neighbour's alert.

        Raises:
            DriverOffline: the wire is gone.
        """

    @abstractmethod
    def invite(self, address: int) -> None:
        """Light the evaluator for a rating.

        Raises:
            DriverOffline: the wire is gone.
        """
