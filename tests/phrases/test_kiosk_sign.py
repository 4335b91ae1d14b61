"""The sign of a dispenser: each sentence whole where it fits, in fewer words where it does not, and never moving."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.phrases import hanzi_of, kiosk_sign, kiosk_sign_needs, refusal, text
from firmware_py.phrases.kiosk_sign import shorter_keys
from firmware_py.phrases.pack import fields, pack

VALUES = {
    "ticket": "AB1000", "number": "AB1000", "n": 12, "desk": 999, "time": "13:15", "hours": "09:00-12:00、13:30-17:30",
    "place": "二楼大厅东侧取号处",
}  # fmt: skip


def filled(key: str) -> str:
    return text(key, **{name: VALUES.get(name, "某") for name in fields(pack()[key])})


@pytest.mark.req("R-CALL-06")
@pytest.mark.parametrize(
    ("sentence", "narrow", "middle", "wide"),
    [
        (text("kiosk.idle"), "请取号", "请按次序取号", "请您在取号机取号,按次序排队,|依次办理"),
        (text("kiosk.take_slip", ticket="A001"), "A001", "您的号码A001", "您的号码是 A001,请取走号票"),
        (
            refusal("printer_fault", {"place": ""}),
            *("设备故障", "请到咨询台取号", "对不起,设备故障,|请到咨询台取号,我们正在维修"),
        ),
        (
            refusal("before_issue", {"time": "08:45"}),
            *("准备中", "08:45开始取号", "您好,取号将于 08:45 开始,|请在休息区稍候"),
        ),
        (
            refusal("unknown_ticket", {"ticket": "A001"}),
            *("请咨询", "请到咨询台咨询", "对不起,没有查到 A001 号,|请核对号码,或到咨询台咨询"),
        ),
    ],
)
def test_a_sentence_is_said_in_the_longest_wording_that_fits(
    sentence: str, narrow: str, middle: str, wide: str
) -> None:
    assert kiosk_sign(sentence, rows=1, hanzi=4) == narrow
    assert kiosk_sign(sentence, rows=1, hanzi=8) == middle
    assert kiosk_sign(sentence, rows=2, hanzi=15) == wide.replace("|", "\n")


@pytest.mark.parametrize("key", [key for key in shorter_keys() if key != "other"])
def test_every_shorter_wording_belongs_to_a_sentence_and_needs_no_more_than_it_says(key: str) -> None:
    assert key in pack()
    assert "short" in shorter_keys()[key]
    shorts = {form: pack()[f"kiosk_sign.{key}.{form}"] for form in shorter_keys()[key]}
    for form, wording in shorts.items():
        assert fields(wording) <= fields(pack()[key]), form
    narrow = kiosk_sign(filled(key), rows=1, hanzi=4)
    assert narrow == shorts["short"].format_map(VALUES), "found again by what it says"


@pytest.mark.req("R-CALL-05", "R-CALL-06")
@pytest.mark.parametrize("key", [key for key in pack() if key.startswith(("kiosk.", "refusals."))])
@pytest.mark.parametrize(("rows", "hanzi"), [(1, 4), (1, 8), (2, 12), (3, 16)])
def test_whatever_a_dispenser_says_fits_its_sign(key: str, rows: int, hanzi: int) -> None:
    lines = kiosk_sign(filled(key), rows=rows, hanzi=hanzi).split("\n")
    assert 1 <= len(lines) <= rows
    assert all(0 < hanzi_of(line) <= hanzi for line in lines)


@given(st.text("请您按次序取号,。:!?A01 :-.", min_size=1, max_size=60), st.integers(1, 4), st.integers(4, 20))
def test_a_line_is_never_too_wide_and_never_begins_with_a_comma(sentence: str, rows: int, hanzi: int) -> None:
    lines = kiosk_sign(sentence, rows=rows, hanzi=hanzi).split("\n")
    assert len(lines) <= rows
    assert all(hanzi_of(line) <= hanzi for line in lines)
    assert not any(line[:1] in tuple(",。:!?") for line in lines[1:])


def test_what_a_sign_must_hold_is_its_widest_short_wording() -> None:
    assert hanzi_of(kiosk_sign_needs(ticket="A1000", desk=9)) == 4
    assert kiosk_sign_needs(ticket="ABCDEFG1000", desk=9) == "ABCDEFG1000"
