"""What stands on the sign of a dispenser: the sentence the citizen is told, whole where it fits, else in fewer words.

Only notices may move across a sign; whoever stands here must read at a glance (rules.md 4.4). The sentences come as
they are spoken; their shorter wordings stand in the pack under the same key, in ``[kiosk_sign]``.
"""

import re
import string
from collections.abc import Iterator, Mapping
from functools import cache

from firmware_py.phrases.pack import pack, text
from firmware_py.phrases.signs import hanzi_of

_SHORTER = "kiosk_sign."
_WORDINGS = ("mid", "short")
_PIECES = re.compile(r"[0-9A-Za-z][0-9A-Za-z:.\-]*|.", re.DOTALL)
_NEVER_FIRST = frozenset(",。、:;!?)”’")
_NEVER_LAST = frozenset("(“‘")


def kiosk_sign(sentence: str, *, rows: int, hanzi: int) -> str:
    """The longest wording of a sentence that fits ``rows`` lines of ``hanzi`` 汉字, broken into lines.

    A sentence that has no shorter wording sends people to the consultation desk, where they hear the whole of it.
    """
    for wording in (sentence, *_shorter(sentence)):
        for pieces in (_clauses(wording), _glued(wording)):
            lines = _filled(pieces, hanzi)
            if len(lines) <= rows and all(hanzi_of(line) <= hanzi for line in lines):
                return "\n".join(lines)
    return text("kiosk_sign.other.short")  # narrower than any sign that is let through (``kiosk_sign_needs``)


def kiosk_sign_needs(*, ticket: str, desk: int) -> str:
    """The widest short wording, with the hall's longest number: what a dispenser's sign must hold in a line."""
    shorts = (template for key, template in pack().items() if key.startswith(_SHORTER) and key.endswith(".short"))
    return max((template.format(ticket=ticket, number=ticket, desk=desk) for template in shorts), key=hanzi_of)


def _shorter(sentence: str) -> Iterator[str]:
    for pattern, wordings in _patterns():
        found = pattern.fullmatch(sentence)
        if found is not None:
            yield from (wording.format_map(found.groupdict()) for wording in wordings)
            return
    yield text("kiosk_sign.other.mid")
    yield text("kiosk_sign.other.short")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]:
    """How each sentence with shorter wordings is recognised; those that say most of their own come first."""
    phrases = pack()
    found: dict[str, list[str]] = {}
    for key, wording in phrases.items():
        if key.startswith(_SHORTER) and not key.startswith(f"{_SHORTER}other."):
            found.setdefault(key.removeprefix(_SHORTER).rpartition(".")[0], []).append(wording)
    known = sorted(found, key=lambda key: len(phrases[key]), reverse=True)
    return tuple((re.compile(_pattern(phrases[key])), tuple(found[key])) for key in known)


def _pattern(template: str) -> str:
    parts, seen = "", set[str]()
    for literal, name, _, _ in string.Formatter().parse(template):
        parts += re.escape(literal)
        if name is not None:
            parts += f"(?P={name})" if name in seen else f"(?P<{name}>.*?)"
            seen.add(name)
    return parts


def _filled(pieces: Iterator[str], hanzi: int) -> list[str]:
    """The pieces in as few lines as there may be."""
    lines = [next(pieces, "")]
    for piece in pieces:
        if hanzi_of((lines[-1] + piece).rstrip()) <= hanzi:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.strip() for line in lines]


def _clauses(wording: str) -> Iterator[str]:
    """What reads best on a line of its own: up to each comma."""
    held = ""
    for piece in _glued(wording):
        held += piece
        if held[-1] in _NEVER_FIRST:
            yield held
            held = ""
    if held:
        yield held


def _glued(wording: str) -> Iterator[str]:
    """What must not be parted, piece by piece: numbers and times, and no line begins with a comma."""
    held = ""
    for piece in _PIECES.findall(wording):
        if held and piece not in _NEVER_FIRST and piece != " " and held[-1] not in _NEVER_LAST:
            yield held
            held = ""
        held += piece
    yield held


def shorter_keys() -> Mapping[str, tuple[str, ...]]:
    """The sentences that have shorter wordings, and which."""
    keys = [key.removeprefix(_SHORTER) for key in pack() if key.startswith(_SHORTER)]
    sentences = dict.fromkeys(key.rpartition(".")[0] for key in keys)
    return {each: tuple(form for form in _WORDINGS if f"{each}.{form}" in keys) for each in sentences}
