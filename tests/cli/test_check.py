"""``hall check`` on the sample halls, and what it says about calendars."""

import json
import tomllib
from datetime import date
from pathlib import Path

import pytest

from firmware_py.cli import main
from firmware_py.cli.checking import check
from firmware_py.core.plan import Plan
from firmware_py.runtime.calendar_table import package_table
from firmware_py.runtime.config import load_hall

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
HALLS = ["weekday-hall", "daily-hall"]
DEVICES = [(hall, device.name) for hall in HALLS for device in sorted((EXAMPLES / hall).glob("device-*.toml"))]
LAST = max(package_table().years)


@pytest.mark.parametrize(("hall", "device"), DEVICES)
def test_every_sample_hall_and_its_devices_pass(
    tmp_path: Path, hall: str, device: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "hall.toml").write_bytes((EXAMPLES / hall / "hall.toml").read_bytes())
    (tmp_path / "device.toml").write_bytes((EXAMPLES / hall / device).read_bytes())
    assert main(["check", "--config", str(tmp_path)]) == 0, capsys.readouterr().err
    said = capsys.readouterr().out
    assert "# device.toml: values in force" in said
    assert tomllib.loads(said)["hall"]["id"] == hall.removesuffix("-hall")


def test_both_halls_have_a_controller_a_kiosk_and_a_desk() -> None:
    assert [device for _, device in DEVICES] == [
        "device-controller.toml",
        "device-desk8.toml",
        "device-kiosk1.toml",
    ] * 2


def plan_of(hall: str) -> Plan:
    return load_hall(EXAMPLES / hall / "hall.toml")


def test_the_two_halls_follow_the_two_norms() -> None:
    weekday, daily = plan_of("weekday-hall"), plan_of("daily-hall")
    assert [(each.opens, each.closes) for each in weekday.hours] == [(510, 720), (810, 1050)]  # A04
    assert weekday.calendar.open_on == "workdays"
    assert [(each.opens, each.closes) for each in daily.hours] == [(540, 720), (810, 1050)]  # A03
    assert daily.calendar.open_on == "all"


@pytest.mark.req("R-CORE-09")
@pytest.mark.parametrize("name", HALLS)
def test_a_sample_hall_shows_every_kind_of_desk(name: str) -> None:
    plan = plan_of(name)
    assert len(plan.desks) >= 8
    assert len(plan.kiosks) >= 2
    for kind in ("special", "tidal", "rota", "complaint_line", "stand_in", "supervisor", "evaluator", "neighbours"):
        assert any(getattr(desk, kind) for desk in plan.desks), kind
    assert any(desk.services == ("*",) for desk in plan.desks)
    assert any(desk.login == "card" for desk in plan.desks)
    assert len({desk.group for desk in plan.desks}) >= 2
    assert any(service.items and service.limit_min for service in plan.services)
    assert any(service.alias for service in plan.services)


def test_somebody_is_on_duty_over_noon() -> None:
    plan = plan_of("daily-hall")
    assert plan.limits.day.lunch == "duty"
    assert sum(desk.duty for desk in plan.desks) == 2


@pytest.mark.parametrize("name", HALLS)
def test_what_no_norm_gives_is_marked_as_assumed(name: str) -> None:
    lines = (EXAMPLES / name / "hall.toml").read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith(("limit_min =", "complaint_phone", "grace_min", "ordinary_max_wait_min")):
            assert "# assumed" in line, number + 1


# --- calendars --------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-TECH-06")
def test_the_years_whose_holidays_are_known_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(EXAMPLES / "daily-hall", as_json=False, today=date(LAST, 11, 30)) == 0
    said = capsys.readouterr()
    assert f"# holidays are known for 2025, 2026{''.join(f', {each}' for each in range(2027, LAST + 1))}" in said.out
    assert said.err == ""


@pytest.mark.req("R-REP-09", "R-TECH-06")
def test_from_december_on_a_missing_next_year_is_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(EXAMPLES / "weekday-hall", as_json=False, today=date(LAST, 12, 1)) == 0
    said = capsys.readouterr().err
    assert f"no holidays are known for {LAST + 1}" in said
    assert "update the package chinesecalendar" in said


@pytest.mark.req("R-REP-09", "R-TECH-06")
def test_a_missing_year_is_an_error_where_the_hall_opens_by_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(EXAMPLES / "weekday-hall", as_json=False, today=date(LAST + 1, 1, 1)) == 78
    said = capsys.readouterr().err
    assert f"no holidays are known for {LAST + 1}" in said
    assert "the hall opens on no day by itself" in said


@pytest.mark.req("R-REP-09")
def test_a_missing_year_is_a_warning_where_the_hall_opens_every_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(EXAMPLES / "daily-hall", as_json=True, today=date(LAST + 1, 1, 1)) == 0
    [warning] = json.loads(capsys.readouterr().out)["warnings"]
    assert "no change of hours can be announced" in warning


@pytest.mark.req("R-TECH-06")
def test_a_year_written_down_by_hand_is_as_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    year = LAST + 1
    text = (EXAMPLES / "weekday-hall" / "hall.toml").read_text("utf-8")
    text += f'\n[calendar]\nyears = [{year}]\nholidays = ["{year}-01-01", "{year}-10-01"]\n'
    (tmp_path / "hall.toml").write_text(text, encoding="utf-8")
    assert check(tmp_path, as_json=True, today=date(year, 3, 1)) == 0
    assert json.loads(capsys.readouterr().out)["years"][-1] == year
