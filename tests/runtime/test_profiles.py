"""Profiles: each follows one of the norms that contradict each other, and a hall's own keys win (rules.md 1.4)."""

from pathlib import Path

import msgspec
import pytest

from firmware_py.core.limits import Limits
from firmware_py.core.plan import Calendar, Hours, Plan
from firmware_py.runtime.config import load_hall
from firmware_py.runtime.describe import describe
from firmware_py.runtime.problems import Problems
from firmware_py.runtime.profile import origins, profile_names, read_profile
from firmware_py.runtime.toml_text import read_toml
from tests.runtime.config_files import HALL, changed, problems_of_hall, written

SILENT = changed(changed(HALL, 'hours = ["09:00-17:30"]\n', ""), '"1002"', '"1002"\nduty = true')
"""A hall that leaves everything to its profile; desk 2 is on duty over noon."""


def following(directory: Path, profile: str, text: str = SILENT) -> Plan:
    return load_hall(written(directory, hall=changed(text, 'notice = ""', f'profile = "{profile}"'))[0])


@pytest.mark.parametrize(
    ("profile", "opens", "open_on", "arrive_lead", "short_leave", "while_serving", "lunch"),
    [
        ("daily", 540, "all", 5, "pause", "answer", "drain"),
        ("workdays", 510, "workdays", 5, "wait", "answer", "drain"),
        ("district", 540, "all", 5, "pause", "answer", "drain"),
        ("police", 540, "all", 10, "pause", "neighbour", "duty"),
    ],
)
def test_every_conflict_of_the_norms_is_decided_by_a_profile(
    tmp_path: Path,
    profile: str,
    opens: int,
    open_on: str,
    arrive_lead: int,
    short_leave: str,
    while_serving: str,
    lunch: str,
) -> None:
    plan = following(tmp_path, profile)
    limits = plan.limits
    assert (plan.hours[0].opens, plan.calendar.open_on) == (opens, open_on)  # A03, A04
    assert (limits.kiosk.open_lead_min, limits.staff.arrive_lead_min) == (15, arrive_lead)  # A05, A12, A13
    assert limits.desk.short_leave == short_leave  # E01, E02, E03
    assert limits.phone.while_serving == while_serving  # F01, F09
    assert (limits.day.lunch, limits.day.close) == (lunch, "drain_all_tickets")  # A06, A09
    assert limits.prio.max_run == 3  # B01, B05


def test_there_are_no_other_profiles() -> None:
    assert profile_names() == ["daily", "district", "police", "workdays"]


@pytest.mark.parametrize("name", ["daily", "district", "police", "workdays"])
def test_every_profile_decides_the_same_conflicts(name: str) -> None:
    decided = {
        "limits.kiosk.open_lead_min",
        "limits.staff.arrive_lead_min",
        "limits.desk.short_leave",
        "limits.phone.while_serving",
        "limits.prio.max_run",
        "limits.day.lunch",
        "limits.day.close",
    }
    hours = {"hall.hours", "calendar.open_on"}  # two of the norms give none
    assert set(origins(read_profile(name))) - hours == decided


def test_a_hall_without_a_profile_has_the_defaults(tmp_path: Path) -> None:
    plan = load_hall(written(tmp_path, hall=SILENT)[0])
    assert plan.hours == (Hours(540, 720), Hours(810, 1050))
    assert (plan.calendar, plan.limits) == (Calendar(), Limits())


def test_the_hall_s_own_keys_win_and_leave_the_others(tmp_path: Path) -> None:
    own = changed(SILENT, "[limits.phone]", '[limits.day]\nlunch = "carry"\n\n[limits.phone]\nwhile_serving = "answer"')
    own = changed(own, 'id = "demo"', 'id = "demo"\nhours = ["10:00-16:00"]')
    plan = following(tmp_path, "police", own)
    assert plan.hours == (Hours(600, 960),)
    assert plan.limits.day.lunch == "carry"
    assert plan.limits.phone.while_serving == "answer"
    assert plan.limits.day.close == "drain_all_tickets"
    assert plan.limits.desk.short_leave == "pause"


def test_what_a_profile_asks_for_must_be_possible_in_the_hall(tmp_path: Path) -> None:
    text = changed(changed(SILENT, "\nduty = true", ""), 'notice = ""', 'profile = "police"')
    (problem,) = problems_of_hall(tmp_path, text)
    assert 'limits.day.lunch: found "duty", and no desk is on duty' in problem


@pytest.mark.parametrize(
    ("value", "hint"), [('"polise"', 'did you mean "police"?'), ('"x"', 'one of "daily", "district"'), ("3", "found 3")]
)
def test_an_unknown_profile_leads_to_the_nearest(tmp_path: Path, value: str, hint: str) -> None:
    (problem,) = problems_of_hall(tmp_path, changed(HALL, 'notice = ""', f"profile = {value}"))
    assert "hall.profile: found" in problem
    assert hint in problem


def test_a_profile_hides_no_mistake_of_the_file(tmp_path: Path) -> None:
    text = changed(SILENT, 'notice = ""', 'profile = "police"')
    text = changed(text, "[limits.phone]", '[limits.day]\nlunh = "carry"\n\n[limits.phone]\nwhile_serving = "no"')
    problems = problems_of_hall(tmp_path, text)
    assert any("limits.day.lunh: found a key nobody knows" in each for each in problems)
    assert any('limits.phone.while_serving: found "no"' in each for each in problems)
    assert len(problems) == 2


@pytest.mark.req("R-TECH-01")
def test_every_value_in_force_says_where_it_comes_from(tmp_path: Path) -> None:
    plan = following(tmp_path, "police")
    raw = read_toml(tmp_path / "hall.toml", Problems(""))
    assert raw is not None
    lines = describe(plan, origins=origins(raw)).splitlines()
    assert 'while_serving = "neighbour"  # profile police' in lines
    assert "arrive_lead_min = 10  # profile police" in lines
    assert "max_calls = 3" in lines
    assert "noshow_min_s = 60  # default" in lines
    assert 'roster = "1001"' in lines  # of a desk, which no profile knows


def test_values_without_their_origins_load_as_the_same_hall(tmp_path: Path) -> None:
    plan = following(tmp_path, "workdays")
    again = load_hall(written(tmp_path, hall=describe(plan))[0])
    assert msgspec.json.encode(again) == msgspec.json.encode(plan)
