"""The names of the keys a USB pad can have: part of the kernel's ABI, so they need no library to read.

Kept here because evdev's own table changes shape between 1.6 and 2.0 (a name, a list of names, a tuple of names).
"""

from typing import Final

from firmware_py.errors import ConfigError

_FROM_1 = (
    "ESC 1 2 3 4 5 6 7 8 9 0 MINUS EQUAL BACKSPACE TAB Q W E R T Y U I O P LEFTBRACE RIGHTBRACE ENTER LEFTCTRL "
    "A S D F G H J K L SEMICOLON APOSTROPHE GRAVE LEFTSHIFT BACKSLASH Z X C V B N M COMMA DOT SLASH RIGHTSHIFT "
    "KPASTERISK LEFTALT SPACE CAPSLOCK F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NUMLOCK SCROLLLOCK "
    "KP7 KP8 KP9 KPMINUS KP4 KP5 KP6 KPPLUS KP1 KP2 KP3 KP0 KPDOT"
)
_FROM_96 = "KPENTER RIGHTCTRL KPSLASH SYSRQ RIGHTALT LINEFEED HOME UP PAGEUP LEFT RIGHT END DOWN PAGEDOWN INSERT DELETE"
_SINGLE = {"F11": 87, "F12": 88, "KPEQUAL": 117, "KPCOMMA": 121, "CALC": 140, "KPLEFTPAREN": 179, "KPRIGHTPAREN": 180}

_CODES: Final = {
    f"KEY_{name}": code
    for table in (
        zip(_FROM_1.split(), range(1, 84), strict=True),
        zip(_FROM_96.split(), range(96, 112), strict=True),
        _SINGLE.items(),
    )
    for name, code in table
}
_NAMES: Final = {code: name for name, code in _CODES.items()}

NUMLOCK: Final = _CODES["KEY_NUMLOCK"]

_HIGHEST = 0x2FF  # KEY_MAX of the kernel


def name_of(code: int) -> str:
    """``KEY_KP1`` for 79 (linux/input-event-codes.h); a key outside the table is named by number, ``KEY_582``."""
    return _NAMES.get(code, f"KEY_{code}")


def code_of(name: str) -> int:
    """The kernel's code of a key.

    Raises:
        ConfigError: no such key, or a number for one that has a name.
    """
    if name in _CODES:
        return _CODES[name]
    number = name.removeprefix("KEY_")
    if number != name and number.isascii() and number.isdecimal() and 10 <= int(number) <= _HIGHEST:
        if int(number) in _NAMES:  # two names for one key: a map that has both would contradict itself
            raise ConfigError([f"{name!r} is called {_NAMES[int(number)]}"])
        return int(number)
    raise ConfigError([f"{name!r} is not the name of a key; write for example KEY_KP1, KEY_ENTER or KEY_582"])
