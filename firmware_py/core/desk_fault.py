"""Deciding whether a desk can still call: a pad that stays dead takes the desk out, a mended one brings it back."""

from firmware_py.core import events as e
from firmware_py.core.calling import withdraw
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Device
from firmware_py.core.states import DeskState

PAD_DEVICES = ("instance", "pad")
"""Without one of these nobody can press a key at the desk."""
FAILS_FROM = frozenset({DeskState.READY, DeskState.CALLING, DeskState.CLOSING, DeskState.WAIT, DeskState.PAUSED})
"""A desk with a citizen goes on as well as it can (rules.md 3.4: degraded)."""


def tick(hall: Hall, desk: Desk, at: int) -> list[e.Event]:
    """The desk out of service once its pad has been dead for ``fault_after_s``, whoever is called there handed to the
    others (T11); and back as soon as it works."""
    if desk.state is DeskState.FAULT:
        return [] if _dead(hall, desk) else [e.DeskMended(at, desk.id)]
    dead = _fails(hall, desk)
    if dead is None or at < _out_at(hall, dead):
        return []
    return [*withdraw(hall, desk, at, "fault"), e.DeskFailed(at, desk.id, dead.reason)]


def due(hall: Hall, desk: Desk) -> int:
    """Hall time at which the desk is out of service, 0 = it is not going to be."""
    dead = _fails(hall, desk)
    return _out_at(hall, dead) if dead else 0


def _fails(hall: Hall, desk: Desk) -> Device | None:
    """The trouble that will take the desk out."""
    if not hall.devices or desk.session is None or desk.state not in FAILS_FROM:
        return None
    return _dead(hall, desk)


def _out_at(hall: Hall, dead: Device) -> int:
    """After a restart of the controller as much time again: what it last heard may long have been mended."""
    return max(dead.since, hall.restarted_at) + hall.plan.limits.desk.fault_after_s * 1000


def _dead(hall: Hall, desk: Desk) -> Device | None:
    plan = hall.plan.desk(desk.id)
    found = [hall.devices.get((plan.pad, device)) for device in PAD_DEVICES] if plan and plan.pad else []
    return min((each for each in found if each and each.dead), key=lambda each: each.since, default=None)
