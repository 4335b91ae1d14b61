"""What the staff pad and the evaluator of a desk must mean: each key a sense, each level a key."""

from collections.abc import Iterator
from typing import Final

from drivers.keypad.key_names import NUMLOCK, code_of
from drivers.keypad.keycaps import DESK_KEYS, TYPED
from drivers.keypad.keymaps import THREE_KEYS
from firmware_py.errors import ConfigError
from firmware_py.runtime.problems import Problems, did_you_mean, inner, one_of, shown
from firmware_py.runtime.wire_settings.keypad import EvdevKeypad, GpioKeypad, KeypadConfig
from firmware_py.runtime.wire_settings.pad import EvdevPad, GpioPad, PadConfig

_FULL_SCALE: Final = (1, 2, 3, 4, 5)


def pins_of(path: str, wire: GpioPad | GpioKeypad) -> Iterator[tuple[str, int]]:
    """Every pin of a pad or evaluator, with its path in the file."""
    if isinstance(wire, GpioKeypad):
        yield from ((f"{path}.pins[{place}]", pin) for place, pin in enumerate(wire.pins))
        yield from ((f"{path}.lamps[{place}]", pin) for place, pin in enumerate(wire.lamps))
        return
    for word, key in wire.keys.items():
        where = inner(f"{path}.keys", word)
        yield f"{where}.pin", key.pin
        if key.lamp is not None:
            yield f"{where}.lamp", key.lamp
    for name, pin in (("lamp", wire.lamp), ("beeper", wire.beeper)):
        if pin is not None:
            yield f"{path}.{name}", pin


def check_pad(path: str, pad: PadConfig, problems: Problems) -> None:
    """Note every key that does not exist, and every word that no desk knows."""
    allowed = frozenset(THREE_KEYS) if pad.keymap == "three" else DESK_KEYS | TYPED
    before = len(problems.sentences())
    if isinstance(pad, GpioPad):
        for word in pad.keys:
            _check_word(inner(f"{path}.keys", word), word, allowed, problems)
    else:
        for key, word in pad.keys.items():
            place = inner(f"{path}.keys", key)
            if isinstance(pad, EvdevPad):
                _check_key_name(place, key, problems)
            if word:  # "" takes a key of the map out of use
                _check_word(place, word, allowed, problems)
    if len(problems.sentences()) > before or problems.has(f"{path}.keys") or problems.has(f"{path}.keymap"):
        return
    if pad.keymap == "three" and (missing := set(THREE_KEYS) - set(pad.meanings.values())):
        problems.add(f"{path}.keys", f"no key for {', '.join(sorted(missing))}", "next, recall and pause")


def check_keypad(path: str, keypad: KeypadConfig, problems: Problems, *, reduced_scale: bool) -> None:
    """Note keys that do not exist or stand twice, and levels that are not the national ones (R-EVAL-11)."""
    if isinstance(keypad, EvdevKeypad):
        problems.add_repeats(((f"{path}.keys[{place}]", each) for place, each in enumerate(keypad.keys)), "a key once")
        for place, name in enumerate(keypad.keys):
            _check_key_name(f"{path}.keys[{place}]", name, problems)
        _check_count(f"{path}.keys", "keys", len(keypad.keys), len(keypad.levels), problems)
    elif isinstance(keypad, GpioKeypad):
        _check_count(f"{path}.pins", "pins", len(keypad.pins), len(keypad.levels), problems)
    if any(problems.has(f"{path}.levels[{place}]") for place in range(len(keypad.levels))):
        return
    found = f"[{', '.join(map(str, keypad.levels))}]"
    if reduced_scale:
        if len(keypad.levels) not in (3, 4) or len(set(keypad.levels)) != len(keypad.levels):
            problems.add(f"{path}.levels", found, "three or four different levels, since reduced_scale is true")
    elif tuple(sorted(keypad.levels)) != _FULL_SCALE:
        problems.add(f"{path}.levels", found, "each of 1, 2, 3, 4, 5 once; an old keypad needs reduced_scale = true")


def _check_word(path: str, word: str, allowed: frozenset[str], problems: Problems) -> None:
    if word not in allowed:
        words = sorted(allowed - TYPED)
        problems.add(path, shown(word), one_of(words), did_you_mean(word, words))


def _check_key_name(path: str, name: str, problems: Problems) -> None:
    try:
        code = code_of(name)
    except ConfigError as error:
        allowed = 'a key the kernel knows, such as "KEY_KP1", "KEY_ENTER" or "KEY_582"'
        problems.add(path, shown(name), allowed, error.problems[0])
    else:
        if code == NUMLOCK:
            problems.add(
                path, shown(name), "another key: cheap pads press this one around every key, so it is not heard"
            )


def _check_count(path: str, what: str, count: int, levels: int, problems: Problems) -> None:
    if count != levels:
        problems.add(path, f"{count} {what}", f"as many as levels, which are {levels}")
