"""What a sign, a pad, a board or a page must show now: full snapshots of parts of the hall, as they travel retained.

Each carries ``(log, seq)``, the place in the hall's journal it is true at; a reader keeps the newest of one log, and a
newer log always wins.
"""

import msgspec

from firmware_py.core.model import Announcement
from firmware_py.core.plan import Hours


class View(msgspec.Struct, frozen=True):
    """Base of all views."""

    log: str
    seq: int


class PhoneView(msgspec.Struct, frozen=True):
    """A desk's own line: ``ring`` 0 = quiet; ``talking`` = off-hook (the sign's apology, R-PHONE-07); ``callbacks`` =
    calls it owes (R-PHONE-06), ``records`` = forms of the complaint line to be filled in (R-PHONE-08)."""

    ring: int = 0
    talking: bool = False
    callbacks: int = 0
    records: int = 0


class DeskView(View, frozen=True):
    """One desk (``state/desk/{n}``). ``state`` is the desk state of rules.md 3.4, ``ticket`` the number called or
    served, ``rating`` the number whose window is open, ``held`` the numbers put aside here, ``calls`` how often the
    ticket has been announced, ``neighbours`` the desks whose ringing phone this desk is asked to take. ``opened`` is
    false before T_open (the sign says 准备中). ``items`` can be added to the visit at the desk now (加办).
    ``interrupted`` = 离开办理; ``away_since`` is when staff left (hall time, 0 = here), ``excused`` = with leave;
    ``reason_wanted`` = they were away for ten minutes and have not said why. ``alerts`` are the kinds of what is up
    with this desk and the services it stands for (R-CORE-10, R-DESK-07). ``warned`` = the visit at the desk is near
    its time limit (1) or past it (2), for the staff alone (R-CORE-27). ``long_wait`` = who is called or served here has
    waited for longer than anybody should, and is told so first (R-CALL-09)."""

    desk: int
    name: str
    services: tuple[str, ...]
    state: str
    ticket: str = ""
    rating: str = ""
    held: tuple[str, ...] = ()
    calls: int = 0
    waiting: int = 0
    staff: str = ""
    role: str = ""
    since: int = 0
    opened: bool = True
    last_rating_done: bool = False
    phone: PhoneView = PhoneView()
    neighbours: tuple[int, ...] = ()
    items: tuple[str, ...] = ()
    interrupted: bool = False
    away_since: int = 0
    excused: bool = False
    reason_wanted: bool = False
    alerts: tuple[str, ...] = ()
    warned: int = 0
    long_wait: bool = False


class QueueView(View, frozen=True):
    """One queue (``state/queue/{service}``)."""

    service: str
    prefix: str
    name: str
    waiting: int


class BoardCall(msgspec.Struct, frozen=True):
    """A line of the hall board: a ticket that is called now."""

    ticket: str
    desk: int
    at: int


class HoursNotice(msgspec.Struct, frozen=True):
    """Other hours, as announced to the public (R-CORE-32); ``shown`` = somebody has already reported that it hangs."""

    change: int
    effective: str
    hours: tuple[Hours, ...]
    shown: bool = False


class BoardView(View, frozen=True):
    """The hall board and the voice (``state/board``): newest call first, and the recent announcements in order;
    ``coming`` is the change of hours to tell the public of. ``notice``, ``business`` and ``fault`` are the three slots
    (R-CALL-07): what stands in them now; ``broken`` are the places of the dispensers that print nothing."""

    calls: tuple[BoardCall, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    notice: str = ""
    coming: HoursNotice | None = None
    business: str = ""
    fault: str = ""
    broken: tuple[str, ...] = ()


class HallView(View, frozen=True):
    """The hall (``state/hall``).

    ``at`` is hall time, ``offset_ms`` what the wall clock reads beyond it; ``issuing`` is whether kiosks may issue now,
    ``reason`` the refusal's key when not, ``opens`` the wall's time at which issuing begins next; ``hours`` are today's
    sessions, ``coming`` those announced for later. ``callbacks`` and ``records`` are what the telephones owe, all lines
    together (R-PHONE-06, R-PHONE-08). ``guides`` are the dispensers that call for a guide, and what for (R-KIOSK-10).
    """

    at: int
    offset_ms: int
    day: str
    issuing: bool
    calling: bool
    reason: str = ""
    opens: str = ""
    waiting: int = 0
    closed: bool = False
    devices: tuple[tuple[str, str, str], ...] = ()
    hours: tuple[Hours, ...] = ()
    coming: HoursNotice | None = None
    callbacks: int = 0
    records: int = 0
    guides: tuple[tuple[str, str], ...] = ()


class RatingView(View, frozen=True):
    """A rating window as its paired evaluator alone may see it (``eval/{instance}``).

    ``(log, seq)`` is that of the ``rating_opened`` event, ``ticket`` its number. ``nonce`` is empty when no window is
    open; ``opened_at`` is hall time. Without a window the keypad rests with the ``staff`` number, their ``star`` (0 =
    none) and the address behind the ``qr`` code of the city's rating page (R-EVAL-09); ``dark`` = paused, nobody is
    logged in, or the day is over. ``testing`` = keys are tried: it lights and thanks and says that it is a test.
    """

    desk: int
    ticket: str = ""
    nonce: str = ""
    opened_at: int = 0
    window_ms: int = 0
    correct_ms: int = 0
    dark: bool = False
    testing: bool = False
    staff: str = ""
    star: int = 0
    qr: str = ""
