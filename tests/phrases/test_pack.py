"""The phrase pack: found by key, filled with values, and fit to be said."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_py.phrases import text
from firmware_py.phrases.lint import lint_pack
from firmware_py.phrases.pack import fields, pack, read_pack


def test_a_sentence_is_found_by_its_key_and_filled() -> None:
    assert text("slip.ahead", n=12) == "您前面还有 12 人等候"


def test_values_a_sentence_does_not_name_are_ignored() -> None:
    assert text("kiosk.idle", ticket="A001") == "请您在取号机取号,按次序排队,依次办理"


def test_a_value_with_braces_is_said_as_it_is() -> None:
    assert "{n}" in text("refusals.unknown_ticket", ticket="{n}")


def test_an_unknown_key_names_itself() -> None:
    with pytest.raises(ValueError, match=r"no phrase 'kiosk\.idel'"):
        text("kiosk.idel")


def test_a_missing_value_names_itself_and_the_sentence() -> None:
    with pytest.raises(ValueError, match=r"'slip\.ahead' needs a value for \{n\}"):
        text("slip.ahead")


def test_a_section_is_not_a_sentence() -> None:
    with pytest.raises(ValueError, match="no phrase 'signs'"):
        text("signs")


def test_a_value_of_the_wrong_kind_in_a_pack_is_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.b is 3; a phrase is a string"):
        read_pack("[a]\nb = 3\n")


ROOT = Path(__file__).resolve().parents[2]


def _asked() -> Iterator[tuple[str, str, set[str]]]:
    """Every ``text("key", value=…)`` and ``phrases.text(…)`` of the house: where, the key, the values given."""
    for room in ("firmware_py", "kiosk", "caller", "evaluator", "sync"):
        for path in sorted((ROOT / room).rglob("*.py")):
            source = path.read_text("utf-8")
            if "firmware_py.phrases" not in source and "import phrases" not in source:
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in {"text", "phrases.text"} and node.args:
                    key, named = node.args[0], {keyword.arg or "*" for keyword in node.keywords}
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", key.value, named


def test_every_sentence_the_house_asks_for_exists_and_gets_its_values() -> None:
    asked = list(_asked())
    assert len(asked) > 20
    for where, key, given in asked:
        assert key in pack(), where
        assert "*" in given or fields(pack()[key]) <= given, where


def test_every_sentence_has_matching_braces() -> None:
    for key, template in pack().items():
        assert all(name.isidentifier() for name in fields(template)), key


@pytest.mark.req("R-CALL-06", "R-TECH-05")
def test_the_shipped_pack_passes_its_own_lint() -> None:
    assert lint_pack(pack()) == []


@pytest.mark.parametrize(
    ("key", "verbatim"),
    [
        ("kiosk.idle", "请您在取号机取号,按次序排队,依次办理"),
        ("kiosk.booked_idle", "请您在预约页面取号或预约,根据提示在休息区等候办理"),
        ("kiosk.welcome", "您好,请问您要办理什么业务"),
        ("kiosk.order", "请按取号次序排队,依次办理"),
        ("call.long_wait", "对不起,让您久等了"),
        ("signs.wait.short", "请稍候"),
        ("signs.paused.short", "暂停服务"),
        ("rating.invite", "请对我的服务进行评价"),
        ("rating.farewell", "请收好,请带好随身物品!再见!"),
        ("desk.arrive", "您好,请坐!"),
        ("desk.arrive_help", "请问有什么可以帮您!"),
        ("desk.during", "请稍等、请核对、请签名、请收好"),
        ("desk.urgent_leave", "对不起,请稍等一下,我有急事处理,马上就回来"),
        ("desk.assist", "请稍等,我们正在联系管理部门来处理此事"),
        ("phone.talking", "对不起,我正在接听电话,请您咨询我其他同事,或等我接听完电话后再为您解答"),
        ("signs.names.fault_finding", "监督“找茬”"),
    ],
)
def test_sentences_of_the_norms_are_verbatim(key: str, verbatim: str) -> None:
    assert text(key) == verbatim


def test_the_greeting_on_the_telephone_names_hall_and_desk() -> None:
    greeting = text("phone.greeting", hall="周村区政务服务中心", desk=3)
    assert greeting == "您好,这里是周村区政务服务中心3号窗口,请问有什么可以帮您"


@pytest.mark.req("R-EVAL-06")
def test_there_is_one_thank_you_for_all_levels() -> None:
    assert [key for key in pack() if key.startswith("rating.thanks")] == ["rating.thanks"]
    assert [text(f"levels.{level}") for level in (5, 4, 3, 2, 1)] == [
        "非常满意",
        "满意",
        "基本满意",
        "不满意",
        "非常不满意",
    ]
