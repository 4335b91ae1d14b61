"""The sentences of one language: ``zh.toml`` read once, when the first one is said, and filled with values."""

import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

ZH = Path(__file__).with_name("zh.toml")


@cache
def pack() -> Mapping[str, str]:
    """Every template, by its dotted key: ``kiosk.idle``, ``signs.paused.short``."""
    return read_pack(ZH.read_text("utf-8"))


def read_pack(source: str) -> dict[str, str]:
    """The templates in the text of a pack, by dotted key.

    Raises:
        ValueError: the text is not TOML, or a value is not a string.
    """
    found: dict[str, str] = {}
    _flatten(tomllib.loads(source), "", found)
    return found


def _flatten(table: Mapping[str, object], prefix: str, found: dict[str, str]) -> None:
    for name, value in table.items():
        key = f"{prefix}{name}"
        if isinstance(value, dict):
            _flatten(value, f"{key}.", found)
        elif isinstance(value, str):
            found[key] = value
        else:
            raise ValueError(f"{key} is {value!r}; a phrase is a string in quotation marks")  # noqa: TRY004


def text(key: str, /, **values: str | int) -> str:
    """The sentence of that key with its ``{}`` filled; values it does not name are ignored.

    Raises:
        ValueError: there is no such sentence, or it names a value that was not given.
    """
    template = pack().get(key)
    if template is None:
        raise ValueError(f"there is no phrase {key!r} in {ZH.name}")
    try:
        return template.format_map(values)
    except KeyError as error:
        raise ValueError(f"phrase {key!r} needs a value for {{{error.args[0]}}}: {template!r}") from error


def fields(template: str) -> frozenset[str]:
    """The names between its braces.

    Raises:
        ValueError: the braces do not match.
    """
    return frozenset(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)
