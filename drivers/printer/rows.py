"""Sentences as the printer's font sees them: how many columns a character takes, and where a row must break."""

import functools
import re
import unicodedata
from typing import Literal, get_args

Encoding = Literal["gb18030", "gbk", "utf-8"]
"""How the printer's firmware reads text; most Chinese ones read the two-byte part of GB18030 (hardware.md 1.1)."""

ENCODINGS: tuple[Encoding, ...] = get_args(Encoding)

_NEVER_FIRST = frozenset("，。、；：？！）》〉」』】〕〗”’…—～·％℃,.;:?!)]}>%")
_NEVER_LAST = frozenset("（《〈「『【〔〖“‘￥＄([{<$")
_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")


def columns_of(text: str) -> int:
    """Width in columns of 12 dots: one for what the printer keeps in one byte, two for a full-width character.

    A two-byte printer draws every two-byte character full-width, also those Unicode calls ambiguous (— … “ ”);
    the rare ones that are drawn as a bitmap count by their East-Asian width.
    """
    return sum(_columns_of_one(character) for character in text)


@functools.lru_cache(maxsize=4096)
def fits_font(character: str, encoding: Encoding) -> bool:
    """True when the printer's own font has the character: GB18030 in one or two bytes, and assigned (R-KIOSK-13).

    The four-byte part of GB18030 and the user-defined areas are absent from the fonts of two-byte printers, which
    print "?" or another character instead.
    """
    if unicodedata.category(character) in {"Co", "Cn", "Cs"}:
        return False
    try:
        character.encode("gb18030" if encoding == "utf-8" else encoding)
    except UnicodeEncodeError:
        return False
    return len(character.encode("gb18030")) <= 2


def break_rows(text: str, columns: int) -> list[str]:
    """Break a text into rows of at most ``columns``; at least one row, empty for an empty text.

    Numbers, times and Latin words stay whole, no row begins with closing punctuation or ends with an opening
    bracket, and nothing that could be a control code is left: a text can never command the printer.
    """
    return [row for line in _LINE_ENDS.split(text) for row in _break_line(_printable(line), columns)]


@functools.lru_cache(maxsize=4096)
def _columns_of_one(character: str) -> int:
    size = len(character.encode("gb18030", "replace"))
    if size <= 2:
        return size
    return 2 if unicodedata.east_asian_width(character) in "WFA" else 1


def _printable(line: str) -> str:
    kept: list[str] = []
    for character in line:
        category = unicodedata.category(character)
        if character == "\t" or (category == "Zs" and character != "\u3000"):
            kept.append(" ")
        elif category == "Cs":
            kept.append("\ufffd")
        elif category not in {"Cc", "Cf"}:
            kept.append(character)
    return "".join(kept)


def _break_line(line: str, columns: int) -> list[str]:
    rows: list[str] = []
    row, used = "", 0
    for word in _unbreakable(line):
        if row and used + columns_of(word.rstrip(" ")) > columns:
            rows.append(row.rstrip(" "))
            row, used = "", 0
        for character in word:
            width = _columns_of_one(character)
            if row and character != " " and used + width > columns:
                rows.append(row.rstrip(" "))
                row, used = "", 0
            row += character
            used += width
    return [*rows, row.rstrip(" ")]


def _unbreakable(line: str) -> list[str]:
    words: list[str] = []
    for character in line:
        if words and _belong_together(words[-1][-1], character):
            words[-1] += character
        else:
            words.append(character)
    return words


def _belong_together(left: str, right: str) -> bool:
    if right == " ":
        return True
    if left == " ":
        return False
    return (left.isascii() and right.isascii()) or right in _NEVER_FIRST or left in _NEVER_LAST
