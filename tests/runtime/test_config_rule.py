"""Whatever somebody does to a configuration: a valid hall, or every problem in words; never anything else."""

import copy
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.errors import ConfigError
from firmware_py.runtime.config import load, load_device, load_hall
from firmware_py.runtime.describe import describe, describe_device
from tests.runtime.config_files import EXAMPLES, HALL, written

Table = dict[str, Any]
Place = tuple[str | int, ...]

JUNK: list[Any] = ["", "x", "一", "\x1b", 0, -1, 10**30, 1.5, float("nan"), True, [], ["x"], [1, [2]], {}, {"a": 1}]
FILES = [HALL, *EXAMPLES.values()]
LINES = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["[", "]", "[[desk]]", "[hall]", "[[instance]]", '"""', "id = ", "= 1", "a.b.c = 1", "[desk]", "id = 1"]
    ),
    st.sampled_from([line for file in FILES for line in file.splitlines()]),
)


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as made:
        yield Path(made)


def toml(data: Table) -> str:
    """TOML of any table, through msgspec's own reading of it: independent of ``describe``."""
    return "\n".join(f"{key} = {_inline(value)}" for key, value in data.items())


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, float):
        return str(value)
    return msgspec.json.encode(value).decode() if not isinstance(value, int) or isinstance(value, bool) else str(value)


def _key(key: str) -> str:
    return msgspec.json.encode(key).decode()


def places(value: Any, path: Place = ()) -> Iterator[Place]:
    """Every key and element, outermost first."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield (*path, key)
        yield from places(item, (*path, key))


def container(data: Table, place: Place) -> Any:
    found: Any = data
    for step in place[:-1]:
        found = found[step]
    return found


def checked(directory: Path, hall: str | bytes, device: str | bytes) -> list[str]:
    """The problems; a file without any is loaded, described, loaded again and the same."""
    hall_path, device_path = written(directory, hall, device)
    try:
        plan, read = load(hall_path, device_path)
    except ConfigError as error:
        assert error.problems
        assert all(problem.strip() and "\n" not in problem for problem in error.problems)
        return error.problems
    written(directory, describe(plan), describe_device(read))
    assert load_hall(hall_path) == plan
    assert load_device(device_path, plan) == read
    return []


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_a_line_of_garbage_anywhere_is_a_valid_hall_or_problems_in_words(
    directory: Path, file: str, data: st.DataObject
) -> None:
    lines = file.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        lines[data.draw(st.integers(0, len(lines) - 1))] = data.draw(LINES)
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    checked(directory, *((text, EXAMPLES["desk"]) if file is HALL else (HALL, text)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_a_valid_file_or_problems_in_words(directory: Path, junk: bytes, whole: bool) -> None:
    text = junk if whole else HALL.encode() + b"\n" + junk
    checked(directory, text, EXAMPLES["kiosk"])
    checked(directory, HALL, text)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(FILES), st.data())
def test_any_key_deleted_misspelt_or_retyped_is_a_valid_hall_or_problems_in_words(
    directory: Path, file: str, data: st.DataObject
) -> None:
    table = tomllib.loads(file)
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.sampled_from(list(places(table))))
        around, at = container(table, place), cast(Any, place[-1])
        match data.draw(st.sampled_from(["delete", "misspell", "retype", "double"])):
            case "misspell" if isinstance(around, dict):
                around[data.draw(st.text(min_size=1, max_size=8))] = around.pop(at)
            case "retype":
                around[at] = copy.deepcopy(data.draw(st.sampled_from(JUNK)))
            case "double" if isinstance(around, list):
                around.append(copy.deepcopy(around[at]))
            case _:
                del around[at]
        if not table:
            break
    checked(directory, *((toml(table), EXAMPLES["desk"]) if file is HALL else (HALL, toml(table))))


HALL_ERRORS: dict[str, tuple[Place, Any]] = {
    "name": (("hall", "name"), 5),
    "phone": (("hall", "complaint_phone"), "call us"),
    "hours": (("hall", "hours"), ["17:00-09:00"]),
    "offset": (("hall", "utc_offset_min"), "8"),
    "unknown": (("hall", "colour"), "red"),
    "prefix": (("service", 0, "prefix"), "E"),
    "zone": (("service", 1, "zone"), ["B"]),
    "service": (("desk", 2, "services"), ["social", "realty", "general", "spaceport"]),
    "neighbour": (("desk", 1, "neighbours"), [1, 99]),
    "evaluator": (("desk", 0, "evaluator"), "not a name!"),
    "roster": (("desk", 0, "roster"), 1001),
    "place": (("kiosk", 0, "place"), True),
    "calls": (("limits", "call", "max_calls"), 0),
    "rings": (("limits", "phone", "max_rings"), 2.5),
    "typo": (("limits", "prio"), {"max_rum": 3}),
    "section": (("lunch",), {"mode": "drain"}),
}

DEVICE_ERRORS: dict[str, tuple[Place, Any]] = {
    "state": (("state",), "here"),
    "host": (("link", "host"), 7),
    "keepalive": (("link", "keepalive_s"), 10_000),
    "clock": (("clock", "source"), "sundial"),
    "printer": (("instance", 0, "printer", "port"), "lpt1"),
    "width": (("instance", 0, "printer", "width_mm"), 79),
    "encoding": (("instance", 0, "printer", "encoding"), "cp437"),
    "pin": (("instance", 0, "buttons", "pins", "social", "pin"), 99),
    "button": (("instance", 0, "buttons", "pins", "realty", "service"), "spaceport"),
    "class": (("instance", 0, "buttons", "pins", "green", "klass"), "S"),
    "debounce": (("instance", 0, "debounce_ms"), -1),
    "sign": (("instance", 0, "sign", "baud"), 300),
    "unknown": (("instance", 0, "colour"), "red"),
}


@settings(max_examples=120, deadline=None)
@given(st.sets(st.sampled_from(sorted(HALL_ERRORS))), st.sets(st.sampled_from(sorted(DEVICE_ERRORS))))
def test_so_many_errors_so_many_problems(directory: Path, in_hall: set[str], in_device: set[str]) -> None:
    hall, device = tomllib.loads(HALL), tomllib.loads(EXAMPLES["kiosk"])
    for table, errors, names in ((hall, HALL_ERRORS, in_hall), (device, DEVICE_ERRORS, in_device)):
        for name in names:
            place, value = errors[name]
            container(table, place)[place[-1]] = value
    problems = checked(directory, toml(hall), toml(device))
    assert len([problem for problem in problems if "/hall.toml:" in problem]) == len(in_hall), problems
    assert len([problem for problem in problems if "/device.toml:" in problem]) == len(in_device), problems
