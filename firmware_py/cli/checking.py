"""``hall check``: both configuration files, everything that is wrong at once, and what is in force."""

import json
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from firmware_py.core.plan import Plan
from firmware_py.errors import ConfigError
from firmware_py.phrases.lint import lint_text
from firmware_py.runtime.calendar_table import completed, next_year_missing, year_missing
from firmware_py.runtime.config import load, load_hall
from firmware_py.runtime.describe import describe
from firmware_py.runtime.device_file import DeviceConfig
from firmware_py.runtime.launching import EX_CONFIG
from firmware_py.runtime.problems import Problems
from firmware_py.runtime.profile import origins
from firmware_py.runtime.toml_text import read_toml


class Checked(msgspec.Struct, frozen=True):
    """What ``--json`` prints when nothing is wrong."""

    effective: str
    years: tuple[int, ...]
    warnings: list[str]
    ok: bool = True


def check(config: Path, *, as_json: bool, today: date | None = None) -> int:
    """Print the values in force and where each comes from, or every problem; 0 or 78.

    Args:
        config: folder of the two files.
        as_json: for programs.
        today: the day to judge the calendar by; None = the hall's own, by this machine's clock.
    """
    try:
        plan, device = _load(config)
        years, warnings = _judged(plan, _hall(config), today)
    except ConfigError as error:
        if as_json:
            print(json.dumps({"ok": False, "problems": error.problems}, ensure_ascii=False))
        else:
            print("\n".join(error.problems), file=sys.stderr)
            print(f"{len(error.problems)} 处需要改正", file=sys.stderr)
        return EX_CONFIG
    # the package's days are not the hall's to repeat: only the years are told
    effective = describe(plan, device, origins(read_toml(_hall(config), Problems("")) or {}))
    checked = Checked(effective, years, warnings)
    if as_json:
        print(msgspec.json.encode(checked).decode())
        return 0
    print(effective)
    print(f"# holidays are known for {', '.join(map(str, years)) or 'no year'}")
    for warning in warnings:
        print(f"warning: {warning}", file=sys.stderr)
    return 0


def _hall(config: Path) -> Path:
    return config / "hall.toml"


def _without(hall: Path, year: int) -> str:
    return (
        f"{hall}: calendar.years: no holidays are known for {year}; update the package chinesecalendar, "
        "or write that year's holidays and makeup days down under [calendar]"
    )


def _judged(plan: Plan, hall: Path, today: date | None) -> tuple[tuple[int, ...], list[str]]:
    """The years whose holidays are known, and what to do before the next one.

    Raises:
        ConfigError: this year's are not, and the hall opens by them.
    """
    today = today or (datetime.now(UTC) + timedelta(minutes=plan.utc_offset_min)).date()
    calendar = completed(plan).calendar
    this, following = _without(hall, today.year), _without(hall, today.year + 1)
    if year_missing(calendar, today) and calendar.open_on == "workdays":
        raise ConfigError([f"{this}: until then the hall opens on no day by itself"])
    warnings = [f"{this}: until then no change of hours can be announced"] if year_missing(calendar, today) else []
    if next_year_missing(calendar, today):
        warnings.append(f"{following}: do it before the year ends")
    return calendar.years, warnings


def _load(config: Path) -> tuple[Plan, DeviceConfig | None]:
    """A hall.toml alone may be checked too: it is written before the first device is."""
    hall, device_path = _hall(config), config / "device.toml"
    device: DeviceConfig | None = None
    if device_path.exists():
        plan, device = load(hall, device_path)
    else:
        plan = load_hall(hall)
    problems = [f"{hall}: hall.notice: {each}" for each in lint_text(plan.notice)]
    if problems:
        raise ConfigError(problems)
    return plan, device
