"""Facts about one desk and the people at it (rules.md 3.4)."""

from firmware_py.core.events.base import DeskEvent


class LoggedIn(DeskEvent, frozen=True, tag="logged_in"):
    """A session began; ``role`` is A or B (stand-in). ``approver`` allowed a second desk (R-CORE-26)."""

    staff: str
    role: str = "A"
    acting_for: str = ""
    approver: str = ""


class StoodIn(DeskEvent, frozen=True, tag="stood_in"):
    """Another person takes the desk over as it stands; role B acts for somebody, role A is back (R-CORE-26).
    ``approver`` allowed a second desk."""

    staff: str
    role: str
    acting_for: str = ""
    approver: str = ""


class LoggedOut(DeskEvent, frozen=True, tag="logged_out"):
    """The session ended; ``left`` people stayed behind because ``approver`` answers for it (R-CORE-17)."""

    left: int = 0
    approver: str = ""


class DeskWaits(DeskEvent, frozen=True, tag="desk_waits"):
    """请稍候."""

    reason: str


class PausePending(DeskEvent, frozen=True, tag="pause_pending"):
    """A pause that waits for the citizen at the desk to be finished with."""

    reason: str


class DeskPaused(DeskEvent, frozen=True, tag="desk_paused"):
    """暂停服务; ``uncovered`` are the services no other desk stands for now (R-CORE-25)."""

    reason: str
    uncovered: tuple[str, ...] = ()


class DeskResumed(DeskEvent, frozen=True, tag="desk_resumed"):
    """Back at the desk."""


class DeskFailed(DeskEvent, frozen=True, tag="desk_failed"):
    """The desk can neither call nor rate."""

    reason: str


class DeskMended(DeskEvent, frozen=True, tag="desk_mended"):
    """It can again."""


class AbsenceReminded(DeskEvent, frozen=True, tag="absence_reminded"):
    """Eight minutes away in service hours (R-CORE-24)."""

    staff: str


class AbsenceReported(DeskEvent, frozen=True, tag="absence_reported"):
    """Ten minutes away; ``explained`` = a reason was given before."""

    staff: str
    explained: bool = False


class AbsenceLong(DeskEvent, frozen=True, tag="absence_long"):
    """More than thirty minutes away without leave: a fact, to be confirmed by people, never a penalty."""

    staff: str


class AbsenceExplained(DeskEvent, frozen=True, tag="absence_explained"):
    """The reason for an absence of ten minutes or more (R-DESK-03)."""

    staff: str
    reason: str


class DeskAssigned(DeskEvent, frozen=True, tag="desk_assigned"):
    """The desk serves these services from now on (R-CORE-09): by its rota, or because ``approver`` said so."""

    services: tuple[str, ...]
    reason: str
    approver: str = ""


class TideOpened(DeskEvent, frozen=True, tag="tide_opened"):
    """The desk serves its tidal services too (R-CORE-10)."""

    services: tuple[str, ...]
    by: str = ""


class TideClosed(DeskEvent, frozen=True, tag="tide_closed"):
    """The desk serves its own services again."""

    services: tuple[str, ...]
    by: str = ""


DeskEvents = (
    LoggedIn
    | StoodIn
    | LoggedOut
    | DeskWaits
    | PausePending
    | DeskPaused
    | DeskResumed
    | DeskFailed
    | DeskMended
    | AbsenceReminded
    | AbsenceReported
    | AbsenceLong
    | AbsenceExplained
    | DeskAssigned
    | TideOpened
    | TideClosed
)
