"""Which key of a staff pad means what: the one table, and a hall's own changes to it.

Codes marked * are used by the deployed pads (hardware.md 3.1); the others were free and are ours to print on keycaps.
``06+0F`` is two keys in a row, 6 then 确认, sent by the pad as one frame.

=========  ==============  ======================  =========  ==============  ============
wire key   desk key        keycap                  wire key   desk key        keycap
=========  ==============  ======================  =========  ==============  ============
``0C`` *   next            呼叫                    ``0E``     login           登录
``0D`` *   recall          重呼                    ``10``     logout          退出
``0B`` *   finish          评价                    ``14``     arrive          到达
``12`` *   pause           暂停 (again: resumes)   ``15``     wait            请稍候
``13`` *   transfer        转移                    ``16``     resume_desk     恢复服务
``06+0F``* pass            6 确认 (弃号)           ``17``     pickup          代接
``00+0F``* hold            0 确认 (挂起)           ``18``     callback_done   回拨完成
``03+0F``* resume_ticket   3 确认 (回呼)           ``19``     assist          协助
``1B``     interrupt       离开办理                ``1A``     undo            撤销
``1C``     stand_in        替岗                    ``1D``     add_item        加办
``1E``     record_done     记录完成                ``1F``     begin_self_test 评价器自检
``20``     end_self_test   结束自检                ``21``     confirm_clock   确认时间
``22``     give_reason     说明原因
=========  ==============  ======================  =========  ==============  ============

After 转移, 加办, 说明原因 and (where people name themselves) 登录 or 替岗 come digits ``00`` to ``09`` and 确认
``0F``, one key a frame, or as these pads send it, up to two digits and 确认 in one frame: ``02+0F``, ``01+02+0F``. What
is typed then is no key of the table, whatever it stands for otherwise.

USB number pads and pads with three keys have tables of their own (``keymaps``).
"""

import difflib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from firmware_py.errors import ConfigError

KEYCAPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "0C": "next",
        "0D": "recall",
        "0B": "finish",
        "12": "pause",
        "13": "transfer",
        "06+0F": "pass",
        "00+0F": "hold",
        "03+0F": "resume_ticket",
        "0E": "login",
        "10": "logout",
        "14": "arrive",
        "15": "wait",
        "16": "resume_desk",
        "17": "pickup",
        "18": "callback_done",
        "19": "assist",
        "1A": "undo",
        "1B": "interrupt",
        "1C": "stand_in",
        "1D": "add_item",
        "1E": "record_done",
        "1F": "begin_self_test",
        "20": "end_self_test",
        "21": "confirm_clock",
        "22": "give_reason",
    }
)
"""Wire key → desk key word, for an ``FF 68`` pad as it comes."""

DESK_KEYS: Final = frozenset(KEYCAPS.values())
"""Every word a key can mean."""

OK: Final = "ok"
TYPED: Final = frozenset({*"0123456789", OK})
"""What the keys mean that only finish another: the digits, and 确认."""

DIGITS: Final[Mapping[str, str]] = MappingProxyType({f"{digit:02X}": str(digit) for digit in range(10)} | {"0F": OK})
"""Wire key → digit or ``ok``, for an ``FF 68`` pad."""

FF68: Final[Mapping[str, str]] = MappingProxyType({**DIGITS, **KEYCAPS})
"""The whole ``FF 68`` pad."""


def keycaps(changes: Mapping[str, str], table: Mapping[str, str] = FF68) -> dict[str, str]:
    """A table with a hall's changes: ``{"0E": "arrive"}`` moves a word, ``{"13": ""}`` takes a key out of use.

    A key the table does not know is added.

    Raises:
        ConfigError: a word no desk knows; every wrong one is named, with the nearest right one.
    """
    known = DESK_KEYS | TYPED
    problems = [_unknown(key, word) for key, word in changes.items() if word and word not in known]
    if problems:
        raise ConfigError(problems)
    return {key: word for key, word in {**table, **changes}.items() if word}


def typed(key: str, keys: Mapping[str, str]) -> tuple[str, ...]:
    """The digits and 确认 a frame brings, ``("1", "2", "ok")`` for ``01+02+0F``; empty when it is any other key."""
    words = tuple(keys.get(part, "") for part in key.split("+"))
    return words if TYPED.issuperset(words) else ()


def _unknown(key: str, word: str) -> str:
    near = difflib.get_close_matches(word, DESK_KEYS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"allowed: {', '.join(sorted(DESK_KEYS))}"
    return f"key {key}: {word!r} is not a key of the desk; {hint}"
