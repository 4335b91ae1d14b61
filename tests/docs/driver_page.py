"""A page of docs/drivers as its parts: sections, tables, examples; and what the drivers of its kind can raise."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = ROOT / "docs/drivers"
KINDS: Final = sorted(
    each.name for each in (ROOT / "drivers").iterdir() if (each / "__init__.py").exists() and each.name != "virtual"
)
"""Every folder of ``drivers`` that is the near end of a wire."""

SECTIONS: Final = ("Models", "Wiring", "Configuration", "Testing", "Faults")

_FENCE: Final = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING: Final = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_CODE: Final = re.compile(r"`([^`]+)`")


class Page:
    """docs/drivers/<kind>.md."""

    def __init__(self, kind: str) -> None:
        self.path = PAGES / f"{kind}.md"
        assert self.path.exists(), f"docs/drivers/{kind}.md is still to be written"
        self.text = self.path.read_text(encoding="utf-8")
        parts = _HEADING.split(self.text)
        self.sections: dict[str, str] = dict(zip(parts[1::2], parts[2::2], strict=True))

    def examples(self) -> list[str]:
        """Every ```toml block of the page: ``[[instance]]`` snippets."""
        return _FENCE.findall(self.text)

    def rows(self, section: str) -> list[list[str]]:
        """The cells of every table row of a section, without the tables' headings."""
        lines = self.sections[section].splitlines()
        return [
            _cells(line)
            for place, line in enumerate(lines)
            if line.startswith("|")
            and not _is_rule(line)
            and not (place + 1 < len(lines) and _is_rule(lines[place + 1]))
        ]

    def fault_codes(self) -> set[str]:
        """What stands in backquotes in the first column of the Faults tables."""
        return {code for row in self.rows("Faults") for code in _CODE.findall(row[0])}


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _is_rule(line: str) -> bool:
    return line.startswith("|") and set(line) <= set("|-: ")


def codes_raised(kind: str) -> set[str]:
    """Every code ``drivers/<kind>`` can raise in a DriverFault: written in the call, or answered by a ``fault``."""
    return {
        code
        for file in sorted((ROOT / "drivers" / kind).rglob("*.py"))
        for code in _codes(ast.parse(file.read_text(encoding="utf-8")))
    }


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="DriverFault"), args=[first, *_]):
                yield from _texts(first)
            case ast.FunctionDef(name="fault"):
                for each in ast.walk(node):
                    if isinstance(each, ast.Return) and each.value is not None:
                        yield from _texts(each.value)


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.IfExp(body=body, orelse=orelse):
            yield from _texts(body)
            yield from _texts(orelse)
        case _:
            pass
