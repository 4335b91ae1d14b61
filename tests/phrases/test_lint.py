"""The lint: nothing rude, nothing a sign cannot show, nothing too long reaches the public."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.phrases.lint import DENIED, NOTICE_MAX_HANZI, lint_pack, lint_text

NOISE = st.text(" ,,。!?、…-—“”·\t\u3000()", max_size=3)


@pytest.mark.req("R-CALL-06")
@pytest.mark.parametrize("phrase", DENIED)
def test_every_forbidden_phrase_of_the_norms_is_found(phrase: str) -> None:
    assert any(repr(phrase) in found for found in lint_text(f"各位群众:{phrase}。谢谢"))


def test_the_whole_list_of_the_norms_is_there() -> None:
    assert len(set(DENIED)) == len(DENIED) == 7 + 11 + 10 + 4


@pytest.mark.req("R-CALL-06")
@given(st.sampled_from(DENIED), st.data())
def test_punctuation_and_space_do_not_hide_a_forbidden_phrase(phrase: str, data: st.DataObject) -> None:
    disguised = "".join(char + data.draw(NOISE) for char in phrase)
    assert any("must not be said" in found for found in lint_text(disguised))


@pytest.mark.req("R-CALL-06")
def test_a_notice_that_hurries_people_is_refused_with_advice() -> None:
    (found,) = lint_text("快点,要下班了")
    assert found == "'快点,要下班了' must not be said to the public; say what they can do instead"


def test_a_decent_notice_passes() -> None:
    assert lint_text("12月1日(周二)起,二楼社保窗口迁至三楼东侧,请您留意指示牌。") == []


def test_a_person_may_let_a_short_entry_pass() -> None:
    notice = "不知道如何取号的群众,请到咨询台咨询"
    assert lint_text(notice) != []
    assert lint_text(notice, reviewed=["不知道"]) == []
    assert lint_text(f"{notice},明天再来", reviewed=["不知道"]) != []


@pytest.mark.req("R-CALL-06")
@pytest.mark.parametrize(
    ("notice", "found"),
    [
        ("请到䶮村窗口", "'䶮' (U+4DAE) is not in GB2312"),
        ("请到😀窗口", "is not in GB2312"),
        ("请看\\C1红字", "is an order to a sign"),
        ("请看\n下一行", "is an order to a sign"),
        ("请看\u202e反字", "is an order to a sign"),
    ],
)
def test_what_a_sign_cannot_show_is_named(notice: str, found: str) -> None:
    assert any(found in each for each in lint_text(notice))


@pytest.mark.req("R-CALL-06")
def test_a_notice_may_be_as_long_as_a_sign_takes() -> None:
    assert lint_text("请" * NOTICE_MAX_HANZI) == []
    assert len(lint_text("请" * (NOTICE_MAX_HANZI + 1))) == 1


@given(st.text())
def test_any_text_can_be_linted(notice: str) -> None:
    assert all(found.isprintable() for found in lint_text(notice))


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ({"kiosk.idle": "马上取号"}, "kiosk.idle: has none of 您好、请"),
        ({"faults.x.public": "坏了"}, "faults.x.public: has none of"),
        ({"slip.taken": " "}, "slip.taken: is empty"),
        ({"slip.taken": "{time"}, "slip.taken: expected '}'"),
        ({"slip.taken": "{time.__class__}"}, "is not the plain name of a value"),
        ({"slip.taken": "{}"}, "is not the plain name of a value"),
        ({"desk.nobody": "没人,自己看"}, "'自己看' must not be said"),
    ],
)
@pytest.mark.req("R-CALL-06", "R-TECH-05")
def test_a_bad_phrase_pack_is_named_key_by_key(phrase: dict[str, str], found: str) -> None:
    assert any(found in each for each in lint_pack(phrase))


def test_a_sentence_among_others_need_not_be_polite_by_itself() -> None:
    assert lint_pack({"slip.ahead": "您前面还有 {n} 人等候"}) == []
