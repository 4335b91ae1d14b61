"""The duty panel's logic: a command is asked until it is answered, or said to be unanswered."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core import commands as c
from firmware_py.demo.duty import ASK_MS, Asked, DutyPanel, Told
from firmware_py.demo.running import DUTY
from firmware_py.link import Lifecycle, LinkUp, Received, Topics, encode
from firmware_py.runtime.asking import RETRY_MS
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.loop import Timer

TOPICS = Topics("demo")
GRANT = c.Grant("A001", "老人身体不适")


def panel() -> DutyPanel:
    ids = count(1)
    return DutyPanel(TOPICS, lambda: f"d{next(ids)}")


@pytest.mark.req("R-CORE-22", "R-DESK-05")
def test_a_command_is_repeated_under_its_name_until_it_is_answered() -> None:
    logic = panel()
    request = c.Request("d1", GRANT, ASK_MS)

    assert list(logic.on(Asked(GRANT), 0)) == [Send(request)]
    assert list(logic.on(Timer(), RETRY_MS)) == [Send(request)]
    list(logic.on(Received(TOPICS.answer(DUTY), encode(c.Answer("d1", refusal="unknown_ticket"))), RETRY_MS + 1))
    assert logic.due() is None


def test_a_command_nobody_answers_is_said_to_be_so_once() -> None:
    logic = panel()
    list(logic.on(Asked(GRANT), 0))

    [told] = [each for each in logic.on(Timer(), ASK_MS) if isinstance(each, Told)]

    assert (told.refusal.instance, told.refusal.reason) == (DUTY, "no_answer")
    assert told.refusal.text
    assert logic.due() is None


def test_a_link_that_is_up_tells_that_the_panel_is_ready_and_asks_again() -> None:
    logic = panel()
    list(logic.on(Asked(GRANT), 0))

    assert list(logic.on(LinkUp(), 10)) == [SetStatus(Lifecycle.READY), Send(c.Request("d1", GRANT, ASK_MS))]


@pytest.mark.req("R-SYNC-02")
@given(st.binary(max_size=200))
def test_no_answer_ends_it(payload: bytes) -> None:
    logic = panel()
    list(logic.on(Asked(GRANT), 0))

    assert list(logic.on(Received(TOPICS.answer(DUTY), payload), 1)) == []
    assert logic.due() is not None
