"""What facts about desks make of the hall."""

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.changing import Handlers, desk_after, left, release
from firmware_py.core.evolution_visits import joined
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Session
from firmware_py.core.states import DeskState


def _logged_in(hall: Hall, event: e.LoggedIn) -> None:
    session = Session(event.staff, event.role, event.at, event.acting_for)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), session=session, reason="")
    _use_second_desk(hall, event)


def _stood_in(hall: Hall, event: e.StoodIn) -> None:
    """Somebody else sits there now: whoever was away is no longer missed, is asked nothing at this desk, and a pause
    that was only pending is dropped."""
    session = Session(event.staff, event.role, event.at, event.acting_for)
    desk = desk_after(hall, event.desk, event)
    hall.desks[event.desk] = replace(_here(desk), session=session, reason="")
    joined(hall, hall.desks[event.desk])
    _use_second_desk(hall, event)


def _use_second_desk(hall: Hall, event: e.LoggedIn | e.StoodIn) -> None:
    if event.approver:
        hall.approvals.pop(("second_desk", event.staff), None)


def _logged_out(hall: Hall, event: e.LoggedOut) -> None:
    desk = _here(hall.desks[event.desk])
    hall.desks[event.desk] = replace(
        desk,
        state=DeskState.CLOSED,
        session=None,
        reason="",
        since=event.at,
        interrupted=False,
        testing_since=0,
        undo=None,
    )
    for kind in ("logout", "leave"):  # both were about this session, needed or not
        hall.approvals.pop((kind, str(event.desk)), None)


def _here(desk: Desk) -> Desk:
    """Nobody is missed at the desk, and nothing is asked about it."""
    return replace(desk, away_since=0, away_stage=0, excused="", explained=False, owes_reason=False)


def _desk_left(hall: Hall, event: e.DeskWaits | e.DeskPaused) -> None:
    desk = left(hall, desk_after(hall, event.desk, event), event.at, event.reason)
    hall.desks[event.desk] = replace(desk, reason=event.reason)


def _desk_held_up(hall: Hall, event: e.PausePending | e.DeskFailed) -> None:
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), reason=event.reason)


def _desk_resumed(hall: Hall, event: e.DeskResumed) -> None:
    """Who was away for ten minutes still owes the reason (R-DESK-03)."""
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), reason="", away_since=0)


def _desk_mended(hall: Hall, event: e.DeskMended) -> None:
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), reason="")


def _absence(hall: Hall, event: e.AbsenceReminded | e.AbsenceReported | e.AbsenceLong) -> None:
    desk = hall.desks[event.desk]
    owes = desk.owes_reason or (isinstance(event, e.AbsenceReported) and not event.explained)
    hall.desks[event.desk] = replace(desk, away_stage=desk.away_stage + 1, owes_reason=owes)


def _explained(hall: Hall, event: e.AbsenceExplained) -> None:
    hall.desks[event.desk] = replace(hall.desks[event.desk], explained=True, owes_reason=False)


def _assigned(hall: Hall, event: e.DeskAssigned) -> None:
    release(hall, event.desk, event.services)
    hall.desks[event.desk] = replace(hall.desks[event.desk], services=event.services, tide=False)


def _tide_opened(hall: Hall, event: e.TideOpened) -> None:
    hall.desks[event.desk] = replace(hall.desks[event.desk], services=event.services, tide=True)


def _tide_closed(hall: Hall, event: e.TideClosed) -> None:
    release(hall, event.desk, event.services)
    hall.desks[event.desk] = replace(hall.desks[event.desk], services=event.services, tide=False)


EVOLVE: Handlers = {
    e.LoggedIn: _logged_in,
    e.StoodIn: _stood_in,
    e.LoggedOut: _logged_out,
    e.DeskWaits: _desk_left,
    e.PausePending: _desk_held_up,
    e.DeskPaused: _desk_left,
    e.DeskResumed: _desk_resumed,
    e.DeskFailed: _desk_held_up,
    e.DeskMended: _desk_mended,
    e.AbsenceReminded: _absence,
    e.AbsenceReported: _absence,
    e.AbsenceLong: _absence,
    e.AbsenceExplained: _explained,
    e.DeskAssigned: _assigned,
    e.TideOpened: _tide_opened,
    e.TideClosed: _tide_closed,
}
