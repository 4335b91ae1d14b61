"""TOML files as people leave them: read, with every syntax error that can be told apart, and a line for every key."""

import re
import tomllib
from pathlib import Path
from typing import Final

from firmware_py.runtime.problems import Problems, inner

_PLACE: Final = re.compile(r"(?P<what>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)", re.DOTALL)
_PART: Final = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_KEY_PART: Final = re.compile(_PART)
_KEY: Final = re.compile(rf"\s*(?P<key>{_PART}(?:\s*\.\s*{_PART})*)\s*=")
_HEADER: Final = re.compile(rf"\s*\[(?P<many>\[?)\s*(?P<key>{_PART}(?:\s*\.\s*{_PART})*)\s*\]\]?\s*(?:#.*)?")
_TRIPLE: Final = ('"""', "'''")
_WORST: Final = 20
"""Syntax errors after which a file is no TOML."""


def read_toml(path: Path, problems: Problems) -> dict[str, object] | None:
    """The file's content, with broken lines left out and noted; None when nothing can be said about the rest."""
    text = _read_text(path, problems)
    if text is None:
        return None
    lines = text.split("\n")
    left_out: set[int] = set()
    for _ in range(_WORST):
        try:
            data = tomllib.loads("\n".join(lines))
        except tomllib.TOMLDecodeError as error:
            broken = _note(str(error), lines, problems)
            if broken is None or not _stands_alone(lines[broken - 1], str(error)):
                return None
            lines[broken - 1] = ""
            left_out.add(broken)
        except RecursionError:
            problems.add_syntax(None, "brackets are nested too deeply to be a configuration")
            return None
        except ValueError as error:  # a number of thousands of digits
            problems.add_syntax(None, str(error))
            return None
        else:
            problems.locate(line_numbers(text), left_out)
            return data
    return None


def line_numbers(text: str) -> dict[str, int]:
    """Key path → line, counted from 1, for tables and keys that begin a line: nothing inside inline tables.

    A list of tables counts from 0, as the paths of ``Problems`` do: ``desk[2].services``.
    """
    found: dict[str, int] = {}
    counts: dict[str, int] = {}
    table, inside = "", ""
    for number, line in enumerate(text.split("\n"), 1):
        if inside:
            if line.count(inside) % 2:
                inside = ""
            continue
        if header := _HEADER.fullmatch(line):
            *outer, last = _parts(header["key"])
            table = ""
            for part in outer:
                table = _current(inner(table, part), counts)
            table = inner(table, last)
            if header["many"]:
                found.setdefault(table, number)
                counts[table] = counts.get(table, -1) + 1
                table = _current(table, counts)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            path = table
            for part in _parts(key["key"]):
                path = inner(path, part)
            found.setdefault(path, number)
        inside = next((quotes for quotes in _TRIPLE if line.count(quotes) % 2), "")
    return found


def _read_text(path: Path, problems: Problems) -> str | None:
    try:
        raw = path.read_bytes()
    except OSError as error:
        problems.add_syntax(None, f"cannot be read: {error.strerror or error}; allowed: a TOML file")
        return None
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")  # Windows editors put a mark in front
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.add_syntax(line, "found bytes that are no UTF-8; allowed: UTF-8 text; save the file as UTF-8, not GBK")
        return None


def _note(message: str, lines: list[str], problems: Problems) -> int | None:
    """The line a syntax error is in, noted; None when it may be anywhere."""
    place = _PLACE.fullmatch(message)
    if place is not None:
        problems.add_syntax(int(place["line"]), f"column {place['column']}: {place['what']}; allowed: TOML")
        return int(place["line"])
    opening = [number for number, line in enumerate(lines, 1) if _fails_as(line, message)]
    what = message.removesuffix(" (at end of document)")
    if len(opening) != 1:
        problems.add_syntax(None, f"{what} before the end of the file: something opened is never closed")
        return None
    problems.add_syntax(opening[0], f"{what} before the end of the line; allowed: TOML")
    return opening[0]


def _fails_as(line: str, message: str) -> bool:
    try:
        tomllib.loads(line)
    except (ValueError, RecursionError) as error:
        return str(error) == message
    return False


def _stands_alone(line: str, message: str) -> bool:
    """Whether leaving out this line leaves the meaning of the others: a ``key = …`` broken in itself, or a second one.

    A line that is right in itself is only where the parser noticed something that went wrong before it.
    """
    goes_on = any(line.count(left) != line.count(right) for left, right in ("[]", "{}"))
    if _KEY.match(line) is None or goes_on or any(quotes in line for quotes in _TRIPLE):
        return False
    if message.startswith("Cannot overwrite"):
        return True
    try:
        tomllib.loads(line)
    except (ValueError, RecursionError):
        return True
    return False


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _KEY_PART.findall(dotted)]


def _current(path: str, counts: dict[str, int]) -> str:
    return f"{path}[{counts[path]}]" if path in counts else path
