"""From TOML tables to structs, collecting every mistake: msgspec's own decoder stops at the first.

The shape is the struct itself, read through ``msgspec.inspect``. A place that is wrong is noted and filled with a
blank, so that the rest can still be looked at; whoever decodes must not use the result once there are problems.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Final, TypeVar

import msgspec
from msgspec import inspect

from firmware_py.runtime.problems import Problems, did_you_mean, inner, nearest, one_of, shown

S = TypeVar("S", bound=msgspec.Struct)

Stricter = Mapping[tuple[type, str], object]
"""(struct, field) → the type to read it as, for fields of structs that do not state their own limits."""

_INVISIBLE: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""Unicode categories that would reach a printer or a sign as a command or as nothing."""

_WRONG: Final = object()
"""Stands for a value with a problem until its struct's default, or a blank, takes the place."""


def decode(shape: type[S], raw: Mapping[str, object], problems: Problems, stricter: Stricter | None = None) -> S:
    """Read a whole file as ``shape``."""
    value = _Decoder(problems, stricter or {}).struct(_struct_type(shape), raw, "")
    if not isinstance(value, shape):
        raise TypeError(f"{shape.__name__} was read as {type(value).__name__}")
    return value


def _struct_type(shape: type) -> inspect.StructType:
    read = inspect.type_info(shape)
    if not isinstance(read, inspect.StructType):
        raise TypeError(f"{shape.__name__} is no struct")
    return read


class _Decoder:
    def __init__(self, problems: Problems, stricter: Stricter) -> None:
        self._problems = problems
        self._stricter = stricter

    def struct(self, kind: inspect.StructType, raw: Mapping[str, object], path: str, tag_key: str = "") -> object:
        fields = {field.encode_name: field for field in kind.fields}
        source = self._names(fields, raw, path, tag_key)
        values: dict[str, object] = {}
        for name, field in fields.items():
            wanted = self._stricter.get((kind.cls, field.name))
            expected = field.type if wanted is None else inspect.type_info(wanted)
            if name in source:
                value = self.value(expected, raw[source[name]], inner(path, source[name]))
                if value is not _WRONG:
                    values[field.name] = value
                elif field.required:
                    values[field.name] = _blank(expected)
            elif field.required:
                self._problems.add(inner(path, name), "nothing", allowed(expected))
                values[field.name] = _blank(expected)
        return kind.cls(**values)

    def _names(
        self, fields: Mapping[str, inspect.Field], raw: Mapping[str, object], path: str, tag_key: str
    ) -> dict[str, str]:
        """Field → the key to read it from: a misspelt one too, so that one slip is one problem."""
        source = {name: name for name in fields if name in raw}
        for key in raw:
            if key in fields or key == tag_key:
                continue
            self._problems.add(inner(path, key), "a key nobody knows", one_of(fields), did_you_mean(key, fields))
            meant = nearest(key, fields)
            if meant is not None:
                source.setdefault(meant, key)
        return source

    def value(self, kind: inspect.Type, raw: object, path: str) -> object:
        """The value, or ``_WRONG`` with the problem noted; what is wrong inside a table or list is blank already."""
        plain = kind.type if isinstance(kind, inspect.Metadata) else kind
        match plain:
            case inspect.StructType() if isinstance(raw, dict):
                return self.struct(plain, raw, path)
            case inspect.UnionType():
                return self._union(plain, raw, path)
            case inspect.VarTupleType() if isinstance(raw, list) and _fits_length(plain, len(raw)):
                return tuple(
                    self._or_blank(plain.item_type, item, f"{path}[{place}]") for place, item in enumerate(raw)
                )
            case inspect.DictType() if isinstance(raw, dict) and _fits_length(plain, len(raw)):
                return {
                    self._or_blank(plain.key_type, key, inner(path, key)): self._or_blank(
                        plain.value_type, item, inner(path, key)
                    )
                    for key, item in raw.items()
                }
            case inspect.StrType() if isinstance(raw, str) and _fits_text(plain, raw):
                return raw
            case inspect.IntType() if type(raw) is int and _fits_range(plain, raw):
                return raw
            case inspect.BoolType() if isinstance(raw, bool):
                return raw
            case inspect.LiteralType() if type(raw) in (str, int) and raw in plain.values:
                return raw
        words = (
            [word for word in plain.values if isinstance(word, str)] if isinstance(plain, inspect.LiteralType) else []
        )
        hint = did_you_mean(raw, words) if isinstance(raw, str) else _brackets(plain, raw, path)
        self._problems.add(path, shown(raw), allowed(kind), hint)
        return _WRONG

    def _or_blank(self, kind: inspect.Type, raw: object, path: str) -> object:
        value = self.value(kind, raw, path)
        return _blank(kind) if value is _WRONG else value

    def _union(self, kind: inspect.UnionType, raw: object, path: str) -> object:
        """An optional value, or one of several tagged structs."""
        members = [member for member in kind.types if not isinstance(member, inspect.NoneType)]
        tagged = {
            str(member.tag): member for member in members if isinstance(member, inspect.StructType) and member.tag
        }
        if len(members) == 1:
            return self.value(members[0], raw, path)
        if len(tagged) != len(members):
            raise TypeError(f"{path}: a configuration cannot tell the members of {kind} apart")
        tag_field = next(iter(tagged.values())).tag_field or ""
        if not isinstance(raw, dict):
            self._problems.add(path, shown(raw), f"a table with {tag_field} = {one_of(tagged)}")
            return _WRONG
        key = tag_field if tag_field in raw else _tag_meant(raw, tag_field, members)
        if key is None:
            self._problems.add(inner(path, tag_field), "nothing", one_of(tagged))
            return _WRONG
        if key != tag_field:
            self._problems.add(inner(path, key), "a key nobody knows", tag_field, f'did you mean "{tag_field}"?')
        tag = raw[key]
        meant = tag if isinstance(tag, str) and tag in tagged else nearest(str(tag)[:80], tagged)
        if meant != tag:
            self._problems.add(
                inner(path, key), shown(tag), one_of(tagged), f'did you mean "{meant}"?' if meant else ""
            )
        return _WRONG if meant is None else self.struct(tagged[str(meant)], raw, path, tag_key=key)


def _tag_meant(raw: Mapping[str, object], tag_field: str, members: list[inspect.Type]) -> str | None:
    known = {
        field.encode_name for member in members if isinstance(member, inspect.StructType) for field in member.fields
    }
    return nearest(tag_field, [key for key in raw if key not in known])


def _fits_length(kind: inspect.VarTupleType | inspect.DictType, length: int) -> bool:
    return (kind.min_length or 0) <= length and (kind.max_length is None or length <= kind.max_length)


def _fits_text(kind: inspect.StrType, text: str) -> bool:
    return (
        (kind.min_length or 0) <= len(text)
        and (kind.max_length is None or len(text) <= kind.max_length)
        and (kind.pattern is None or re.search(kind.pattern, text) is not None)
        and not any(unicodedata.category(char) in _INVISIBLE for char in text)
    )


def _fits_range(kind: inspect.IntType, number: int) -> bool:
    return (kind.ge is None or number >= kind.ge) and (kind.le is None or number <= kind.le)


def allowed(kind: inspect.Type) -> str:
    """What may stand there, in words; a description of the type's own comes first."""
    if isinstance(kind, inspect.Metadata):
        described = (kind.extra_json_schema or {}).get("description")
        return str(described) if described else allowed(kind.type)
    match kind:
        case inspect.IntType(ge=ge, le=le):
            limits = [f"from {ge}" if ge is not None else "", f"to {le}" if le is not None else ""]
            return " ".join(["a whole number", *filter(None, limits)])
        case inspect.StrType(min_length=least):
            return 'a text in quotes, "…"' + (", not empty" if least else "")
        case inspect.BoolType():
            return "true or false"
        case inspect.LiteralType(values=values):
            return one_of(values)
        case inspect.VarTupleType(item_type=item, min_length=least):
            return f"a list{' of at least one' if least else ''}, each {allowed(item)}"
        case inspect.DictType(value_type=item):
            return f"a table, each value {allowed(item)}"
        case inspect.StructType(fields=fields):
            return f"a table with {', '.join(field.encode_name for field in fields)}"
        case inspect.UnionType(types=types):
            return " or ".join(allowed(member) for member in types if not isinstance(member, inspect.NoneType))
        case _:
            raise TypeError(f"a configuration cannot hold {kind}")


def _blank(kind: inspect.Type) -> object:
    """Something of that type, so that the struct around it can exist."""
    match kind.type if isinstance(kind, inspect.Metadata) else kind:
        case inspect.IntType():
            return 0
        case inspect.BoolType():
            return False
        case inspect.LiteralType(values=values):
            return values[0]
        case inspect.VarTupleType():
            return ()
        case inspect.DictType():
            return {}
        case inspect.StructType(cls=cls, fields=fields):
            return cls(**{field.name: _blank(field.type) for field in fields if field.required})
        case inspect.UnionType(types=types):
            return None if any(isinstance(member, inspect.NoneType) for member in types) else _blank(types[0])
        case _:
            return ""


def _brackets(kind: inspect.Type, raw: object, path: str) -> str:
    """The mistake everybody makes once: ``[desk]`` for ``[[desk]]``, and the other way round."""
    if isinstance(kind, inspect.VarTupleType) and isinstance(raw, dict):
        return f"write [[{path}]] with two brackets for each"
    if isinstance(kind, inspect.StructType) and isinstance(raw, list):
        return f"write [{path}] with one bracket, once"
    return ""
