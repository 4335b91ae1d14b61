"""The check of everything that will be said to the public: polite, encodable, short enough (R-CALL-06, D03–D07).

The deny-list is quoted from the norms (rules.md 4.8) and stands here, not among the phrases, so that no key can ever
speak it. Complaints are for the technician: one sentence each, saying what was found and what to change.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping

from firmware_py.phrases.pack import fields

DENIED = (
    # 《各级政务服务大厅“三个规范化标准化”建设管理规范》第八条(一)
    "不知道",
    "有牌子,自己看",
    "已经告诉你了,还不懂",
    "不行,重填",
    "没看我正忙吗",
    "这个业务我们没办过",
    "快点,要下班了",
    # 业务窗口服务人员行为规范,文明服务禁语
    "不知道,不清楚,问别人去",
    "快点,要下班了,明天再来",
    "我不管,我就这态度",
    "有意见找领导去",
    "刚才和你说过了,怎么还问",
    "到点了,你快点儿",
    "没看我正忙着吗,着什么急",
    "手续不全你来干什么",
    "我说了算,还是你说了算",
    "今天没空,明天再说",
    "文件上有规定,自己查去",
    # 西安国际港务区政务服务中心,第九条三(九)“十不说”
    "我不知道,不归我管",
    "没找过我,我不负责",
    "这也不行,那也不行",
    "别麻烦我,自己解决",
    "有公示牌,你自己看",
    "真烦,怎么听不明白",
    "还没上班,等会再说",
    "这是规定,你懂不懂",
    "等会,看不见我在忙",
    "已经下班,明天再来",
    # what several of them share
    "明天再来",
    "自己看",
    "自己查",
    "着什么急",
)

POLITE = ("您好", "请", "对不起", "谢谢", "再见")
"""The ten characters of courtesy (D03)."""

POLITE_SECTIONS = ("kiosk", "call", "refusals", "rating", "phone")
"""Sections of the pack in which every sentence stands alone before a person, and is polite by itself."""

NOTICE_MAX_HANZI = 200
"""A font card takes 1024 bytes at once, its own orders included."""

_PIECES = frozenset({"call.thanks", "call.last", "kiosk.consult"})
"""Parts of sentences, polite with the rest."""


def lint_text(notice: str, *, reviewed: Collection[str] = ()) -> list[str]:
    """What is wrong with a notice or any other text for the public; nothing wrong = an empty list.

    Args:
        notice: the text.
        reviewed: entries of the deny-list that a person has found harmless in this text (不知道 is short: a notice for
            people who do not know the way may hold it).
    """
    return [*_denied(notice, reviewed), *_unshowable(notice), *_too_long(notice)]


def lint_pack(phrases: Mapping[str, str]) -> list[str]:
    """What is wrong with a phrase pack, each complaint with its key."""
    return [f"{key}: {found}" for key, phrase in phrases.items() for found in _lint_phrase(key, phrase)]


def unshowable(phrase: str) -> str:
    """The characters of a text that no sign can show, each once: outside GB2312, or an order to a card."""
    return "".join(char for char in dict.fromkeys(phrase) if _is_order(char) or not _in_gb2312(char))


def bare(phrase: str) -> str:
    """What remains without punctuation, white space and full-width disguise: the form in which texts are compared."""
    return "".join(char for char in unicodedata.normalize("NFKC", phrase) if unicodedata.category(char)[0] in "LNS")


def _lint_phrase(key: str, phrase: str) -> Iterable[str]:
    if not phrase.strip():
        yield "is empty; leave the key out or say something"
    yield from _denied(phrase, ())
    yield from _unshowable(phrase)
    try:
        named = fields(phrase)
    except ValueError as error:
        yield f"{error} in {phrase!r}; write {{name}} for a value"
        return
    for name in sorted(named):
        if not (name.isascii() and name.isidentifier()):
            yield f"{{{name}}} is not the plain name of a value"  # an attribute or index would reach inside it
    section = key.partition(".")[0]
    addressed = section in POLITE_SECTIONS or key.endswith(".public")
    if addressed and key not in _PIECES and not any(form in phrase for form in POLITE):
        yield f"has none of {'、'.join(POLITE)}: {phrase}"


def _denied(phrase: str, reviewed: Collection[str]) -> list[str]:
    stripped = bare(phrase)
    let_pass = {bare(entry) for entry in reviewed}
    return [
        f"{entry!r} must not be said to the public; say what they can do instead"
        for entry in DENIED
        if bare(entry) in stripped and bare(entry) not in let_pass
    ]


def _unshowable(phrase: str) -> Iterable[str]:
    for char in unshowable(phrase):
        if _is_order(char):
            yield f"{char!r} is an order to a sign or printer, not a character; leave it out"
        else:
            yield f"{char!r} (U+{ord(char):04X}) is not in GB2312, which signs show; use another word"


def _is_order(char: str) -> bool:
    return char == "\\" or unicodedata.category(char) in {"Cc", "Cf"}


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _too_long(notice: str) -> list[str]:
    if len(notice) <= NOTICE_MAX_HANZI:
        return []
    return [f"{len(notice)} characters; a sign takes {NOTICE_MAX_HANZI} at once"]
