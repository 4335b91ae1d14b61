"""What every command has."""

import msgspec


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of all commands."""


class DeskCommand(Command, frozen=True):
    """Base of what a desk's staff ask."""

    desk: int


class SupervisorCommand(Command, frozen=True):
    """Base of what only the supervisor's desk or panel may ask (R-DESK-05)."""
