"""``docs/asyncapi.yaml`` says what the table and the structs say: nothing more, nothing less."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import yaml  # type: ignore[import-untyped]

from firmware_py.controller.publishing import PRIVATE
from firmware_py.core import events as e
from firmware_py.link import FORMS, Form, Kind
from firmware_py.link.table import Party
from sync.mqtt import KEEPALIVE_S
from tests.link.asyncapi_schemas import DOCUMENT, STRUCTS, UNIONS

HOW = "write it anew with: python -m tests.link.asyncapi_schemas"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    return loaded


def resolve(document: dict[str, Any], reference: dict[str, str]) -> Any:
    """What a ``$ref`` points at."""
    found: Any = document
    for step in reference["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def references(value: object) -> Iterator[dict[str, str]]:
    """Every ``$ref`` below."""
    match value:
        case {"$ref": str()}:
            yield value  # type: ignore[misc]
        case dict():
            for each in value.values():
                yield from references(each)
        case list():
            for each in value:
                yield from references(each)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = list(references(document))
    assert len(found) > 50
    for reference in found:
        resolve(document, reference)


def test_every_topic_of_the_table_is_a_channel_and_every_channel_a_topic(document: dict[str, Any]) -> None:
    addresses = [channel["address"] for channel in document["channels"].values()]
    assert sorted(addresses) == sorted(f"hall/v1/{{hall}}/{kind}" for kind in Kind)
    for channel in document["channels"].values():
        assert set(channel["parameters"]) == set(re.findall(r"\{(\w+)\}", channel["address"]))


@pytest.mark.parametrize("form", FORMS.values(), ids=[kind.value for kind in FORMS])
def test_a_channels_form_is_the_tables(document: dict[str, Any], form: Form) -> None:
    (name,) = [
        name for name, channel in document["channels"].items() if channel["address"] == f"hall/v1/{{hall}}/{form.kind}"
    ]
    (operation,) = [each for each in document["operations"].values() if each["channel"]["$ref"] == f"#/channels/{name}"]
    mqtt = operation["bindings"]["mqtt"]
    assert (mqtt["qos"], mqtt["retain"], mqtt.get("messageExpiryInterval", 0)) == (
        form.qos,
        form.retained,
        form.expiry_s,
    )
    assert operation["x-writers"] == parties(form.writers)
    assert operation["x-readers"] == parties(form.readers)
    ((message_name, reference),) = document["channels"][name]["messages"].items()
    message = resolve(document, reference)
    assert message_name == form.payload
    assert message["contentType"] == form.content_type
    assert message["payload"]["$ref"] == f"#/components/schemas/{form.payload}"


def parties(those: tuple[Party, ...]) -> list[str]:
    return [f"own {party.role}" if party.own else str(party.role) for party in those]


def test_the_schemas_are_the_structs(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    assert set(schemas) == {kind.__name__ for kind in STRUCTS} | set(UNIONS), HOW
    assert {form.payload for form in FORMS.values()} <= set(schemas)
    for kind in STRUCTS:
        assert shape(schemas[kind.__name__]) == fields(kind), f"{kind.__name__}: {HOW}"
        strict = schemas[kind.__name__].get("additionalProperties") is False
        assert strict == kind.__struct_config__.forbid_unknown_fields, f"{kind.__name__}: {HOW}"


@pytest.mark.parametrize("name", UNIONS)
def test_every_command_and_event_is_there_with_its_fields(document: dict[str, Any], name: str) -> None:
    written = {each["title"]: each for each in document["components"]["schemas"][name]["oneOf"]}
    members = {str(kind.__struct_config__.tag): kind for kind in UNIONS[name]}
    assert set(written) == set(members), HOW
    for tag, kind in members.items():
        names, required = fields(kind)
        assert shape(written[tag]) == (names | {"type"}, required | {"type"}), f"{tag}: {HOW}"
        assert written[tag]["properties"]["type"] == {"const": tag}


def shape(schema: dict[str, Any]) -> tuple[set[str], set[str]]:
    return set(schema["properties"]), set(schema.get("required", []))


def fields(kind: type[msgspec.Struct]) -> tuple[set[str], set[str]]:
    """The names on the wire: all, and those without a default."""
    found = msgspec.structs.fields(kind)
    return {each.encode_name for each in found}, {each.encode_name for each in found if each.required}


@pytest.mark.req("R-SYNC-02")
def test_no_payload_has_a_field_for_personal_data(document: dict[str, Any]) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    named = set(re.findall(r"(\w+): \{", text[text.index("\n  schemas:\n") :]))
    assert len(named) > 80
    suspects = re.compile(r"caller|citizen|id_?card|identity|mobile|telephone|phone_number|address|birth|person", re.I)
    hashed = {"caller"}  # in an instance's journal alone, and never the number (R-PHONE-10)
    assert not {name for name in named - hashed if suspects.search(name)}
    assert {"caller"} <= PRIVATE[e.CallbackOpened]


def test_the_servers_session_is_the_links(document: dict[str, Any]) -> None:
    session = document["servers"]["hall"]["bindings"]["mqtt"]
    assert session["keepAlive"] == KEEPALIVE_S
    assert (session["cleanSession"], session["sessionExpiryInterval"]) == (True, 0)
    assert session["lastWill"]["topic"] == f"hall/v1/{{hall}}/{Kind.STATUS}"
    assert (session["lastWill"]["qos"], session["lastWill"]["retain"]) == (1, True)
