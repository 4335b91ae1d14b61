"""What the panel, keypad and reader of a kiosk must mean: each button one thing, each key and field its own."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from drivers.keypad.key_names import NUMLOCK, code_of
from firmware_py.errors import ConfigError
from firmware_py.runtime.device_file import KioskInstance
from firmware_py.runtime.problems import Problems, inner, shown
from firmware_py.runtime.wire_settings.buttons import (
    ButtonConfig,
    ButtonsConfig,
    EvdevButtons,
    TouchButton,
    lamp_pins,
    meanings,
    tables,
)
from firmware_py.runtime.wire_settings.voice import SpeakerConfig


def panels(kiosk: KioskInstance, path: str) -> Iterator[tuple[str, ButtonsConfig]]:
    """The panel and the keypad, with their paths in the file."""
    yield f"{path}.buttons", kiosk.buttons
    if kiosk.keypad is not None:
        yield f"{path}.keypad", kiosk.keypad


def placed_buttons(kiosk: KioskInstance, path: str) -> Iterator[tuple[str, ButtonConfig]]:
    """Every button of both, with its path."""
    for place, panel in panels(kiosk, path):
        for key, table in tables(panel).items():
            for name, button in table.items():
                yield inner(f"{place}.{key}", name), button


def check_kiosk(path: str, kiosk: KioskInstance, problems: Problems) -> None:
    """Note every button without a meaning, or with two."""
    if problems.has(f"{path}.buttons"):
        return
    for place, button in placed_buttons(kiosk, path):
        _check_button(place, button, problems)
    for place, panel in panels(kiosk, path):
        if isinstance(panel, EvdevButtons):
            _check_input_device(place, panel, problems)
    if kiosk.keypad is not None:
        if lamp_pins(kiosk.keypad):
            problems.add(f"{path}.keypad", "lamps", "keys alone; the lamps of a kiosk stand under buttons")
        both = meanings(kiosk.buttons).keys() & meanings(kiosk.keypad).keys()
        for name in sorted(both):
            problems.add(inner(f"{path}.keypad.keys", name), "a button of the panel too", "a name of its own")
    if isinstance(kiosk.voice, SpeakerConfig) and not kiosk.voice.engine:
        problems.add(f"{path}.voice.engine", "false", "true: there are no clips of what a kiosk says")
    acts = {button.act for _, button in placed_buttons(kiosk, path)}
    if kiosk.priority == "confirm" and "confirm" not in acts:
        problems.add(f"{path}.priority", '"confirm"', 'a button with act = "confirm" for the guide, or "declare"')
    if acts & {"consult", "complain"} and "guide_came" not in acts:
        found = "buttons that call the guide, and none that says he came"
        problems.add(f"{path}.buttons", found, 'a button with act = "guide_came": without it the call never ends')
    _check_typing(path, typed_by(kiosk), problems)


def typed_by(kiosk: KioskInstance) -> set[str]:
    """Everything its keys type: digits, letters, ``ok`` and ``clear``."""
    return {button.types for _, button in placed_buttons(kiosk, "") if button.act == "type" and button.types}


def _check_typing(path: str, typed: set[str], problems: Problems) -> None:
    if typed and "ok" not in typed:
        problems.add(f"{path}.keypad", "keys that type and none that ends a number", 'a key with types = "ok"')
    missing = sorted({*"0123456789"} - typed)
    if typed and missing:
        found = f"keys that type, and none for {', '.join(missing)}"
        problems.add(f"{path}.keypad", found, "a key for each of the ten digits: any of them may stand in a number")


def _check_button(path: str, button: ButtonConfig, problems: Problems) -> None:
    if button.act == "take":
        if not button.service and not problems.has(f"{path}.service"):
            problems.add(f"{path}.service", "nothing", 'the service it takes a number of, or another act than "take"')
    else:
        taking = {"service": bool(button.service), "klass": button.klass != "X", "large_print": button.large_print}
        for key in (key for key, written in taking.items() if written):
            problems.add(f"{path}.{key}", "a key of buttons that take a number", f"nothing, since act is {button.act}")
    if (button.act == "type") != bool(button.types) and not problems.has(f"{path}.types"):
        allowed = "what it types" if button.act == "type" else f"nothing, since act is {button.act}"
        problems.add(f"{path}.types", shown(button.types) if button.types else "nothing", allowed)


def _check_input_device(path: str, panel: EvdevButtons, problems: Problems) -> None:
    if not panel.keys and not panel.touch and not problems.has(path):
        problems.add(path, "neither keys nor touch", "at least one key or one field")
    for name in panel.keys:
        place = inner(f"{path}.keys", name)
        try:
            code = code_of(name)
        except ConfigError:
            problems.add(place, shown(name), 'a key the kernel knows, such as "KEY_KP1", "KEY_ENTER" or "KEY_582"')
            continue
        if code == NUMLOCK:
            problems.add(place, shown(name), "another key: number pads press this by themselves")
    _check_fields(f"{path}.touch", panel.touch, problems)


def _check_fields(path: str, fields: Mapping[str, TouchButton], problems: Problems) -> None:
    for name, field in fields.items():
        if field.left >= field.right or field.top >= field.bottom:
            found = f"left {field.left}, top {field.top}, right {field.right}, bottom {field.bottom}"
            problems.add(inner(path, name), found, "left below right, top below bottom, in percent")
    for (name, one), (other, two) in combinations(fields.items(), 2):
        if max(one.left, two.left) < min(one.right, two.right) and max(one.top, two.top) < min(one.bottom, two.bottom):
            problems.add(inner(path, other), f"a field that lies over {name}", "a place of its own on the foil")
