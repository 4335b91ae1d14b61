"""The key maps that are shipped: what the keys of a pad mean, by the wire it hangs on and the map's name.

``usual`` is the pad as it comes. On a USB number pad the same keys are digits while something is typed:

===========  =========  =============  ===========  =============  ==============  ==============  ===========
``KEY_KP7``  恢复挂起   ``KEY_KP8``    请稍候       ``KEY_KP9``    暂停            ``KEY_KPPLUS``  转办
``KEY_KP4``  办结       ``KEY_KP5``    过号         ``KEY_KP6``    挂起            ``KEY_KPMINUS`` 撤销
``KEY_KP1``  呼叫       ``KEY_KP2``    重呼         ``KEY_KP3``    到达            ``KEY_KPENTER`` 登录 (确认)
``KEY_KP0``  恢复服务   ``KEY_KPDOT``  退出         ``KEY_KPSLASH`` 代接           ``KEY_KPASTERISK`` 协助
===========  =========  =============  ===========  =============  ==============  ==============  ===========

``three`` is a pad with the keys 下一位, 重呼 and 暂停 and no others: what each does next follows from what the desk is
doing (``caller.pad_three``). Buttons on pins have no table: each is named by its word.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from drivers.keypad.keycaps import FF68, OK, TYPED, keycaps

Keymap = Literal["usual", "three"]
THREE_KEYS: Final = ("next", "recall", "pause")

NUMBER_PAD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "KEY_KP1": "next",
        "KEY_KP2": "recall",
        "KEY_KP3": "arrive",
        "KEY_KP4": "finish",
        "KEY_KP5": "pass",
        "KEY_KP6": "hold",
        "KEY_KP7": "resume_ticket",
        "KEY_KP8": "wait",
        "KEY_KP9": "pause",
        "KEY_KP0": "resume_desk",
        "KEY_KPENTER": "login",
        "KEY_KPDOT": "logout",
        "KEY_KPPLUS": "transfer",
        "KEY_KPMINUS": "undo",
        "KEY_KPASTERISK": "assist",
        "KEY_KPSLASH": "pickup",
    }
)
"""Kernel key name → desk key word: only keys that every number pad has."""

NUMBER_PAD_DIGITS: Final[Mapping[str, str]] = MappingProxyType(
    {f"KEY_KP{digit}": str(digit) for digit in range(10)} | {"KEY_KPENTER": OK}
)
"""What those keys are while something is typed."""

_TABLES: Final[Mapping[tuple[str, Keymap], Mapping[str, str]]] = MappingProxyType(
    {
        ("ff68", "usual"): FF68,
        ("ff68", "three"): {"0C": "next", "0D": "recall", "12": "pause"},
        ("evdev", "usual"): NUMBER_PAD,
        ("evdev", "three"): {"KEY_KP1": "next", "KEY_KP2": "recall", "KEY_KP3": "pause"},
    }
)


def keys_of(wire: Literal["ff68", "evdev"], keymap: Keymap, changes: Mapping[str, str]) -> dict[str, str]:
    """Wire key → word, for a pad with a shipped map and a hall's changes to it (``keycaps``).

    Raises:
        ConfigError: a word no desk knows.
    """
    return keycaps(changes, _TABLES[wire, keymap])


def digits_of(wire: Literal["ff68", "evdev", "gpio"], keys: Mapping[str, str]) -> dict[str, str]:
    """Wire key → digit or ``ok`` while something is typed, on a pad whose keys mean ``keys``."""
    both = NUMBER_PAD_DIGITS if wire == "evdev" else {}
    return {**both, **{key: word for key, word in keys.items() if word in TYPED}}
