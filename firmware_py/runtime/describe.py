"""The configuration in force, defaults and all, as TOML that could be loaded again; for ``hall check``."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from drivers.keypad.keycaps import TYPED
from firmware_py.core.plan import Plan
from firmware_py.runtime.device_file import DeviceConfig
from firmware_py.runtime.hall_file import file_of
from firmware_py.runtime.problems import inner
from firmware_py.runtime.profile import FILE
from firmware_py.runtime.wire_settings.pad import EvdevPad, Ff68Pad, GpioPad, PadConfig

_SECRETS: Final = frozenset({"key", "secret_file"})
"""Keys whose value is the path of a secret: the path helps a technician, the content is nobody's."""

_WIDTH: Final = 160
_A_ROW: Final = 8


def describe(plan: Plan, device: DeviceConfig | None = None, origins: Mapping[str, str] | None = None) -> str:
    """Every value in force. Secrets lie in files of their own; what they hold is not shown.

    Args:
        plan: the hall.
        device: this Pi, if it has a file already.
        origins: key path → where its value comes from, said beside it; what stands nowhere is a default.
    """
    parts = ["# hall.toml: values in force", *_table(file_of(plan), "", origins)]
    if device is not None:
        parts += ["", "# device.toml: values in force", *_table(device, "")]
    return "\n".join(parts) + "\n"


def describe_device(device: DeviceConfig) -> str:
    """The same for ``device.toml`` alone."""
    return "\n".join(_table(device, "")).lstrip("\n") + "\n"


def _table(value: object, path: str, origins: Mapping[str, str] | None = None) -> Iterator[str]:
    """Keys first, then the tables inside, each under its own header."""
    inside: list[tuple[str, object, str]] = []
    for key, item in _items(value):
        where = inner(path, key)
        if isinstance(item, msgspec.Struct | dict):
            inside.append((where, item, f"[{where}]"))
        elif isinstance(item, tuple) and item and isinstance(item[0], msgspec.Struct):
            inside.extend((where, each, f"[[{where}]]") for each in item)
        elif item is not None:
            yield f"{inner('', key)} = {_value(item)}{_remark(key, item)}{_origin(where, origins)}"
    if isinstance(value, Ff68Pad | EvdevPad | GpioPad):
        yield from _keys_in_force(value)
    for where, item, header in inside:
        rows = list(_table(item, where, None if header.startswith("[[") else origins))
        if not rows or rows[0]:  # a table of tables needs no header of its own
            yield from ("", header)
        yield from rows


def _keys_in_force(pad: PadConfig) -> Iterator[str]:
    """The key map as comments: a shipped map with the changes made to it."""
    yield f"# keys in force (keymap {pad.keymap}):"
    pairs = [f"{key} = {word}" for key, word in pad.meanings.items() if word not in TYPED]
    typing = [f"{key} = {word}" for key, word in pad.digits.items()]
    rows = [pairs[first : first + _A_ROW // 2] for first in range(0, len(pairs), _A_ROW // 2)]
    rows += [["while typing:", *typing]] if typing else []
    yield from (f"#   {'   '.join(row)}" for row in rows)


def _items(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, msgspec.Struct):
        config = value.__struct_config__
        if config.tag_field is not None:
            yield config.tag_field, config.tag
        for field in msgspec.structs.fields(value):
            yield field.encode_name, getattr(value, field.name)


def _value(item: object) -> str:
    if isinstance(item, bool):
        return "true" if item else "false"
    if isinstance(item, tuple):
        return _list([_value(each) for each in item])
    return msgspec.json.encode(item).decode()


def _list(values: list[str]) -> str:
    """On one line, or a year of holidays on several."""
    line = f"[{', '.join(values)}]"
    if len(line) <= _WIDTH:
        return line
    rows = [", ".join(values[first : first + _A_ROW]) for first in range(0, len(values), _A_ROW)]
    return "[\n" + "".join(f"    {row},\n" for row in rows) + "]"


def _origin(path: str, origins: Mapping[str, str] | None) -> str:
    """Where the value comes from; the file itself needs no word."""
    source = "" if origins is None else origins.get(path, "default")
    return f"  # {source}" if source not in {"", FILE} else ""


def _remark(key: str, item: object) -> str:
    return "  # the secret in it is not shown" if key in _SECRETS and item else ""
