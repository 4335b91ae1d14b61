"""``hall drivers``: every kind of wire, what can hang on it, and what device.toml must say of it."""

import json
import re
import sys
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import inspect

from firmware_py.cli.known_models import KNOWN, Model
from firmware_py.runtime.device_file import AnyInstance
from firmware_py.runtime.problems import did_you_mean
from firmware_py.runtime.shape import allowed

EX_USAGE: Final = 2

_SETTINGS: Final = "firmware_py.runtime.wire_settings."
_KINDS: Final = {"sign": "led", "pad": "keypad"}
"""Module of wire_settings → folder of drivers, where they are not called alike."""


class Key(msgspec.Struct, frozen=True):
    """One key of a table; ``default`` is as TOML writes it, "" for a key that must be there or may be left out."""

    name: str
    allowed: str
    required: bool
    default: str = ""


class DriverEntry(msgspec.Struct, frozen=True):
    """One driver of one table: ``tables`` are where it may be named, such as ``kiosk.printer``."""

    kind: str
    driver: str
    summary: str
    tables: tuple[str, ...]
    keys: tuple[Key, ...]
    models: tuple[Model, ...] = ()


def drivers(kind: str | None, *, as_json: bool) -> int:
    """Print them; 0, or 2 for a kind that is none."""
    found = entries()
    kinds = sorted({each.kind for each in found})
    if kind is not None and kind not in kinds:
        hint = did_you_mean(kind, kinds)
        print(f"{kind}:没有这种设备;可选:{'、'.join(kinds)}" + (f" ({hint})" if hint else ""), file=sys.stderr)
        return EX_USAGE
    chosen = [each for each in found if kind in (None, each.kind)]
    if as_json:
        print(json.dumps([_plain(each) for each in chosen], ensure_ascii=False))
    else:
        print("\n".join(line for each in chosen for line in _in_words(each)))
    return 0


def entries() -> list[DriverEntry]:
    """Every driver that device.toml can name, read from the very structs that read device.toml."""
    found: dict[type, tuple[str, list[str], inspect.StructType]] = {}
    for instance in _members(inspect.type_info(AnyInstance)):
        for field in instance.fields:
            for settings in _members(field.type):
                module = settings.cls.__module__
                if module.startswith(_SETTINGS):
                    kind = module.removeprefix(_SETTINGS)
                    _, tables, _ = found.setdefault(settings.cls, (_KINDS.get(kind, kind), [], settings))
                    tables.append(f"{instance.tag}.{field.encode_name}")
    rows = [_entry(kind, tables, settings) for kind, tables, settings in found.values()]
    return sorted(rows, key=lambda each: (each.kind, each.tables, each.driver))


def _entry(kind: str, tables: list[str], settings: inspect.StructType) -> DriverEntry:
    driver, keys = str(settings.tag or ""), []
    for key in _keys(settings, ""):
        if key.name == "driver":
            driver = json.loads(key.default)
        else:
            keys.append(key)
    return DriverEntry(kind, driver, _summary(settings.cls), tuple(tables), tuple(keys), KNOWN.get((kind, driver), ()))


def _summary(settings: type) -> str:
    """The first paragraph of its docstring, without marks and references that mean nothing at a terminal."""
    first = " ".join((settings.__doc__ or "").split("\n\n")[0].split())
    return re.sub(r" \((hardware\.md|R-)[^)]*\)", "", first).replace("``", "")


def _keys(settings: inspect.StructType, prefix: str) -> Iterator[Key]:
    """The keys of a table and of the tables inside; ``NAME`` stands for a key of one's own choice."""
    for field in settings.fields:
        name = f"{prefix}{field.encode_name}"
        plain = field.type.type if isinstance(field.type, inspect.Metadata) else field.type
        if isinstance(plain, inspect.DictType) and isinstance(plain.value_type, inspect.StructType):
            yield from _keys(plain.value_type, f"{name}.NAME.")
        else:
            yield Key(name, allowed(field.type), field.required, _default(field))


def _default(field: inspect.Field) -> str:
    value = field.default if field.default is not msgspec.NODEFAULT else None
    if isinstance(value, tuple):
        return json.dumps(list(value), ensure_ascii=False)
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _members(kind: inspect.Type) -> Iterator[inspect.StructType]:
    """The structs that may stand there."""
    plain = kind.type if isinstance(kind, inspect.Metadata) else kind
    if isinstance(plain, inspect.StructType):
        yield plain
    elif isinstance(plain, inspect.UnionType):
        for member in plain.types:
            yield from _members(member)


def _plain(each: DriverEntry) -> dict[str, object]:
    """For programs; a model's label stands beside it, so that nobody reads the list without it."""
    shown: dict[str, object] = msgspec.to_builtins(each)
    shown["models"] = [{"name": one.name, "protocol": one.protocol, "verified": one.label} for one in each.models]
    return shown


def _in_words(each: DriverEntry) -> Iterator[str]:
    yield f"{each.kind}  {each.driver}"
    yield f"  说明:{each.summary}"
    yield "  写在:" + "、".join(
        f"[instance.{table.partition('.')[2]}] (role = {_role(table)})" for table in each.tables
    )
    for model in each.models:
        yield f"  型号:{model.name};{model.protocol}  【{model.label}】"
    yield f'  配置:driver = "{each.driver}"'
    for key in each.keys:
        need = "必填" if key.required else f"默认 {key.default}" if key.default else "可不写"
        yield f"    {key.name}:{key.allowed}  ({need})"
    yield ""


def _role(table: str) -> str:
    return json.dumps(table.partition(".")[0])
