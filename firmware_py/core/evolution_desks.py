"""What facts about desks make of the hall."""

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.changing import Handlers, desk_after
from firmware_py.core.hall import Hall
from firmware_py.core.model import Session
from firmware_py.core.states import DeskState


def _logged_in(hall: Hall, event: e.LoggedIn) -> None:
    session = Session(event.staff, event.role, event.at, event.acting_for)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), session=session, reason="")


def _logged_out(hall: Hall, event: e.LoggedOut) -> None:
    desk = hall.desks[event.desk]
    hall.desks[event.desk] = replace(desk, state=DeskState.CLOSED, session=None, reason="", since=event.at)


def _desk_away(hall: Hall, event: e.DeskWaits | e.DeskPaused | e.PausePending | e.DeskFailed) -> None:
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), reason=event.reason)


def _desk_back(hall: Hall, event: e.DeskResumed | e.DeskMended) -> None:
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), reason="")


EVOLVE: Handlers = {
    e.LoggedIn: _logged_in,
    e.LoggedOut: _logged_out,
    e.DeskWaits: _desk_away,
    e.PausePending: _desk_away,
    e.DeskPaused: _desk_away,
    e.DeskResumed: _desk_back,
    e.DeskFailed: _desk_away,
    e.DeskMended: _desk_back,
}
