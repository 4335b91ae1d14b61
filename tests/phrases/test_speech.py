"""Spoken calls: digits one by one, the desk as a cardinal, and clips that say what the text says."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import drivers
from firmware_py.core.model import Announcement
from firmware_py.phrases.speech import call_words, read_cardinal, read_number, said, withdrawn_words

PACK = tomllib.loads((Path(drivers.__path__[0]) / "voice" / "clips" / "clips.toml").read_text("utf-8"))
CLIPS: dict[str, str] = {**PACK["hanzi"], **PACK["letters"], **PACK["tones"]}
"""What each clip of the shipped pack says, by its name."""

NUMBERS = st.from_regex(r"[A-DF-HJ-NPR-Z]{1,2}[0-9]{3,4}", fullmatch=True)


def bare(sentence: str) -> str:
    return re.sub(r"[,,、。!]", "", sentence)


@pytest.mark.req("R-CALL-03")
def test_a_call_reads_the_digits_singly_and_the_desk_as_a_cardinal() -> None:
    words, sentence = call_words("A001", 3)
    assert sentence == "请A零零一号到三号窗口办理"
    assert words == ("chime", "qing", "A", "d0", "d0", "d1", "hao_dao", "d3", "hao_chuangkou_banli")


@pytest.mark.parametrize(
    ("number", "spoken"),
    [(1, "一"), (2, "二"), (3, "三"), (10, "十"), (11, "十一"), (12, "十二"), (20, "二十"), (22, "二十二"),
     (99, "九十九"), (100, "一百"), (105, "一百零五"), (110, "一百一十"),
     (112, "一百一十二"), (220, "二百二十"), (1203, "一二零三")],
)  # fmt: skip
def test_cardinals(number: int, spoken: str) -> None:
    words, text = read_cardinal(number)
    assert text == spoken
    assert "".join(CLIPS[word] for word in words) == spoken


@pytest.mark.req("R-CALL-03")
def test_the_third_reading_thanks_and_the_final_call_says_that_it_is_the_last() -> None:
    assert call_words("A1000", 12, reading=2)[1] == "请A一零零零号到十二号窗口办理"
    assert call_words("A1000", 12, reading=3)[1] == "请A一零零零号到十二号窗口办理,谢谢"
    assert call_words("A001", 2, final=True)[1] == "请A零零一号到二号窗口办理,这是今日最后一次呼叫"


def test_the_second_time_a_sentence_is_said_there_is_no_chime() -> None:
    assert call_words("A001", 3, chime=False)[0] == call_words("A001", 3)[0][1:]


def test_a_withdrawn_call_apologises() -> None:
    words, sentence = withdrawn_words("B012")
    assert sentence == "对不起,请B零一二号稍候,将由其他窗口为您办理"
    assert words == ("duibuqi", "qing", "B", "d0", "d1", "d2", "shaohou_qita")


def test_an_announcement_is_worded_by_its_kind() -> None:
    assert said(Announcement(1, 0, "call", "A001", 3, 3)) == call_words("A001", 3, reading=3)
    assert said(Announcement(1, 0, "final", "A001", 3)) == call_words("A001", 3, final=True)
    assert said(Announcement(1, 0, "withdrawn", "A001", 3)) == withdrawn_words("A001")


def test_a_hall_may_read_the_ticket_s_one_as_yao_but_never_the_desk_s() -> None:
    words, sentence = call_words("A011", 11, one="yao")
    assert sentence == "请A零幺幺号到十一号窗口办理"
    assert words.count("yao") == 2


@pytest.mark.req("R-CALL-03", "R-CALL-04")
@given(NUMBERS, st.integers(1, 99), st.integers(1, 5), st.booleans())
def test_any_call_is_made_of_shipped_clips_that_say_the_text(ticket: str, desk: int, reading: int, final: bool) -> None:
    words, sentence = call_words(ticket, desk, reading=reading, final=final)
    assert set(words) <= set(CLIPS)
    assert bare("".join(CLIPS[word] for word in words[1:])) == bare(sentence)
    assert not set("幺两百0123456789") & set(sentence)
    assert len(re.findall("[一二三四五六七八九零]", sentence.split("号到")[0])) == sum(map(str.isdigit, ticket))


@given(NUMBERS)
def test_any_withdrawal_is_made_of_shipped_clips_that_say_the_text(ticket: str) -> None:
    words, sentence = withdrawn_words(ticket)
    assert bare("".join(CLIPS[word] for word in words)) == bare(sentence)


@given(st.integers(1, 999))
def test_cardinals_are_all_different(number: int) -> None:
    assert read_cardinal(number)[1] != read_cardinal(number + 1)[1]


@pytest.mark.parametrize("ticket", ["", "A 01", "号1", "A-1", "A零"])
def test_what_is_no_number_is_refused(ticket: str) -> None:
    with pytest.raises(ValueError, match="not a ticket's number"):
        read_number(ticket)


def test_there_is_no_desk_zero() -> None:
    with pytest.raises(ValueError, match="no desk 0"):
        call_words("A001", 0)
