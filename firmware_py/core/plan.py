"""What a hall is before anybody comes: services, desks, hours and limits, as the technician wrote them down.

The plan is data of the journal (event ``configured``), so that a journal explains itself without any file beside it.
Durations carry their unit in the name; defaults and their origins stand in rules.md 1.3.
"""

from functools import cached_property

import msgspec


class Service(msgspec.Struct, frozen=True):
    """One thing people come for, with the queue that waits for it.

    ``prefix`` is the letters before its numbers (R-CORE-03: letters only, never E, I, O, Q). ``alias`` is the neutral
    name for signs and slips when the real one would tell too much (R-CALL-04); empty = the name itself.
    """

    id: str
    prefix: str
    name: str
    alias: str = ""
    zone: str = ""

    @property
    def shown(self) -> str:
        """The name the public sees."""
        return self.alias or self.name


class DeskPlan(msgspec.Struct, frozen=True):
    """One desk: what it serves, who stands beside it, and which instances belong to it.

    Desks of one ``group`` share the count of priority calls (R-CORE-06). ``pad``, ``evaluator`` and ``phone`` are
    instance names ("" = it has none); ``neighbours`` is in order of nearness (R-PHONE-04). ``roster`` names the staff
    who log in on a pad without digits (R-DESK-02).
    """

    id: int
    services: tuple[str, ...]
    name: str = ""
    group: str = "1"
    pad: str = ""
    evaluator: str = ""
    phone: str = ""
    neighbours: tuple[int, ...] = ()
    roster: str = ""

    @property
    def shown(self) -> str:
        """What stands over the desk: its name, else its number."""
        return self.name or f"{self.id}号窗口"


class KioskPlan(msgspec.Struct, frozen=True):
    """One number dispenser; ``id`` is its instance name. ``place`` is where people find it."""

    id: str
    place: str = ""


class Hours(msgspec.Struct, frozen=True):
    """One session of the day, minutes after local midnight; calling starts at ``opens``, issuing ends at ``closes``."""

    opens: int
    closes: int


class CallLimits(msgspec.Struct, frozen=True):
    """Calling (rules.md 1.3 call.*; T08, T10, T25)."""

    max_calls: int = 3
    noshow_min_s: int = 60
    noshow_green_s: int = 90
    recall_gap_s: int = 10
    implicit_after_s: int = 30


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
    """Ring counting and what follows (R-PHONE-02…06). ``while_serving`` is ``answer`` or ``neighbour``."""

    max_rings: int = 3
    neighbour_after: int = 3
    supervisor_after: int = 5
    callback_due_min: int = 30
    while_serving: str = "answer"


class KioskLimits(msgspec.Struct, frozen=True):
    """Issuing (R-CORE-19, T04)."""

    open_lead_min: int = 15
    print_timeout_s: int = 15


class DeskLimits(msgspec.Struct, frozen=True):
    """Leaving the desk (rules.md 3.4: 请稍候 becomes 暂停服务 after ten minutes)."""

    wait_max_min: int = 10


class Limits(msgspec.Struct, frozen=True, rename={"passing": "pass"}):
    """Every number a hall may tune; keys are those of rules.md 1.3."""

    call: CallLimits = CallLimits()
    passing: PassLimits = PassLimits()
    prio: PrioLimits = PrioLimits()
    eval: EvalLimits = EvalLimits()
    phone: PhoneLimits = PhoneLimits()
    kiosk: KioskLimits = KioskLimits()
    desk: DeskLimits = DeskLimits()


class Plan(msgspec.Struct, frozen=True, dict=True):
    """The whole hall.

    ``id`` is the hall's name in topics. ``utc_offset_min`` turns hall time into the clock on the wall (China: 480,
    no summer time). ``complaint_phone`` is printed on every slip (R-KIOSK-03).
    """

    id: str
    name: str
    services: tuple[Service, ...]
    desks: tuple[DeskPlan, ...]
    kiosks: tuple[KioskPlan, ...] = ()
    hours: tuple[Hours, ...] = (Hours(540, 720), Hours(810, 1050))
    limits: Limits = Limits()
    complaint_phone: str = ""
    utc_offset_min: int = 480
    notice: str = ""
    supervisors: tuple[str, ...] = ()

    def service(self, service_id: str) -> Service | None:
        """The service of that id, or None."""
        return self._services_by_id.get(service_id)

    def desk(self, desk_id: int) -> DeskPlan | None:
        """The desk of that number, or None."""
        return self._desks_by_id.get(desk_id)

    def offers(self, service_id: str) -> bool:
        """Whether any desk serves it."""
        return service_id in self._offered

    @cached_property
    def _offered(self) -> frozenset[str]:
        return frozenset(service for desk in self.desks for service in desk.services)

    @cached_property
    def _services_by_id(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    @cached_property
    def _desks_by_id(self) -> dict[int, DeskPlan]:
        return {desk.id: desk for desk in self.desks}
