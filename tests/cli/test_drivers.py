"""``hall drivers``: everything device.toml can name, from the structs that read it, and what nobody has tried yet."""

import json

import pytest

from firmware_py.cli import main
from firmware_py.cli.drivers import entries
from firmware_py.cli.known_models import KNOWN, UNVERIFIED
from tests.docs.driver_page import KINDS


def test_every_kind_of_wire_has_a_driver_and_every_driver_a_kind() -> None:
    assert {each.kind for each in entries()} == set(KINDS)


def test_every_driver_has_a_model_and_every_model_a_driver() -> None:
    assert {(each.kind, each.driver) for each in entries()} == set(KNOWN)


def test_no_model_passes_for_tried(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drivers"]) == 0
    models = [line for line in capsys.readouterr().out.splitlines() if line.startswith("  型号:")]
    assert len(models) > 10
    assert all(line.endswith(f"【{UNVERIFIED}】") for line in models)


def test_the_keys_are_told_with_what_is_allowed_needed_and_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drivers", "--kind", "printer"]) == 0
    said = capsys.readouterr().out
    assert "    width_mm:one of 58, 80  (默认 80)" in said
    assert '[instance.printer] (role = "kiosk")' in said
    assert any(line.startswith("    port:") and line.endswith("(必填)") for line in said.splitlines())


def test_one_settings_table_that_two_roles_have_is_told_once_with_both() -> None:
    (onbon,) = [each for each in entries() if each.driver == "onbon"]
    assert set(onbon.tables) >= {"desk.sign", "kiosk.sign", "hall.board"}


def test_a_pad_and_an_evaluator_on_the_same_wire_are_two_tables() -> None:
    assert {each.tables for each in entries() if each.driver == "ff68"} == {("desk.pad",), ("evaluator.keypad",)}


def test_json_has_the_same_and_the_label_beside_each_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drivers", "--kind", "phone", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {each["driver"] for each in found} == {"gpio", "modem"}
    for each in found:
        assert set(each) == {"kind", "driver", "summary", "tables", "keys", "models"}
        assert {model["verified"] for model in each["models"]} == {UNVERIFIED}


def test_a_kind_that_is_none_is_answered_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["drivers", "--kind", "printr"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert 'did you mean "printer"?' in said.err


def test_no_reference_to_a_document_that_is_not_shipped_stands_in_a_summary() -> None:
    assert [each.summary for each in entries() if "hardware.md" in each.summary or "``" in each.summary] == []
