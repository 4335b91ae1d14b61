"""What a hall is before anybody comes: services, desks, hours and limits, as the technician wrote them down.

The plan is data of the journal (event ``configured``), so that a journal explains itself without any file beside it.
Durations carry their unit in the name; defaults and their origins stand in rules.md 1.3.
"""

from functools import cached_property

import msgspec

from firmware_py.core.limits import Limits


class Item(msgspec.Struct, frozen=True):
    """Something else that can be done in the same visit, and how many minutes longer it may take then (R-CORE-15)."""

    name: str
    limit_min: int = 0


class Service(msgspec.Struct, frozen=True):
    """One thing people come for, with the queue that waits for it.

    ``prefix`` is the letters before its numbers (R-CORE-03: letters only, never E, I, O, Q). ``alias`` is the neutral
    name for signs and slips when the real one would tell too much (R-CALL-04); empty = the name itself. ``limit_min``
    is how long one visit may take, 0 = the hall has set no limit (R-CORE-27); ``items`` may be added to it (加办).
    """

    id: str
    prefix: str
    name: str
    alias: str = ""
    zone: str = ""
    limit_min: int = 0
    items: tuple[Item, ...] = ()

    @property
    def shown(self) -> str:
        """The name the public sees."""
        return self.alias or self.name


class Rota(msgspec.Struct, frozen=True):
    """What a desk serves on some days (R-CORE-09): from one date to another, ``2026-12-01``, "" = without end, on
    these days of the week (1 Monday … 7 Sunday), none = all."""

    services: tuple[str, ...]
    since: str = ""
    until: str = ""
    weekdays: tuple[int, ...] = ()


class DeskPlan(msgspec.Struct, frozen=True):
    """One desk: what it serves, who stands beside it, and which instances belong to it.

    Desks of one ``group`` share the count of priority calls (R-CORE-06). ``pad``, ``evaluator`` and ``phone`` are
    instance names ("" = it has none); ``neighbours`` is in order of nearness (R-PHONE-04). ``roster`` names the staff
    who log in on a pad without digits, ``stand_in`` who takes over with 替岗 (R-DESK-02, R-CORE-26); with ``login``
    ``card`` people name themselves, coming back from a pause too. ``services`` ``("*",)`` is all of them; ``rota`` says
    otherwise for some days, the first row that fits holds; ``tidal`` are served too while the tide is open (R-CORE-10).
    ``special`` puts green tickets first without a bound (军人、老年人窗口). ``duty`` = stays open over noon.
    ``complaint_line`` = its telephone is the complaint line (R-PHONE-08). ``supervisor`` = may approve (R-DESK-05).
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
    stand_in: str = ""
    login: str = "roster"
    rota: tuple[Rota, ...] = ()
    tidal: tuple[str, ...] = ()
    special: bool = False
    duty: bool = False
    complaint_line: bool = False
    supervisor: bool = False

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


class Calendar(msgspec.Struct, frozen=True):
    """Which days are statutory workdays (R-REP-09, A02), handed in as data.

    ``open_on`` is ``all`` (365 days) or ``workdays``. ``holidays`` are days off and ``makeup`` the Saturdays and
    Sundays worked instead, ``2026-10-10``, of the ``years`` the table covers: what a year it does not cover holds, is
    never guessed. A change of hours needs ``notice_lead_wd`` working days of notice (R-CORE-32).
    """

    open_on: str = "all"
    years: tuple[int, ...] = ()
    holidays: tuple[str, ...] = ()
    makeup: tuple[str, ...] = ()
    notice_lead_wd: int = 2


class StaffPlan(msgspec.Struct, frozen=True):
    """One person of the staff: number, star (0 = none), whether they answer for approvals. Never a name (J01)."""

    id: str
    star: int = 0
    approver: bool = False


class Notice(msgspec.Struct, frozen=True):
    """One text for the board's ``slot``: ``business`` 业务通知, ``service`` 服务公告 or ``fault`` 机器报障 (R-CALL-07).

    It stands from ``since`` until ``until``, times of the clock on the wall (``2026-12-01 08:30``, or a whole day
    ``2026-12-01``), "" = from now on, without end.
    """

    slot: str
    text: str
    since: str = ""
    until: str = ""


class Plan(msgspec.Struct, frozen=True, dict=True):
    """The whole hall.

    ``id`` is the hall's name in topics. ``utc_offset_min`` turns hall time into the clock on the wall (China: 480,
    no summer time). ``complaint_phone`` is printed on every slip (R-KIOSK-03). ``supervisors`` are instances of duty
    panels; without a desk marked ``supervisor``, desk 1 is one (R-DESK-05). ``manual_prefix`` stands before the numbers
    of pre-printed slips (R-CORE-31), "" = the hall has none. ``rating_qr`` leads to the city's rating page. ``notice``
    stands in the service slot of the board, and on slips, whenever none of ``notices`` has it.
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
    calendar: Calendar = Calendar()
    staff: tuple[StaffPlan, ...] = ()
    manual_prefix: str = ""
    rating_qr: str = ""
    notices: tuple[Notice, ...] = ()

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
    def supervisor_desks(self) -> frozenset[int]:
        """The desks that may approve (R-DESK-05)."""
        return frozenset(desk.id for desk in self.desks if desk.supervisor) or frozenset({1})

    @cached_property
    def limits_visits(self) -> bool:
        """Whether a visit to any service has a time limit (R-CORE-27)."""
        return any(service.limit_min for service in self.services)

    def serves(self, desk: DeskPlan) -> tuple[str, ...]:
        """The services of a desk with ``*`` spelled out."""
        return tuple(service.id for service in self.services) if "*" in desk.services else desk.services

    @cached_property
    def _offered(self) -> frozenset[str]:
        named = [self.serves(desk) for desk in self.desks]
        named += [each for desk in self.desks for each in (desk.tidal, *(rota.services for rota in desk.rota))]
        offered = frozenset(service for services in named for service in services)
        return frozenset(self._services_by_id) if "*" in offered else offered  # a rota may say so for some days

    @cached_property
    def _services_by_id(self) -> dict[str, Service]:
        return {service.id: service for service in self.services}

    @cached_property
    def _desks_by_id(self) -> dict[int, DeskPlan]:
        return {desk.id: desk for desk in self.desks}
