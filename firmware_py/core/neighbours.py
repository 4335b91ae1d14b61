"""Who is asked to take a desk's call, and who seems to have taken it on a telephone of their own (R-PHONE-04, 05)."""

from collections.abc import Iterator

from firmware_py.core.bell import EPISODE_END_MS
from firmware_py.core.desks import LOCKED
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Line
from firmware_py.core.states import DeskState, LineState

AWAY = LOCKED | {DeskState.CLOSED, DeskState.FAULT}
BUSY = frozenset({DeskState.CALLING, DeskState.SERVING, DeskState.RATING, DeskState.PAUSE_PENDING})
FREE = frozenset({DeskState.READY, DeskState.CLOSING})

RING_PERIOD_MS = 5000
"""From the start of one ring to that of the next: 1 s of current, 4 s of silence (P-16)."""


def neighbours(hall: Hall, desk: int) -> tuple[int, ...]:
    """Desks to ask when ``desk`` does not answer (R-PHONE-04): free ones of its neighbours, else busy ones, else the
    same among its group, else among all desks; never one that is away or on the telephone itself."""
    plan = hall.plan.desk(desk)
    if plan is None:
        return ()
    others = tuple(other for other in hall.plan.desks if other.id != desk)
    row = tuple(other.id for other in others if other.group == plan.group)
    for circle in (plan.neighbours, row, tuple(other.id for other in others)):
        for states in (FREE, BUSY):
            found = tuple(
                each
                for each in circle
                if each in hall.desks and hall.desks[each].state in states and not _talking(hall, each)
            )
            if found:
                return found
    return ()


def serving(desk: Desk) -> bool:
    """Whether a citizen sits there, for the profile of answering while serving (R-PHONE-07): a pause that is only
    pending changes nothing for the citizen."""
    return desk.state is DeskState.SERVING or (desk.state is DeskState.PAUSE_PENDING and bool(desk.ticket))


def answers_itself(hall: Hall, desk: Desk) -> bool:
    """Whether the desk's own staff are the ones to answer, and the call therefore counts for them (rules.md 3.10)."""
    return not (desk.state in AWAY or (hall.plan.limits.phone.while_serving == "neighbour" and serving(desk)))


def picked_up_at(hall: Hall, line: Line, at: int) -> int:
    """The neighbour's desk whose telephone took the call that stopped ringing on ``line``; 0 = none (rules.md 3.9).

    Somebody in the same pickup group lifts, dials the group's code, and the bell here stops: within the ring that was
    sounding, or in the silence in which the next one never came. So the bell stopped for the neighbour if that handset
    was lifted, without a ring of its own, between the start of the last ring and the moment the next was due,
    ``pickup_ms`` more on either side for the cadence's tolerance and for what the two sensors need to be certain.

    Facts of a watcher that was cut off arrive all at once: their times say nothing, and nothing is inferred.
    """
    tolerance = hall.plan.limits.phone.pickup_ms
    if not line.rang_at or at - line.rang_at < EPISODE_END_MS - tolerance:
        return 0
    for other in _pickup_group(hall, line):
        if -tolerance <= other.lifted_at - line.rang_at <= RING_PERIOD_MS + tolerance:
            return other.desk
    return 0


CLAIM_RINGS = 1
"""A telephone that is being taken rings at most once more; one that goes on was not."""


def claim_stands(line: Line, rings: int) -> bool:
    """Whether 代接 was pressed, and the call is still to be believed taken now that it has rung ``rings`` times: a
    promise to take it is no answer (rules.md 3.9)."""
    return bool(line.claimed) and rings - line.claimed_ring <= CLAIM_RINGS


def _pickup_group(hall: Hall, line: Line) -> Iterator[Line]:
    """The telephones that may have taken the call: first that of the desk that said it would."""
    plan = hall.plan.desk(line.desk)
    neighbours_ = plan.neighbours if plan else ()
    for each in (line.claimed, *neighbours_) if line.claimed else neighbours_:
        neighbour = hall.plan.desk(each)
        other = hall.lines.get(neighbour.phone) if neighbour else None
        if other is not None:
            yield other


def _talking(hall: Hall, desk: int) -> bool:
    return any(line.desk == desk and line.state is LineState.TALK for line in hall.lines.values())
