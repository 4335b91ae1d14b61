"""What is wrong with a configuration file: collected, not thrown, so that one reading of it tells everything."""

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_SHOWN_MAX: Final = 80


class Problems:
    """The problems of one file; the first at a key path stands for it, later ones are its echo.

    Args:
        file: the file's name as the reader knows it.
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._lines: Mapping[str, int] = {}
        self._excused: set[str] = set()
        self._found: dict[str, tuple[int | None, str]] = {}

    def locate(self, lines: Mapping[str, int], left_out: Collection[int] = ()) -> None:
        """Say in which line each key path of the file stands, and which lines could not be read.

        A path that stands in such a line has its problem already; it must not be called missing too.
        """
        self._lines = lines
        self._excused = {path for path, line in lines.items() if line in left_out}

    def add(self, path: str, found: str, allowed: str, hint: str = "") -> None:
        """Note that ``found`` stands at ``path`` where only ``allowed`` may."""
        if path in self._excused:
            return
        parts = [f"{path}: found {found}", f"allowed: {allowed}", hint]
        self._note(path, self._line_of(path), "; ".join(part for part in parts if part))

    def add_repeats(self, values: Iterable[tuple[str, str | int]], owner: str = "a value of its own") -> None:
        """Note every (path, value) whose value an earlier path has; "" and what has a problem already do not count."""
        first: dict[str | int, str] = {}
        for path, value in values:
            if value == "" or self.has(path):
                continue
            if value in first:
                self.add(path, shown(value), f"{owner}; {first[value]} has this one")
            first.setdefault(value, path)

    def add_syntax(self, line: int | None, message: str) -> None:
        """Note that a line (None: the file) cannot be read at all."""
        self._note(f"line {line}", line, message)

    def has(self, path: str) -> bool:
        """Whether something is wrong at exactly this path."""
        return path in self._found or path in self._excused

    def sentences(self) -> list[str]:
        """One sentence each: file, line, key path, what was found, what is allowed; in the order of the lines."""
        in_order = sorted(self._found.values(), key=lambda found: found[0] or 0)
        return [f"{self._file}: {text}" if line is None else f"{self._file}:{line}: {text}" for line, text in in_order]

    def _note(self, path: str, line: int | None, text: str) -> None:
        self._found.setdefault(path, (line, text))

    def _line_of(self, path: str) -> int | None:
        """The line of the path itself, else of the nearest table around it."""
        while path and path not in self._lines:
            cut = max(path.rfind("."), path.rfind("["))
            path = path[:cut] if cut > 0 else ""
        return self._lines.get(path)


def inner(path: str, key: str) -> str:
    """The path of ``key`` in the table at ``path``."""
    name = key if _BARE_KEY.fullmatch(key) else _quoted(key)
    return f"{path}.{name}" if path else name


def shown(value: object) -> str:
    """A value as it would stand in the file, shortened, with line feeds and the like made visible."""
    match value:
        case bool():
            text = "true" if value else "false"
        case str():
            text = _quoted(value)
        case int() if value.bit_length() > 64:
            text = f"a number of {value.bit_length()} bits"  # Python refuses to print the longest ones
        case dict():
            text = f"a table with {_listed(value) or 'nothing in it'}"
        case list():
            text = f"a list of {len(value)}"
        case _:
            text = str(value)
    return text if len(text) <= _SHOWN_MAX else f"{text[: _SHOWN_MAX - 1]}…"


def one_of(words: Iterable[object]) -> str:
    """``one of "a", "b"``; the words in their own order."""
    listed = [shown(word) for word in words]
    if not listed:
        return "nothing: none is defined"
    return listed[0] if len(listed) == 1 else f"one of {', '.join(listed)}"


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word somebody may have meant, or None; upper case, hyphens and underscores make no difference."""
    plain = {_plain(candidate): candidate for candidate in words}
    near = difflib.get_close_matches(_plain(word[:_SHOWN_MAX]), plain, n=1)
    return plain[near[0]] if near else None


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """``did you mean "social"?``, or nothing."""
    near = nearest(word, words)
    return f"did you mean {_quoted(near)}?" if near else ""


def _plain(word: str) -> str:
    return word.lower().replace("-", "_")


def _quoted(text: str) -> str:
    return f'"{"".join(map(_visible, text))}"'


def _visible(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    return char if char.isprintable() or char == "\u3000" else ascii(char)[1:-1]


def _listed(table: Mapping[str, object]) -> str:
    return ", ".join(map(_quoted, list(table)[:5])) + (", …" if len(table) > 5 else "")
