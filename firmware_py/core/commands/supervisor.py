"""What the supervisor's desk or panel may ask, and what any rostered clerk may confirm (R-DESK-05, R-CORE-20)."""

from typing import Literal

from firmware_py.core.commands.base import Command, SupervisorCommand


class Approve(SupervisorCommand, frozen=True, tag="approve"):
    """Allow one thing once (R-CORE-07): see ``events.Approved`` for the kinds and their subjects."""

    kind: Literal["call", "transfer", "logout", "leave", "second_desk"]
    subject: str
    reason: str


class Grant(SupervisorCommand, frozen=True, tag="grant"):
    """This ticket goes next, class S."""

    ticket: str
    reason: str


class Void(SupervisorCommand, frozen=True, tag="void"):
    """作废 (T26)."""

    ticket: str
    reason: str


class Upgrade(Command, frozen=True, tag="upgrade"):
    """Ordinary to priority (T28), by the guide at a kiosk or the supervisor."""

    ticket: str


class OpenTide(SupervisorCommand, frozen=True, tag="open_tide"):
    """The tidal desk serves its additional services (R-CORE-10)."""

    desk: int


class CloseTide(SupervisorCommand, frozen=True, tag="close_tide"):
    """And no longer."""

    desk: int


class AssignServices(SupervisorCommand, frozen=True, tag="assign_services"):
    """This desk serves these services for the rest of the day (R-CORE-09)."""

    desk: int
    services: tuple[str, ...]
    reason: str


class AnnounceHours(SupervisorCommand, frozen=True, tag="announce_hours"):
    """Other hours (``09:00-12:00``) from the day ``effective`` on (R-CORE-32); ``emergency`` waives the notice."""

    hours: tuple[str, ...]
    effective: str
    reason: str
    emergency: bool = False


class OpenDay(SupervisorCommand, frozen=True, tag="open_day"):
    """Open the business day by hand: the clock or the calendar would not (R-CORE-20)."""

    reason: str


class CloseDay(SupervisorCommand, frozen=True, tag="close_day"):
    """End the day over open tickets: possible, and reported as a violation (R-CORE-17)."""

    reason: str


class EmergencyPause(SupervisorCommand, frozen=True, tag="emergency_pause"):
    """Freeze the hall (R-CORE-30); there may be no time for a reason."""

    reason: str = ""


class EmergencyResume(SupervisorCommand, frozen=True, tag="emergency_resume"):
    """Unfreeze it."""


class EndAssist(SupervisorCommand, frozen=True, tag="end_assist"):
    """The desk that asked for help has it (R-DESK-07)."""

    desk: int


class Patrol(SupervisorCommand, frozen=True, tag="patrol"):
    """An inspector or leader is on the round (R-DESK-06)."""

    inspector: str
    role: Literal["patrol", "inspector", "leader"] = "patrol"
    finding: str = ""
    desk: int = 0


class Book(SupervisorCommand, frozen=True, tag="book"):
    """An appointment (R-CORE-08): ``code`` names nobody, ``starts`` and ``ends`` are ``14:00`` on ``day``."""

    code: str
    service: str
    day: str
    starts: str
    ends: str


class CancelBooking(SupervisorCommand, frozen=True, tag="cancel_booking"):
    """It will not be kept."""

    code: str


class ConfirmClock(Command, frozen=True, tag="confirm_clock"):
    """A rostered clerk says the date and time are right (R-CORE-20); or what they are, ``2026-11-22 08:40``."""

    reads: str = ""


SupervisorCommands = (
    Approve
    | Grant
    | Void
    | Upgrade
    | OpenTide
    | CloseTide
    | AssignServices
    | AnnounceHours
    | OpenDay
    | CloseDay
    | EmergencyPause
    | EmergencyResume
    | EndAssist
    | Patrol
    | Book
    | CancelBooking
    | ConfirmClock
)
