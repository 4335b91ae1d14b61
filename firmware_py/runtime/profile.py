"""Profiles: the norms contradict each other in a few places, and each profile follows one of them (rules.md 1.4).

A profile is the part of a ``hall.toml`` that the norm decides; whatever the hall writes down itself wins over it.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Final

from firmware_py.runtime.problems import Problems, did_you_mean, inner, one_of, shown

_FOLDER: Final = files("firmware_py.runtime") / "profiles"

FILE: Final = "hall.toml"
"""Where a value comes from that the hall has written down itself."""

Table = Mapping[str, object]


def profile_names() -> list[str]:
    """The profiles there are."""
    return sorted(each.name.removesuffix(".toml") for each in _FOLDER.iterdir() if each.name.endswith(".toml"))


def read_profile(name: str) -> Table:
    """What the profile ``name`` says.

    Raises:
        FileNotFoundError: there is no such profile.
    """
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))


def with_profile(raw: Table, problems: Problems) -> Table:
    """The file's content over that of the profile it names; an unknown profile is a problem."""
    name = named_in(raw)
    if not name:
        return raw
    if not isinstance(name, str) or name not in profile_names():
        known = profile_names()
        hint = did_you_mean(name, known) if isinstance(name, str) else ""
        problems.add("hall.profile", shown(name), one_of(known), hint)
        return raw
    return _over(read_profile(name), raw)


def named_in(raw: Table) -> object:
    """What stands at ``hall.profile``, "" when nothing does."""
    hall = raw.get("hall")
    return hall.get("profile", "") if isinstance(hall, dict) else ""


def origins(raw: Table) -> dict[str, str]:
    """Key path → ``FILE`` or the profile it comes from; what stands in neither is a default."""
    found: dict[str, str] = {}
    name = named_in(raw)
    if isinstance(name, str) and name in profile_names():
        found |= dict.fromkeys(_paths(read_profile(name)), f"profile {name}")
    return found | dict.fromkeys(_paths(raw), FILE)


def _over(below: Table, above: Table) -> Table:
    """Tables are merged, everything else is replaced."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged


def _paths(table: Table, path: str = "") -> list[str]:
    found = []
    for key, value in table.items():
        where = inner(path, key)
        found += _paths(value, where) if isinstance(value, dict) else [where]
    return found
