"""Views as the controller would publish them, for one desk and for the board."""

from typing import TypeVar

from firmware_py.core.model import Announcement
from firmware_py.core.views import BoardCall, BoardView, DeskView, HallView, PhoneView
from firmware_py.link import Lifecycle, Received, Status, Topics, encode
from tests.hall.small_hall import NINE

E = TypeVar("E")

TOPICS = Topics("h1")


def desk_view(
    state: str = "ready",
    *,
    seq: int = 1,
    ticket: str = "",
    rating: str = "",
    waiting: int = 0,
    opened: bool = True,
    ring: int = 0,
    neighbours: tuple[int, ...] = (),
    log: str = "log-1",
) -> DeskView:
    """Desk 3, served for 综合受理."""
    return DeskView(
        log,
        seq,
        3,
        "3号窗口",
        ("综合受理",),
        state,
        ticket,
        rating,
        waiting=waiting,
        opened=opened,
        phone=PhoneView(ring),
        neighbours=neighbours,
    )


def call(
    seq: int, ticket: str, desk: int = 1, *, kind: str = "call", at: int = NINE, slow: bool = False
) -> Announcement:
    return Announcement(seq, at, kind, ticket, desk, 1, slow)


def board_view(
    *announcements: Announcement, called: tuple[tuple[str, int], ...] | None = None, seq: int = 0, log: str = "log-1"
) -> BoardView:
    """These were announced; ``called`` is who is called now (all of them unless it says otherwise)."""
    if called is None:
        called = tuple((each.ticket, each.desk) for each in announcements if each.kind != "withdrawn")
    newest = max((each.seq for each in announcements), default=0)
    calls = tuple(BoardCall(ticket, desk, NINE) for ticket, desk in called)
    return BoardView(log, seq or newest, calls, announcements)


def hall_view(*, closed: bool = False, offset_ms: int = 0, seq: int = 1) -> HallView:
    return HallView("log-1", seq, NINE, offset_ms, "2026-11-21", True, True, closed=closed)


def controller_is(state: Lifecycle) -> Received:
    """The controller's status."""
    return Received(TOPICS.status("controller"), encode(Status(state, "boot")))


def only(effects: list[object], kind: type[E]) -> list[E]:
    """The effects of one kind, in order."""
    return [each for each in effects if isinstance(each, kind)]
