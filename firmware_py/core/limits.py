"""Every number a hall may tune, with its default; origins stand in rules.md 1.3. Durations carry their unit."""

import msgspec


class CallLimits(msgspec.Struct, frozen=True):
    """Calling (rules.md 1.3 call.*; T08, T10, T25). ``unheard_max_s`` bounds the wait for a reading nobody reports.

    The voice reads a call ``repeat`` times, ``gap_s`` apart, a green one once more; ``one`` is ``yi`` or ``yao``:
    how it reads a 1 in a number (rules.md 4.7 speech.one)."""

    repeat: int = 2
    gap_s: int = 3
    one: str = "yi"
    max_calls: int = 3
    noshow_min_s: int = 60
    noshow_green_s: int = 90
    recall_gap_s: int = 10
    implicit_after_s: int = 30
    unheard_max_s: int = 180


class PassLimits(msgspec.Struct, frozen=True):
    """Returning after 过号 (R-CORE-12)."""

    return_after: int = 3
    max_returns: int = 2


class PrioLimits(msgspec.Struct, frozen=True):
    """The bounded-priority rule (R-CORE-06); ``max_run`` 0 = absolute priority."""

    max_run: int = 3
    ordinary_max_wait_min: int = 45


class EvalLimits(msgspec.Struct, frozen=True):
    """The evaluation window (R-EVAL-02). ``drain_s`` is how long a silent evaluator may still deliver a press."""

    window_s: int = 60
    min_open_s: int = 10
    correct_s: int = 5
    drain_s: int = 60


class PhoneLimits(msgspec.Struct, frozen=True):
    """Ring counting and what follows (R-PHONE-02…06). ``while_serving`` is ``answer`` or ``neighbour``; within
    ``pickup_ms`` of a call's end a neighbour's off-hook explains it (rules.md 3.9)."""

    max_rings: int = 3
    neighbour_after: int = 3
    supervisor_after: int = 5
    callback_due_min: int = 30
    while_serving: str = "answer"
    pickup_ms: int = 1500


class KioskLimits(msgspec.Struct, frozen=True):
    """Issuing (R-CORE-19, T04)."""

    open_lead_min: int = 15
    print_timeout_s: int = 15


class StaffLimits(msgspec.Struct, frozen=True):
    """When staff are due: so long before a session begins (A12: 5, A13: 10). For the duty list and the reports; it
    decides nothing."""

    arrive_lead_min: int = 5


class DeskLimits(msgspec.Struct, frozen=True):
    """Leaving the desk (rules.md 3.4: 请稍候 becomes 暂停服务 after ten minutes), taking something back, a dead pad.

    ``short_leave`` is ``wait`` or ``pause``: what the sign says for a short leave (rules.md 1.4).
    """

    wait_max_min: int = 10
    undo_s: int = 5
    fault_after_s: int = 10
    short_leave: str = "wait"


class AbsenceLimits(msgspec.Struct, frozen=True):
    """Absence in service hours (R-CORE-24)."""

    remind_min: int = 8
    report_min: int = 10
    deduct_min: int = 30


class ApptLimits(msgspec.Struct, frozen=True):
    """Appointments (R-CORE-08): priority from ``early_min`` before the slot to ``grace_min`` after it."""

    early_min: int = 15
    grace_min: int = 15


class TidalLimits(msgspec.Struct, frozen=True):
    """Crowds (R-CORE-10): people waiting per open desk, how long the oldest, how long it must stay below to be over."""

    open_waiting: int = 10
    open_wait_min: int = 20
    hold_min: int = 5


class VisitLimits(msgspec.Struct, frozen=True):
    """Single visits (R-CORE-27): at which part of the limit the staff are warned."""

    warn_percent: int = 80


class DayLimits(msgspec.Struct, frozen=True):
    """Noon and evening (R-CORE-16, 18): ``lunch`` is drain, duty or carry; ``close`` drain_all_tickets or
    drain_at_desk."""

    lunch: str = "drain"
    close: str = "drain_all_tickets"


class Limits(msgspec.Struct, frozen=True, rename={"passing": "pass"}):
    """Every number a hall may tune; keys are those of rules.md 1.3."""

    call: CallLimits = CallLimits()
    passing: PassLimits = PassLimits()
    prio: PrioLimits = PrioLimits()
    eval: EvalLimits = EvalLimits()
    phone: PhoneLimits = PhoneLimits()
    kiosk: KioskLimits = KioskLimits()
    staff: StaffLimits = StaffLimits()
    desk: DeskLimits = DeskLimits()
    absence: AbsenceLimits = AbsenceLimits()
    appt: ApptLimits = ApptLimits()
    tidal: TidalLimits = TidalLimits()
    visit: VisitLimits = VisitLimits()
    day: DayLimits = DayLimits()
