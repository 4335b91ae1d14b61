"""What the loudspeaker says of a call: the names of recorded clips, and the same sentence as text for an engine.

Reading rules of rules.md 4.7: prefix letters by name, the number's digits one by one (A001 is A 零 零 一, never 一百),
the desk as a cardinal (三, 十二, 二十; 二 and never 两 or 幺), one pause before the desk, no name of anybody.
"""

from typing import Literal

from firmware_py.core.model import Announcement
from firmware_py.phrases.pack import text

One = Literal["yi", "yao"]
"""How a 1 in a ticket's number is read (``speech.one``); a desk's number is never 幺."""

Words = tuple[tuple[str, ...], str]
"""Clip names in order, and the whole sentence in Chinese."""

LAST_READING = 3
"""From this announcement on the sentence ends with a thank-you (rules.md 4.2)."""

_DIGITS = "零一二三四五六七八九"
_UNITS = {100: ("bai", "百"), 10: ("shi", "十"), 1: ("", "")}
_CARDINAL_MAX = 999


def said(announcement: Announcement, *, one: One = "yi", chime: bool = True) -> Words:
    """What an announcement of the board sounds like, whatever its kind."""
    if announcement.kind == "withdrawn":
        return withdrawn_words(announcement.ticket, one=one)
    return call_words(
        announcement.ticket,
        announcement.desk,
        reading=announcement.reading,
        final=announcement.kind == "final",
        one=one,
        chime=chime,
    )


def call_words(
    ticket: str, desk: int, *, reading: int = 1, final: bool = False, one: One = "yi", chime: bool = True
) -> Words:
    """请 A零零一 号到 三 号窗口办理.

    Args:
        ticket: the number, letters and digits.
        desk: the desk's number.
        reading: which announcement of this ticket it is, from 1 (``Announcement.reading``); the third says 谢谢.
        final: the last call of the day says so instead (T13).
        one: how a 1 in the number is read.
        chime: off for the second time the sentence is said in one announcement.

    Raises:
        ValueError: the number has something besides letters and digits, or there is no such desk.
    """
    number_words, number = read_number(ticket, one=one)
    desk_words, cardinal = read_cardinal(desk)
    words = (*(("chime",) if chime else ()), "qing", *number_words, "hao_dao", *desk_words, "hao_chuangkou_banli")
    sentence = text("call.voice", number=number, desk=cardinal)
    if final:
        return (*words, "zuihou_yici"), sentence + text("call.last")
    if reading >= LAST_READING:
        return (*words, "xiexie"), sentence + text("call.thanks")
    return words, sentence


def withdrawn_words(ticket: str, *, one: One = "yi") -> Words:
    """对不起,请 A零零一 号稍候,将由其他窗口为您办理: a call was taken back (T11).

    Raises:
        ValueError: as ``call_words``.
    """
    number_words, number = read_number(ticket, one=one)
    return ("duibuqi", "qing", *number_words, "shaohou_qita"), text("call.withdrawn", number=number)


def read_number(ticket: str, *, one: One = "yi") -> Words:
    """A001 as A 零 零 一.

    Raises:
        ValueError: it has something besides letters and digits, or nothing at all.
    """
    number = ticket.upper()
    if not (number.isascii() and number.isalnum()):
        raise ValueError(f"{ticket!r} is not a ticket's number: letters and digits only")
    words = tuple(_word(char, one) for char in number)
    spoken = (
        ("幺" if word == "yao" else _DIGITS[int(char)]) if char.isdigit() else char
        for char, word in zip(number, words, strict=True)
    )
    return words, "".join(spoken)


def read_cardinal(number: int) -> Words:
    """3 as 三, 12 as 十二, 20 as 二十, 105 as 一百零五; beyond 999 digit by digit, as a room's number is read.

    Raises:
        ValueError: not a positive number.
    """
    if number < 1:
        raise ValueError(f"there is no desk {number}")
    if number > _CARDINAL_MAX:
        return read_number(str(number))
    words: list[str] = []
    spoken = ""
    rest = number
    for unit, (word, hanzi) in _UNITS.items():
        digit, rest = divmod(rest, unit)
        if not digit:
            if spoken and rest and not spoken.endswith("零"):
                words.append("d0")
                spoken += "零"
            continue
        if not (unit == 10 and digit == 1 and not spoken):  # 十二, not 一十二
            words.append(f"d{digit}")
            spoken += _DIGITS[digit]
        if word:
            words.append(word)
            spoken += hanzi
    return tuple(words), spoken


def _word(char: str, one: One) -> str:
    if not char.isdigit():
        return char
    return "yao" if char == "1" and one == "yao" else f"d{char}"
