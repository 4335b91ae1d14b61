"""Which keys of a real pad a finger presses, one after the other, to do what a request says."""

from collections.abc import Sequence
from typing import Final

from drivers.keypad.keycaps import KEYCAPS
from firmware_py.core.plan import Plan
from firmware_py.demo.requests import PadKey, Refusing

WIRE_KEYS: Final = {word: key for key, word in KEYCAPS.items()}
"""Desk key word to the pad's wire key."""


def wire_keys(asked: PadKey, plan: Plan, items: Sequence[str]) -> list[str]:
    """The pad's wire keys: the key itself, then in one frame the digits behind it and 确认, as the pads in use do it.

    ``items`` are those that can be added at the desk now.

    Raises:
        Refusing: 422, no such key, service or item.
    """
    key = WIRE_KEYS.get(asked.key)
    if key is None:
        raise Refusing(422, f"键盘上没有这个键:{asked.key};可用:{' '.join(sorted(WIRE_KEYS))}")
    digits = _digits(asked, plan, items)
    return [key, "+".join([*(f"0{digit}" for digit in digits), "0F"])] if digits else [key]


def _digits(asked: PadKey, plan: Plan, items: Sequence[str]) -> str:
    if asked.key == "transfer" and asked.service:
        return "0" + _place(asked.service, [service.id for service in plan.services], "业务")
    if asked.key == "transfer" and asked.target:
        return str(asked.target)
    if asked.key == "add_item" and asked.item:
        return _place(asked.item, items, "加办事项")
    return ""


def _place(name: str, names: Sequence[str], what: str) -> str:
    if name not in names[:9]:
        raise Refusing(422, f"没有这个{what}:{name};可用:{' '.join(names) or '无'}")
    return str(names.index(name) + 1)
