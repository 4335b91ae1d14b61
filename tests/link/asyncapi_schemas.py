"""The section ``schemas`` of ``docs/asyncapi.yaml``, made from the structs: run as a module, it writes it anew."""

import inspect
import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import msgspec

from firmware_py.core import commands, events, model, plan, views
from firmware_py.journal.record import Record
from firmware_py.link import payloads
from sync.stream import Ack, Batch

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "asyncapi.yaml"

STRUCTS: Final[tuple[type[msgspec.Struct], ...]] = (
    commands.Request,
    commands.Answer,
    payloads.PublicEvent,
    views.DeskView,
    views.QueueView,
    views.BoardView,
    views.HallView,
    views.RatingView,
    Batch,
    Ack,
    payloads.Status,
    payloads.Info,
    payloads.Health,
    payloads.Ping,
    views.PhoneView,
    model.Announcement,
    views.BoardCall,
    views.HoursNotice,
    views.HoursNotice,
    plan.Hours,
    Record,
)
"""The payloads of the table, and what stands inside them."""

UNIONS: Final = {"HallCommand": get_args(commands.HallCommand), "HallEvent": get_args(events.HallEvent)}

_ABOUT: Final = {
    "HallCommand": "Everything that may be asked; an unknown field is refused.",
    "HallEvent": "Everything the hall's journal may hold; a reader ignores fields that it does not know.",
}
_REF: Final = "#/components/schemas/"
_SPECIAL: Final[dict[tuple[str, str], object]] = {
    ("Request", "command"): {"$ref": _REF + "HallCommand"},
    ("Answer", "event"): {"oneOf": [{"type": "null"}, {"$ref": _REF + "HallEvent"}]},
    ("PublicEvent", "data"): {"type": "object", "description": "the public fields of one HallEvent"},
    ("Configured", "plan"): {"type": "object"},
}


def lines() -> Iterator[str]:
    """The section, line by line."""
    for kind in STRUCTS:
        yield f"    {kind.__name__}:"
        yield "      description: >-"
        about = " ".join(inspect.cleandoc(kind.__doc__ or kind.__name__).replace("``", "").split())
        yield from textwrap.wrap(about, 112, initial_indent="        ", subsequent_indent="        ")
        yield "      type: object"
        if kind.__struct_config__.forbid_unknown_fields:
            yield "      additionalProperties: false"
        schema = _schema(kind)
        yield f"      required: {_flow(schema.get('required', []))}"
        yield "      properties:"
        for name, value in schema["properties"].items():
            yield f"        {name}: {_flow(value)}"
    for name, members in UNIONS.items():
        yield f"    {name}:"
        yield f"      description: {_ABOUT[name]}"
        yield "      oneOf:"
        for kind in members:
            schema, tag = _schema(kind), kind.__struct_config__.tag
            properties = schema["properties"] | {"type": {"const": tag}}
            yield f"        - {_flow({'title': tag, 'required': schema['required'], 'properties': properties})}"


def _schema(kind: type[msgspec.Struct]) -> dict[str, Any]:
    _, found = msgspec.json.schema_components([kind])
    schema: dict[str, Any] = _tidy(found[kind.__name__], found)
    for name in schema["properties"]:
        if (kind.__name__, name) in _SPECIAL:
            schema["properties"][name] = _SPECIAL[kind.__name__, name]
    return schema


def _tidy(value: Any, found: dict[str, Any]) -> Any:
    match value:
        case {"$ref": str(path)}:
            name = path.rpartition("/")[2]
            return _tidy(found[name], found) if "enum" in found[name] else {"$ref": _REF + name}
        case dict():
            return {key: _tidy(each, found) for key, each in value.items() if key not in {"title", "description"}}
        case list() | tuple():
            return [_tidy(each, found) for each in value]
    return value


def _flow(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case str() if re.fullmatch(r"[A-Za-z_一-鿿][\w 一-鿿]*", value) and value not in {"null", "true", "false"}:
            return value
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    head, marker, _ = DOCUMENT.read_text(encoding="utf-8").partition("\n  schemas:\n")
    DOCUMENT.write_text(head + marker + "\n".join(lines()) + "\n", encoding="utf-8")
