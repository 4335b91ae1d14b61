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
                                                   ``1A``     undo            撤销
=========  ==============  ======================  =========  ==============  ============

A three-key pad (next, recall, pause) is this table with the other keys missing (R-DESK-01).
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
    }
)
"""Wire key → desk key word, for an ``FF 68`` pad as it comes. A USB pad has no default: its keycaps are the hall's."""

DESK_KEYS: Final = frozenset(KEYCAPS.values())
"""Every word a key can mean."""


def keycaps(changes: Mapping[str, str]) -> dict[str, str]:
    """The table with a hall's changes: ``{"0E": "arrive"}`` moves a word, ``{"13": ""}`` takes a key out of use.

    A key the table does not know (``"KEY_KP1"`` of a USB pad) is added.

    Raises:
        ConfigError: a word no desk knows; every wrong one is named, with the nearest right one.
    """
    problems = [_unknown(key, word) for key, word in changes.items() if word and word not in DESK_KEYS]
    if problems:
        raise ConfigError(problems)
    return {key: word for key, word in {**KEYCAPS, **changes}.items() if word}


def _unknown(key: str, word: str) -> str:
    near = difflib.get_close_matches(word, DESK_KEYS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"allowed: {', '.join(sorted(DESK_KEYS))}"
    return f"key {key}: {word!r} is not a key of the desk; {hint}"
