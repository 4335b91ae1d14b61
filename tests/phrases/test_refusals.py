"""Refusals and faults: every reason the hall can give has a sentence that says what to do next."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import drivers
from firmware_py import core
from firmware_py.core.commands import HallCommand
from firmware_py.core.machine import DECIDE
from firmware_py.core.states import TicketState
from firmware_py.phrases import fault, refusal, text
from firmware_py.phrases.lint import POLITE
from firmware_py.phrases.pack import fields, pack

CORE = Path(core.__path__[0])
DRIVERS = Path(drivers.__path__[0])
OUTSIDE_THE_CORE = {
    "malformed": set[str](),
    "not_allowed": {"instance"},
    "no_answer": set[str](),
    "busy_hands_off": set[str](),
    "journal_fault": set[str](),
    "expired": set[str](),
}


def _strings(node: ast.AST) -> set[str]:
    return {each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
            yield node


def _function(tree: ast.AST, name: str) -> ast.FunctionDef:
    return next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name)


def _returned(function: ast.FunctionDef) -> set[str]:
    return {word for node in ast.walk(function) if isinstance(node, ast.Return) for word in _strings(node) if word}


def _refused_in_the_core() -> Iterator[tuple[str, set[str]]]:
    """Every ``Rejected(reason, **details)`` of the core: reasons, and the details that come with each."""
    schedule = ast.parse((CORE / "schedule.py").read_text("utf-8"))
    for path in sorted(CORE.glob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        for call in _calls(tree, "Rejected"):
            reason, details = call.args[0], {str(keyword.arg) for keyword in call.keywords}
            if isinstance(reason, ast.Constant | ast.IfExp):
                reasons = _strings(reason)
            elif isinstance(reason, ast.Call) and isinstance(reason.func, ast.Name):
                reasons = _returned(_function(tree, reason.func.id))
            else:
                reasons = _returned(_function(schedule, "issue_refusal"))
            yield from ((each, details) for each in sorted(reasons))


REFUSED = [*_refused_in_the_core(), *OUTSIDE_THE_CORE.items()]


def test_the_core_is_read_for_its_refusals() -> None:
    reasons = {reason for reason, _ in REFUSED}
    assert {"log_in_first", "already_arrived", "noon", "wait_rating", "resume_first", "ticket_state"} <= reasons


@pytest.mark.req("R-KIOSK-04", "R-CALL-06")
@pytest.mark.parametrize(("reason", "details"), REFUSED, ids=[reason for reason, _ in REFUSED])
def test_every_refusal_has_a_polite_sentence_that_its_details_fill(reason: str, details: set[str]) -> None:
    template = pack()[f"refusals.{reason}"]
    worded = {key.removeprefix("unsaid.") for key in pack() if key.startswith("unsaid.")}
    assert fields(template) <= details | worded
    said = refusal(reason, dict.fromkeys(details, 7))
    assert said != text("refusals.other")
    assert "{" not in said
    assert any(form in said for form in POLITE)


def test_no_refusal_stands_in_the_pack_that_nobody_gives() -> None:
    given_reasons = {f"refusals.{reason}" for reason, _ in REFUSED} | {"refusals.other", "refusals.recalls_used_now"}
    assert {key for key in pack() if key.startswith("refusals.")} == given_reasons


def test_a_key_named_in_a_refusal_or_prompt_is_a_key_of_the_desk_or_of_the_duty_panel() -> None:
    keys = {word for key, word in pack().items() if key.startswith(("keys.", "commands."))}
    for key, template in pack().items():
        if key.startswith(("refusals.", "phone.")):
            quoted = {word for word in re.findall("“(.+?)”", template) if "{" not in word}
            assert quoted <= keys, key


@pytest.mark.req("R-KIOSK-04")
def test_the_kiosk_says_why_and_when() -> None:
    hours = "09:00-12:00,13:30-17:30"
    assert refusal("before_issue", {"hours": hours, "time": "08:45"}) == "您好,取号将于 08:45 开始,请在休息区稍候"
    assert refusal("issue_closed", {"hours": hours, "time": "08:45"}) == f"对不起,今日取号已结束。服务时间:{hours}"
    assert refusal("printer_fault", {"place": "东门"}) == "对不起,设备故障,请到东门取号,我们正在维修"


def test_an_empty_or_missing_value_is_worded_around() -> None:
    assert refusal("printer_fault", {"place": ""}) == "对不起,设备故障,请到咨询台取号,我们正在维修"
    assert refusal("issue_closed", {}) == "对不起,今日取号已结束。服务时间:请看大厅公示"


def test_no_seconds_left_means_the_key_may_be_pressed_now() -> None:
    assert refusal("recalls_used", {"ticket": "A001", "n": 20}) == "A001 号已按规定次数呼叫,请 20 秒后按“过号”"
    assert refusal("recalls_used", {"ticket": "A001", "n": 0}) == "A001 号已按规定次数呼叫,请按“过号”"


def test_the_state_of_a_ticket_is_said_in_chinese() -> None:
    for state in TicketState:
        said = refusal("ticket_state", {"ticket": "A001", "state": state.value})
        assert state.value not in said


def test_a_command_of_a_later_release_is_called_by_its_chinese_name() -> None:
    for command in get_args(HallCommand):
        if command not in DECIDE:
            said = refusal("not_yet", {"command": command.__name__})
            assert not re.search("[A-Za-z]", said), said
    assert refusal("not_yet", {"command": "AddItem"}).startswith("对不起,“加办”功能尚未启用")
    assert refusal("not_yet", {"command": "EmergencyPause"}).startswith("对不起,“紧急暂停”功能")
    assert "Teleport" not in refusal("not_yet", {"command": "Teleport"})


@given(
    st.one_of(st.text(), st.sampled_from([reason for reason, _ in REFUSED])),
    st.dictionaries(st.text(), st.one_of(st.text(), st.integers())),
)
def test_a_refusal_always_has_words(reason: str, details: dict[str, str | int]) -> None:
    assert refusal(reason, details)


def test_an_unknown_reason_gets_a_sentence_that_fits_any() -> None:
    assert refusal("of_a_newer_release", {"n": 1}) == text("refusals.other")


def _codes_of_the_drivers() -> set[str]:
    codes = {"offline", "paper_low"}
    for path in DRIVERS.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for call in _calls(tree, "DriverFault"):
            codes |= _strings(call.args[0])
        for call in _calls(tree, "PrintResult"):
            codes |= _strings(call.args[1]) if len(call.args) > 1 else set()
    printer = ast.parse((DRIVERS / "printer" / "__init__.py").read_text("utf-8"))
    return codes | _returned(_function(printer, "fault"))


@pytest.mark.req("R-KIOSK-05", "R-TECH-02")
@pytest.mark.parametrize("code", sorted(_codes_of_the_drivers() | {"no_outcome", "evaluator_fault", "controller_lost"}))
def test_every_code_of_a_driver_tells_the_public_and_the_staff(code: str) -> None:
    told = fault(code)
    assert told != fault("of_a_newer_driver")
    assert code not in told.public + told.staff
    assert ":" in told.staff  # what it is: what to do


def test_an_unknown_code_is_shown_to_the_staff_and_not_to_the_public() -> None:
    told = fault("flux_low")
    assert "flux_low" in told.staff
    assert "flux_low" not in told.public
