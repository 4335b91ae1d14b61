"""The configuration in force, defaults and all, as TOML that could be loaded again; for ``hall check``."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from firmware_py.core.plan import Plan
from firmware_py.runtime.device_file import DeviceConfig
from firmware_py.runtime.hall_file import file_of
from firmware_py.runtime.problems import inner

_SECRETS: Final = frozenset({"key", "secret_file"})
"""Keys whose value is the path of a secret: the path helps a technician, the content is nobody's."""


def describe(plan: Plan, device: DeviceConfig | None = None) -> str:
    """Every value in force. Secrets lie in files of their own; what they hold is not shown."""
    parts = ["# hall.toml: values in force", *_table(file_of(plan), "")]
    if device is not None:
        parts += ["", "# device.toml: values in force", *_table(device, "")]
    return "\n".join(parts) + "\n"


def describe_device(device: DeviceConfig) -> str:
    """The same for ``device.toml`` alone."""
    return "\n".join(_table(device, "")).lstrip("\n") + "\n"


def _table(value: object, path: str) -> Iterator[str]:
    """Keys first, then the tables inside, each under its own header."""
    inside: list[tuple[str, object, str]] = []
    for key, item in _items(value):
        where = inner(path, key)
        if isinstance(item, msgspec.Struct | dict):
            inside.append((where, item, f"[{where}]"))
        elif isinstance(item, tuple) and item and isinstance(item[0], msgspec.Struct):
            inside.extend((where, each, f"[[{where}]]") for each in item)
        elif item is not None:
            yield f"{inner('', key)} = {_value(item)}{_remark(key, item)}"
    for where, item, header in inside:
        rows = list(_table(item, where))
        if not rows or rows[0]:  # a table of tables needs no header of its own
            yield from ("", header)
        yield from rows


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
        return f"[{', '.join(map(_value, item))}]"
    return msgspec.json.encode(item).decode()


def _remark(key: str, item: object) -> str:
    return "  # the secret in it is not shown" if key in _SECRETS and item else ""
