"""``hall.toml``: what it becomes, and what is said of a wrong one."""

from pathlib import Path

import msgspec
import pytest

from firmware_py.core.limits import Limits
from firmware_py.core.plan import Calendar, DeskPlan, Hours, Item, KioskPlan, Plan, Rota, Service, StaffPlan
from firmware_py.runtime.calendar_table import completed
from firmware_py.runtime.config import load_hall
from firmware_py.runtime.describe import describe
from firmware_py.runtime.hall_keys import STRICTER
from tests.runtime.config_files import HALL, ROOT, changed, line_of, problems_of_hall, written


def hall(directory: Path, text: str = HALL) -> Plan:
    return load_hall(written(directory, hall=text)[0])


def test_the_sample_hall_is_three_services_three_desks_and_a_kiosk(tmp_path: Path) -> None:
    plan = hall(tmp_path)
    assert [(service.id, service.prefix, service.name) for service in plan.services] == [
        ("social", "A", "社会保障"),
        ("realty", "B", "不动产登记"),
        ("general", "C", "综合受理"),
    ]
    assert [(desk.id, desk.services) for desk in plan.desks] == [
        (1, ("social", "general")),
        (2, ("realty",)),
        (3, ("social", "realty", "general")),
    ]
    assert [kiosk.id for kiosk in plan.kiosks] == ["kiosk1"]
    assert plan.name == "阳光区政务服务大厅"
    assert plan.limits == Limits()


def test_the_sample_hall_stays_open_over_lunch(tmp_path: Path) -> None:
    assert hall(tmp_path).hours == (Hours(9 * 60, 17 * 60 + 30),)


def test_hours_are_minutes_after_midnight_and_may_end_with_the_day(tmp_path: Path) -> None:
    plan = hall(tmp_path, changed(HALL, '["09:00-17:30"]', '["00:00-08:05", "08:05-24:00"]'))
    assert plan.hours == (Hours(0, 485), Hours(485, 1440))


def test_limits_are_named_as_in_the_rules(tmp_path: Path) -> None:
    plan = hall(tmp_path, HALL + "\n[limits.pass]\nreturn_after = 5\n[limits.prio]\nmax_run = 0\n")
    assert plan.limits.passing.return_after == 5
    assert plan.limits.prio.max_run == 0


def test_every_limit_states_what_it_may_be() -> None:
    for group in msgspec.structs.fields(Limits):
        for limit in msgspec.structs.fields(group.type):
            assert (group.type, limit.name) in STRICTER


def test_what_is_described_is_the_same_hall(tmp_path: Path) -> None:
    plan = hall(tmp_path, changed(HALL, 'notice = ""', 'notice = "周五下午学习，14:00 开门"'))
    described = describe(plan)
    assert "noshow_min_s = 60" in described
    assert hall(tmp_path, described) == plan


@pytest.mark.parametrize("name", ["weekday-hall", "daily-hall"])
def test_a_complete_hall_described_is_the_same_hall_with_a_whole_calendar(tmp_path: Path, name: str) -> None:
    plan = completed(load_hall(ROOT / "docs" / "examples" / name / "hall.toml"))
    assert hall(tmp_path, describe(plan)) == plan


def test_every_key_of_a_hall_that_is_no_switch_states_what_it_may_be() -> None:
    for kind in (Service, Item, DeskPlan, Rota, KioskPlan, Calendar, StaffPlan):
        for key in msgspec.structs.fields(kind):
            plain = key.type is bool or key.type in (tuple[Item, ...], tuple[Rota, ...])
            assert plain or (kind, key.name) in STRICTER, key.name


HOURS = '["09:00-17:30"]'
TWO = '"social", "general"]'
ROTA = '\nrota = [{ services = ["realty"], '
STAFF = '[[staff]]\nid = "1001"\n'
YEAR = '[calendar]\nyears = [2027]\nholidays = ["2027-01-01", '

WRONG = [
    ('id = "demo"', 'id = "Demo"', 'hall.id: found "Demo"', "a name of small letters, digits, - and _, 32 at most"),
    ("阳光区政务服务大厅", "", 'hall.name: found ""', "a text of 1 to 64 characters"),
    ('name = "阳光区政务服务大厅"', "", "hall.name: found nothing", "a text of 1 to 64 characters"),
    ('"12345"', "12345", "hall.complaint_phone: found 12345", 'a telephone number, such as "12345"'),
    (HOURS, '["9-5"]', 'hall.hours[0]: found "9-5"', 'a session of the day, "HH:MM-HH:MM"'),
    (HOURS, '["24:00-25:00"]', 'hall.hours[0]: found "24:00-25:00"', 'a session of the day, "HH:MM-HH:MM"'),
    (HOURS, '["17:30-09:00"]', 'hall.hours[0]: found "17:30-09:00"', "a session that ends after it begins"),
    (HOURS, '["09:00-12:00", "11:30-17:30"]', 'hall.hours[1]: found "11:30-17:30"', "after the one before it (09:00-"),
    (HOURS, "[]", "hall.hours: found a list of 0", "a list of at least one, each a session of the day"),
    ("= 480", "= 1000", "hall.utc_offset_min: found 1000", "a whole number from -720 to 840"),
    ("= 480", "= true", "hall.utc_offset_min: found true", "a whole number from -720 to 840"),
    ("= 480", "= 8.0", "hall.utc_offset_min: found 8.0", "a whole number from -720 to 840"),
    ("= 480", "= 0x" + "f" * 300, "hall.utc_offset_min: found a number of 1200 bits", "a whole number from -720 to"),
    ("utc_offset_min", "utc_ofset", "hall.utc_ofset: found a key nobody knows", 'did you mean "utc_offset_min"?'),
    (
        "utc_offset_min",
        "zone",
        "hall.zone: found a key nobody knows",
        '"hours", "utc_offset_min", "notice", "supervisors"',
    ),
    ('notice = ""', 'notice = "\\u001b@"', 'hall.notice: found "\\x1b@"', "a text of at most 200 characters"),
    ('notice = ""', "notice = 2026-11-21", "hall.notice: found 2026-11-21", "a text of at most 200 characters"),
    ('notice = ""', '"a\\n\\"b" = 1', 'hall."a\\n\\"b": found a key nobody knows', 'one of "id", "name"'),
    ("[[service]]", "[[servce]]", "servce: found a key nobody knows", 'did you mean "service"?'),
    ('"A" ', '"a" ', 'service[0].prefix: found "a"', "one or two capital letters, never E, I, O, Q (R-CORE-03)"),
    ('"A" ', '"A1" ', 'service[0].prefix: found "A1"', "one or two capital letters"),
    ('prefix = "B"', 'prefix = "A"', 'service[1].prefix: found "A"', "a value of its own; service[0].prefix has this"),
    ('id = "realty"', 'id = "social"', 'service[1].id: found "social"', "a value of its own; service[0].id has this"),
    (
        TWO,
        '"socail", "general"]',
        'desk[0].services[0]: found "socail"',
        'one of "social", "realty", "general"; did you',
    ),
    (TWO, '"social", "social"]', 'desk[0].services[1]: found "social"', "each service once"),
    (TWO, "]", "desk[0].services: found a list of 0", "a list of at least one, each a name"),
    (f"[{TWO}", '"social"', 'desk[0].services: found "social"', "a list of at least one, each a name"),
    ("= [2, 3]", "= [2, 4]", "desk[0].neighbours[1]: found 4", "the number of another desk: one of 2, 3"),
    ("= [2, 3]", "= [1, 3]", "desk[0].neighbours[0]: found 1", "the number of another desk: one of 2, 3"),
    ("= [2, 3]", "= [2, 2]", "desk[0].neighbours[1]: found 2", "each desk once"),
    ("= [2, 3]", '= ["2"]', 'desk[0].neighbours[0]: found "2"', "a whole number from 1 to 999"),
    ("\nid = 2", "\nid = 1", "desk[1].id: found 1", "a value of its own; desk[0].id has this one"),
    ("\nid = 2", "\nid = 0", "desk[1].id: found 0", "a whole number from 1 to 999"),
    ('= "desk2"', '= "kiosk1"', 'desk[1].pad: found "kiosk1"', "an instance of its own; kiosk[0].id has this one"),
    ('id = "kiosk1"', 'id = "kiosk/1"', 'kiosk[0].id: found "kiosk/1"', "a name of small letters, digits, - and _"),
    ("[[kiosk]]", "[kiosk]", 'kiosk: found a table with "id", "place"', "write [[kiosk]] with two brackets for each"),
    (
        "[limits.call]",
        "[[limits.call]]",
        "limits.call: found a list of 1",
        "write [limits.call] with one bracket",
    ),
    ("max_calls = 3", "max_calls = 0", "limits.call.max_calls: found 0", "a whole number from 1 to 20"),
    ("max_calls = 3", "max_calls = -1", "limits.call.max_calls: found -1", "a whole number from 1 to 20"),
    ("max_calls", "max-calls", "limits.call.max-calls: found a key nobody knows", 'did you mean "max_calls"?'),
    (
        "max_rings = 3",
        'while_serving = "anser"',
        'found "anser"',
        'one of "answer", "neighbour"; did you mean "answer"?',
    ),
    ("max_rings = 3", "supervisor_after = 2", "limits.phone.supervisor_after: found 2", "at least neighbour_after"),
    ("[limits.call]", "[limits.eval]\nmin_open_s = 90\n[limits.call]", "found 90", "at most window_s, which is 60"),
    # who serves what, and when (R-CORE-09, R-CORE-10)
    (TWO, '"*", "general"]', 'desk[0].services: found "*" among others', '["*"] alone, which is all services'),
    (TWO, '"All"]', 'desk[0].services[0]: found "All"', '32 at most, or "*" for all services'),
    (TWO, TWO + '\ntidal = ["social"]', 'desk[0].tidal[0]: found "social"', 'does not serve anyway: "realty"'),
    (TWO, TWO + '\ntidal = ["reality"]', 'desk[0].tidal[0]: found "reality"', 'did you mean "realty"?'),
    (TWO, '"*"]\ntidal = ["realty"]', 'desk[0].tidal[0]: found "realty"', "serve anyway: none is left"),
    (
        TWO,
        TWO + '\nrota = [{ services = ["x"] }]',
        'desk[0].rota[0].services[0]: found "x"',
        'one of "social", "realty"',
    ),
    (TWO, TWO + "\nrota = [{ services = [] }]", "desk[0].rota[0].services: found a list of 0", "at least one"),
    (TWO, TWO + "\nrota = [{ weekdays = [1] }]", "desk[0].rota[0].services: found nothing", "a list of at least one"),
    (
        TWO,
        TWO + ROTA + "weekdays = [8] }]",
        "desk[0].rota[0].weekdays[0]: found 8",
        "a day of the week, 1 Monday … 7 Su",
    ),
    (TWO, TWO + ROTA + "weekdays = [1, 1] }]", "desk[0].rota[0].weekdays[1]: found 1", "each day of the week once"),
    (TWO, TWO + ROTA + 'since = "1.12.2026" }]', 'rota[0].since: found "1.12.2026"', 'a date in quotes, "2026-10-01"'),
    (TWO, TWO + ROTA + 'since = "2026-02-29" }]', 'rota[0].since: found "2026-02-29"', "a day that exists"),
    (
        TWO,
        TWO + ROTA + 'since = "2026-12-02", until = "2026-12-01" }]',
        'desk[0].rota[0].until: found "2026-12-01"',
        "a day not before since, which is 2026-12-02",
    ),
    # people (R-CORE-26, R-DESK-02)
    (
        '= "1002"',
        '= "1001"',
        'desk[1].roster: found "1001"',
        "one person sits at one desk; desk[0].roster has this one",
    ),
    (
        '= "1002"',
        '= "张三"',
        'desk[1].roster: found "张三"',
        "a staff number of letters, digits and -, never a name (J01)",
    ),
    ('= "1002"', '= "1002"\nstand_in = "1002"', 'desk[1].stand_in: found "1002"', "somebody else than roster"),
    ('= "1002"', '= "1002"\nlogin = "pin"', 'desk[1].login: found "pin"', 'one of "card", "roster"'),
    ('= "desk2"', '= ""\nlogin = "card"', 'found "card", and the desk has no pad', 'a desk with a pad; or "roster"'),
    ("[limits.call]", STAFF + "[limits.call]", 'desk[1].roster: found "1002"', 'the id of a [[staff]]: "1001"'),
    ("[limits.call]", STAFF * 2 + "[limits.call]", 'staff[1].id: found "1001"', "staff[0].id has this one"),
    ("[limits.call]", STAFF + "star = 6\n[limits.call]", "staff[0].star: found 6", "a whole number from 0 to 5"),
    ("\nid = 1\n", "\nid = 11\n", "desk: found nobody who may approve", "a desk with supervisor = true, a desk 1, or"),
    # what a visit may be, and slips of paper (R-CORE-15, R-CORE-31)
    ('zone = "A区"', "limit_min = 500", "service[0].limit_min: found 500", "a whole number from 0 to 480"),
    ('zone = "A区"', 'items = [{ name = "" }]', 'service[0].items[0].name: found ""', "a text of 1 to 64 characters"),
    ('zone = "A区"', 'items = [{ name = "复印" }, { name = "复印" }]', "items[1].name: found", "each item once"),
    ('notice = ""', 'manual_prefix = "B"', 'hall.manual_prefix: found "B"', "service[1].prefix has this one"),
    (
        'notice = ""',
        'manual_prefix = "9"',
        'hall.manual_prefix: found "9"',
        'never E, I, O, Q (R-CORE-03), or "" for none',
    ),
    ('notice = ""', 'rating_qr = "评价"', 'hall.rating_qr: found "评价"', "an address that leads somewhere"),
    ('notice = ""', 'profile = "workday"', 'hall.profile: found "workday"', 'did you mean "workdays"?'),
    # days (R-REP-09, R-CORE-32)
    (
        "[limits.call]",
        '[calendar]\nopen_on = "weekdays"\n[limits.call]',
        'found "weekdays"',
        'one of "all", "workdays"',
    ),
    ("[limits.call]", "[calendar]\nnotice_lead_wd = 1\n[limits.call]", "found 1", "from 2 (the norm, A02) to 20"),
    (
        "[limits.call]",
        "[calendar]\nyears = [2027]\n[limits.call]",
        "calendar.years[0]: found 2027, of which",
        "written down",
    ),
    ("[limits.call]", YEAR + '"2027-13-01"]\n[limits.call]', 'found "2027-13-01"', "a day that exists"),
    (
        "[limits.call]",
        YEAR + '"2028-01-01"]\n[limits.call]',
        "[1]: found",
        "a day of a year in calendar.years: 2027",
    ),
    ("[limits.call]", YEAR + '"2027-01-01"]\n[limits.call]', "holidays[1]: found", "each day once"),
    (
        "[limits.call]",
        YEAR + '"x"]\n[limits.call]',
        'calendar.holidays[1]: found "x"',
        'a date in quotes, "2026-10-01"',
    ),
    (
        "[limits.call]",
        YEAR + ']\nmakeup = ["2027-01-04"]\n[limits.call]',
        'calendar.makeup[0]: found "2027-01-04", a weekday',
        "a Saturday or Sunday worked instead",
    ),
    ("[limits.call]", YEAR + ']\nmakeup = ["2027-01-01"]\n[limits.call]', "calendar.makeup[0]: found", "each day once"),
    # limits against each other
    (
        "[limits.call]",
        "[limits.absence]\nremind_min = 10\n[limits.call]",
        "report_min: found 10",
        "more than remind_min",
    ),
    (
        "[limits.call]",
        "[limits.absence]\ndeduct_min = 10\n[limits.call]",
        "deduct_min: found 10",
        "more than report_min",
    ),
    ("max_calls = 3", "noshow_green_s = 30", "noshow_green_s: found 30", "at least noshow_min_s, which is 60"),
    ("max_calls = 3", "unheard_max_s = 59", "unheard_max_s: found 59", "at least noshow_min_s, which is 60"),
    ("[limits.call]", "[limits.visit]\nwarn_percent = 100\n[limits.call]", "found 100", "a whole number from 1 to 99"),
    (
        "[limits.call]",
        '[limits.day]\nlunch = "close"\n[limits.call]',
        'found "close"',
        'one of "carry", "drain", "duty"',
    ),
    (
        "[limits.call]",
        '[limits.day]\nclose = "drain"\n[limits.call]',
        "limits.day.close",
        '"drain_all_tickets", "drain_at',
    ),
    ("[limits.call]", '[limits.desk]\nshort_leave = "sign"\n[limits.call]', 'found "sign"', 'one of "pause", "wait"'),
]


@pytest.mark.parametrize(("old", "new", "found", "allowed"), WRONG)
def test_a_wrong_value_is_told_with_path_value_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, found: str, allowed: str
) -> None:
    problems = problems_of_hall(tmp_path, changed(HALL, old, new))
    assert any(found in each and allowed in each for each in problems), problems


@pytest.mark.parametrize(
    ("old", "new", "line_with"),
    [
        ("= [2, 3]", "= [2, 4]", "[2, 4]"),
        ('"realty"]', '"realty", "x"]', '"realty", "x"]'),
        ('prefix = "C"', "", '[[service]]\nid = "general"'),
        ("max_calls = 3", "max_calls = 0", "max_calls = 0"),
        ("[[kiosk]]", "[kiosk]", "[kiosk]"),
        ("[limits.call]", "[[limits.call]]", "[[limits.call]]"),
        ('notice = ""', 'notice = """\n[[desk]]\n"""\nsupervisors = [1]', "supervisors"),
        ("max_calls = 3", '"max_calls" = 0', '"max_calls" = 0'),
        ("[limits.call]\n", "[limits]\ncall.max_calls = 0\n[limits.desk]\n", "call.max_calls = 0"),
    ],
)
def test_a_problem_names_the_line_it_stands_in(tmp_path: Path, old: str, new: str, line_with: str) -> None:
    text = changed(HALL, old, new)
    lines = {int(problem.partition(":")[0]) for problem in problems_of_hall(tmp_path, text)}
    assert line_of(text, line_with) in lines


@pytest.mark.req("R-EVAL-04")
def test_an_evaluator_is_paired_with_one_desk(tmp_path: Path) -> None:
    (problem,) = problems_of_hall(tmp_path, changed(HALL, '"desk2-eval"', '"desk1-eval"'))
    assert 'desk[1].evaluator: found "desk1-eval"; allowed: an instance of its own; desk[0].evaluator' in problem


@pytest.mark.req("R-CORE-03")
@pytest.mark.parametrize("letter", "EIOQ")
def test_no_prefix_sounds_like_another_word(tmp_path: Path, letter: str) -> None:
    (problem,) = problems_of_hall(tmp_path, changed(HALL, 'prefix = "A" ', f'prefix = "{letter}" '))
    assert "never E, I, O, Q" in problem


@pytest.mark.req("R-CORE-09")
def test_a_service_nobody_serves_is_refused(tmp_path: Path) -> None:
    orphan = HALL + '\n[[service]]\nid = "tax"\nprefix = "D"\nname = "税务"\n'
    (problem,) = problems_of_hall(tmp_path, orphan)
    assert 'service[3].id: found "tax", which no desk serves' in problem


@pytest.mark.req("R-CORE-09")
def test_a_service_of_a_rota_or_of_a_comprehensive_desk_is_served(tmp_path: Path) -> None:
    orphan = HALL + '\n[[service]]\nid = "tax"\nprefix = "D"\nname = "税务"\n'
    by_rota = changed(orphan, 'roster = "1002"', 'roster = "1002"\nrota = [{ services = ["tax"], weekdays = [1] }]')
    assert problems_of_hall(tmp_path, by_rota) == []
    assert problems_of_hall(tmp_path, changed(orphan, '["realty"]', '["*"]')) == []
    for text in (by_rota, changed(orphan, '["realty"]', '["*"]'), changed(by_rota, '["tax"]', '["*"]')):
        assert hall(tmp_path, text).offers("tax")


@pytest.mark.req("R-CORE-10")
def test_a_tide_alone_serves_nobody_because_a_supervisor_must_open_it(tmp_path: Path) -> None:
    orphan = HALL + '\n[[service]]\nid = "tax"\nprefix = "D"\nname = "税务"\n'
    tidal = changed(orphan, 'roster = "1002"', 'roster = "1002"\ntidal = ["tax"]')
    (problem,) = problems_of_hall(tmp_path, tidal)
    assert 'service[3].id: found "tax", which no desk serves' in problem


@pytest.mark.req("R-CORE-18")
def test_lunch_on_duty_needs_a_noon_and_somebody_on_duty(tmp_path: Path) -> None:
    duty = HALL + '\n[limits.day]\nlunch = "duty"\n'
    assert problems_of_hall(tmp_path, duty) == []  # the sample hall has no noon
    two = changed(duty, HOURS, '["09:00-12:00", "13:30-17:30"]')
    (problem,) = problems_of_hall(tmp_path, two)
    assert 'limits.day.lunch: found "duty", and no desk is on duty' in problem
    assert problems_of_hall(tmp_path, changed(two, 'roster = "1002"', 'roster = "1002"\nduty = true')) == []


@pytest.mark.req("R-CORE-26")
def test_one_person_may_stand_in_for_several(tmp_path: Path) -> None:
    text = changed(HALL, '"1002"', '"1002"\nstand_in = "1001"')
    assert problems_of_hall(tmp_path, changed(text, '"1003"', '"1003"\nstand_in = "1001"')) == []


@pytest.mark.req("R-TECH-01")
def test_all_errors_of_a_file_are_told_at_once_in_the_order_of_its_lines(tmp_path: Path) -> None:
    text = HALL
    for old, new in (
        ('id = "demo"', 'id = "DEMO"'),
        ('notice = ""', 'notise = ""'),
        ('prefix = "B"', 'prefix = "Q"'),
        ('"social", "general"]', '"socail", "general"]'),
        ("neighbours = [1, 3]", "neighbours = [1, 9]"),
        ("max_calls = 3", 'max_calls = "3"'),
        ("max_rings = 3", "max_rings = 0"),
    ):
        text = changed(text, old, new)
    problems = problems_of_hall(tmp_path, text)
    lines = [int(problem.partition(":")[0]) for problem in problems]
    assert len(problems) == 7
    assert lines == sorted(lines)


def test_one_misspelt_key_is_one_problem(tmp_path: Path) -> None:
    assert len(problems_of_hall(tmp_path, changed(HALL, 'prefix = "A" ', 'Prefix = "A" '))) == 1


def test_a_desk_whose_services_cannot_be_read_does_not_leave_them_unserved(tmp_path: Path) -> None:
    text = changed(changed(HALL, '["realty"]', '"realty"'), '["social", "realty", "general"]', '["social"]')
    (problem,) = problems_of_hall(tmp_path, text)
    assert "desk[1].services" in problem


def test_one_misspelt_section_is_one_problem(tmp_path: Path) -> None:
    assert len(problems_of_hall(tmp_path, changed(HALL, "[[kiosk]]", "[[kiosks]]"))) == 1


# --- files that are no TOML -------------------------------------------------------------------------------------------


def test_a_broken_line_is_told_with_its_column_and_does_not_hide_the_others(tmp_path: Path) -> None:
    text = changed(changed(HALL, 'name = "社会保障"', 'name = "社会保障'), "max_calls = 3", "max_calls = 0")
    syntax, value = problems_of_hall(tmp_path, text)
    assert "column 13: Illegal character" in syntax
    assert "limits.call.max_calls" in value


def test_every_broken_line_that_stands_alone_is_told(tmp_path: Path) -> None:
    text = changed(HALL, "max_rings = 3", "max_rings = = 3")
    text = changed(text, 'name = "社会保障"', "name = 社会保障")
    text = changed(text, 'roster = "1002"', "roster = '1002")
    problems = problems_of_hall(tmp_path, text)
    assert [problem.partition(":")[0] for problem in problems] == [
        str(line_of(text, broken)) for broken in ("name = 社会保障", "roster = '1002", "= = 3")
    ]


def test_a_key_given_twice_is_told_where_it_stands_again(tmp_path: Path) -> None:
    second = 'notice = "x"'
    text = changed(HALL, 'notice = ""', f'notice = ""\n{second}')
    (problem,) = problems_of_hall(tmp_path, text)
    assert problem.startswith(f"{line_of(text, second)}: ")
    assert "overwrite" in problem


def test_a_bracket_that_is_never_closed_is_told_once(tmp_path: Path) -> None:
    assert len(problems_of_hall(tmp_path, changed(HALL, "neighbours = [2, 3]", "neighbours = [2, 3"))) == 1


def test_a_file_saved_as_gbk_is_told_to_be_saved_as_utf8(tmp_path: Path) -> None:
    (problem,) = problems_of_hall(tmp_path, HALL.encode("gbk"))
    assert "found bytes that are no UTF-8" in problem
    assert "save the file as UTF-8, not GBK" in problem


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    assert problems_of_hall(tmp_path, b"\xef\xbb\xbf" + HALL.replace("\n", "\r\n").encode()) == []


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_an_empty_file_lacks_everything_it_needs(tmp_path: Path, text: str) -> None:
    problems = problems_of_hall(tmp_path, text)
    assert [problem.partition(":")[0] for problem in problems] == ["hall", "service", "desk"]


def test_a_missing_file_and_a_directory_are_told_by_name(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(Exception, match="cannot be read") as caught:
            load_hall(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    "garbage", ["[" * 5_000, "x = " + "[" * 5_000, "x = " + "1" * 5_000, "x = 0x" + "f" * 9_000, "x = " + "{a = " * 900]
)
def test_absurd_toml_is_refused_in_words(tmp_path: Path, garbage: str) -> None:
    assert problems_of_hall(tmp_path, HALL + "\n" + garbage) != []
