"""Facts about the hall and its day: the plan, clocks, opening, noon, closing, emergencies, what is announced."""

from firmware_py.core.events.base import Event
from firmware_py.core.plan import Hours, Plan


class Configured(Event, frozen=True, tag="configured"):
    """The plan in force from here on."""

    plan: Plan


class NumbersKnown(Event, frozen=True, tag="numbers_known"):
    """A kiosk has seen numbers up to these; new ones start above (a controller with a new SD card)."""

    kiosk: str
    day: str
    highest: dict[str, int]


class Restarted(Event, frozen=True, tag="restarted"):
    """The controller came up again, its hall time anchored anew and the wall clock ``offset_ms`` beyond it; what
    devices journalled meanwhile is still on its way (rules.md 3.8). ``trusted`` is false when neither a battery clock
    nor NTP vouches for the wall clock (R-CORE-20); ``corrected_ms`` of the offset are a clerk's correction of the
    machine's own clock, which runs on as it did. ``same_boot`` = the machine has not been off meanwhile: hall time ran
    on, and a wall clock that reads something else has been stepped."""

    offset_ms: int = 0
    trusted: bool = True
    corrected_ms: int = 0
    same_boot: bool = False


class ClockStepped(Event, frozen=True, tag="clock_stepped"):
    """The wall clock now reads hall time plus ``offset_ms``; durations are unaffected (R-CORE-20)."""

    offset_ms: int


class ClockTrusted(Event, frozen=True, tag="clock_trusted"):
    """A battery clock or NTP now vouches for the wall clock: hall time plus ``offset_ms``."""

    offset_ms: int


class ClockConfirmed(Event, frozen=True, tag="clock_confirmed"):
    """A rostered clerk confirmed date and time with one key (R-CORE-20): hall time plus ``offset_ms``."""

    offset_ms: int
    staff: str


class DayOpened(Event, frozen=True, tag="day_opened"):
    """A business day began; numbers start again. ``by`` names the duty person who opened it by hand, "" = by itself."""

    day: str
    by: str = ""


class CallingOpened(Event, frozen=True, tag="calling_opened"):
    """T_open has passed: calling is allowed (R-CORE-19). ``closes`` is hall time of this session's T_close."""

    closes: int


class LunchBegan(Event, frozen=True, tag="lunch_began"):
    """The morning's T_close has passed (R-CORE-18). ``mode`` is drain, duty or carry; ``waiting`` people still wait;
    ``resumes`` is hall time at which the afternoon's calling begins."""

    mode: str
    waiting: int
    resumes: int


class LunchEnded(Event, frozen=True, tag="lunch_ended"):
    """The afternoon's T_open has passed."""


class IssueClosed(Event, frozen=True, tag="issue_closed"):
    """T_close has passed: no more numbers; everyone waiting is still served (R-CORE-16)."""

    waiting: int


class IssueReopened(Event, frozen=True, tag="issue_reopened"):
    """Issuing and calling go on with the running day's numbers, because the duty person ``by`` says so: a clock stepped
    past T_close had stopped them, or one nobody vouches for (R-CORE-20)."""

    by: str


class DayClosed(Event, frozen=True, tag="day_closed"):
    """Nobody with a number is left (R-CORE-16); or ``by`` closed over them for a ``reason`` (R-CORE-17). So many
    ``callbacks`` and ``records`` are still owed by the telephones (R-PHONE-06, R-PHONE-08)."""

    by: str = ""
    reason: str = ""
    callbacks: int = 0
    records: int = 0


class HoursAnnounced(Event, frozen=True, tag="hours_announced"):
    """Other opening hours from the day ``effective`` on (R-CORE-32). ``emergency`` = in
    force without the two working days' notice, which is a violation of its own."""

    change: int
    hours: tuple[Hours, ...]
    effective: str
    approver: str
    reason: str
    emergency: bool = False


class HoursShown(Event, frozen=True, tag="hours_shown"):
    """The public saw the announcement for the first time, on ``day`` (the two working days count from here)."""

    change: int
    day: str
    instance: str


class HoursChanged(Event, frozen=True, tag="hours_changed"):
    """The announced hours are in force."""

    change: int


class HoursHeldBack(Event, frozen=True, tag="hours_held_back"):
    """The day came and the notice had not been shown long enough: the old hours stay until ``until`` at least."""

    change: int
    until: str


class EmergencyBegan(Event, frozen=True, tag="emergency_began"):
    """Everything stands still (R-CORE-30)."""

    by: str
    reason: str


class EmergencyEnded(Event, frozen=True, tag="emergency_ended"):
    """Everything goes on as it stood; ``lasted_ms`` is excluded from every duration."""

    by: str
    lasted_ms: int


DayEvents = (
    Configured
    | NumbersKnown
    | Restarted
    | ClockStepped
    | ClockTrusted
    | ClockConfirmed
    | DayOpened
    | CallingOpened
    | LunchBegan
    | LunchEnded
    | IssueClosed
    | IssueReopened
    | DayClosed
    | HoursAnnounced
    | HoursShown
    | HoursChanged
    | HoursHeldBack
    | EmergencyBegan
    | EmergencyEnded
)
