"""The staff screen of a desk (R-DESK-04): what to say, who is owed a call, how many wait, out of the hall as it is."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.showing import desk_view
from firmware_py.phrases import absence_reasons, prompts
from tests.core.halls import (
    LOG,
    MINUTE,
    NINE,
    PLAN,
    SECOND,
    ask,
    call,
    finish,
    let_time_pass,
    level,
    open_hall,
    serve,
    take,
    with_desk,
)
from tests.core.telephones import LINE, ring, ring_out

GREETING = "您好,这里是政务服务大厅1号窗口,请问有什么可以帮您"
SERVING = ("您好,请坐!", "请问有什么可以帮您!", "请稍等、请核对、请签名、请收好", "您的业务已办好,请核对签收")


def shown(hall: Hall, desk: int = 1) -> tuple[str, ...]:
    """What the screen of ``desk`` says."""
    views = {number: desk_view(hall, LOG, number) for number in hall.desks}
    return prompts(views[desk], hall.plan, views)


@pytest.mark.req("R-DESK-04")
def test_the_screen_says_how_many_wait_for_what_the_desk_serves() -> None:
    hall = open_hall()
    assert shown(hall) == ("暂无等候",)
    for service in ("a", "b", "c"):
        take(hall, service)

    assert shown(hall, 1) == ("等候 2 人",)
    assert shown(hall, 3) == ("等候 2 人",)
    assert shown(hall, 5) == (), "nobody sits there"


@pytest.mark.req("R-DESK-04")
def test_while_somebody_is_served_the_sentences_of_every_visit_are_shown() -> None:
    hall = open_hall()
    take(hall)
    serve(hall)
    assert shown(hall)[:4] == SERVING
    ask(hall, c.Interrupt(1), NINE)
    assert shown(hall)[:1] == ("对不起,请稍等一下,我有急事处理,马上就回来",)


@pytest.mark.req("R-DESK-04", "R-PHONE-03")
def test_a_ringing_telephone_shows_the_greeting_at_once_and_a_warning_from_ring_two() -> None:
    hall = open_hall()
    ring(hall, 1)
    assert shown(hall)[0] == GREETING
    ask(hall, f.RingBegan(LINE, 2), NINE + 5 * SECOND)
    assert shown(hall)[:2] == ("电话已响 2 声,请马上接听", GREETING)
    ask(hall, f.Lifted(LINE, 2), NINE + 6 * SECOND)
    assert shown(hall) == ("暂无等候",), "and nothing of it once it is answered with nobody at the desk"


@pytest.mark.req("R-DESK-04", "R-PHONE-03", "R-PHONE-04")
def test_neighbours_are_shown_whose_call_to_take_and_what_to_say() -> None:
    hall = open_hall()
    ring(hall, 3)
    say = "您好,1号窗口工作人员目前不在,请问有什么事?我帮您记录转交"
    assert shown(hall, 2)[:2] == ("1号窗口电话已响3声,请代接", say)
    ask(hall, c.Pickup(3), NINE + 12 * SECOND)
    assert shown(hall, 2) == ("暂无等候",)

    hall = open_hall()
    ask(hall, c.Wait(1), NINE)
    ring(hall, 1)
    assert shown(hall, 2)[0] == "1号窗口来电,工作人员不在,请代接"


@pytest.mark.req("R-DESK-04", "R-PHONE-07")
def test_the_citizen_at_the_desk_reads_the_apology_while_the_telephone_is_answered() -> None:
    hall = open_hall()
    take(hall)
    serve(hall)
    ring(hall, 1)
    ask(hall, f.Lifted(LINE, 1), NINE + 2 * SECOND)
    assert shown(hall)[0].startswith("对不起,我正在接听电话")
    ask(hall, f.HungUp(LINE, 5_000), NINE + 7 * SECOND)
    assert shown(hall)[0] == SERVING[0]


@pytest.mark.req("R-DESK-04", "R-PHONE-06", "R-PHONE-08")
def test_calls_and_records_that_are_owed_are_shown_until_they_are_done() -> None:
    hall = open_hall(with_desk(1, complaint_line=True))
    ring_out(hall, 3)
    ring(hall, 1, NINE + MINUTE)
    ask(hall, f.Lifted(LINE, 1), NINE + MINUTE + SECOND)
    ask(hall, f.HungUp(LINE, 9_000), NINE + 2 * MINUTE)

    calls = "有 1 个未接来电待回拨,请尽快回拨,办完请按“回拨完成”"
    records = "有 1 个监督投诉来电待填写记录表,请尽快填写,填完请按“记录完成”"
    assert shown(hall) == (calls, records, "暂无等候")
    ask(hall, c.CallbackDone(1), NINE + 3 * MINUTE)
    assert shown(hall) == (records, "暂无等候")
    ask(hall, c.RecordDone(1), NINE + 3 * MINUTE)
    assert shown(hall) == ("暂无等候",)


@pytest.mark.req("R-DESK-04", "R-CALL-09")
@pytest.mark.parametrize(("waited", "sorry"), [(20 * MINUTE, False), (20 * MINUTE + 1, True)])
def test_who_waited_long_is_told_so_first(waited: int, sorry: bool) -> None:
    hall = open_hall()
    take(hall)
    call(hall, 1, NINE + waited)
    assert ("对不起,让您久等了" in shown(hall)) is sorry
    ask(hall, c.Arrive(1), NINE + waited)
    assert (shown(hall)[0] == "对不起,让您久等了") is sorry


@pytest.mark.req("R-DESK-04", "R-CALL-09", "R-CORE-12", "R-CORE-14")
def test_who_was_sent_on_is_not_told_that_he_waited_here() -> None:
    hall = open_hall()
    take(hall)
    serve(hall)
    ask(hall, c.Transfer(1, "b", 0, "走错"), NINE)
    serve(hall, 2, NINE + 30 * MINUTE)
    assert not desk_view(hall, LOG, 2).long_wait


@pytest.mark.req("R-DESK-04", "R-CALL-09", "R-CORE-30")
def test_an_emergency_is_no_long_wait() -> None:
    hall = open_hall()
    take(hall)
    ask(hall, c.EmergencyPause("火警"), NINE + MINUTE)
    ask(hall, c.EmergencyResume(), NINE + 15 * MINUTE, "desk1")
    call(hall, 1, NINE + 30 * MINUTE)
    assert not desk_view(hall, LOG, 1).long_wait


@pytest.mark.req("R-DESK-04", "R-CORE-13", "R-EVAL-07", "R-CORE-23")
def test_who_is_put_aside_who_rates_and_a_pause_to_come_are_shown() -> None:
    hall = open_hall()
    take(hall), take(hall)
    serve(hall)
    ask(hall, c.Hold(1), NINE)
    assert shown(hall)[0] == "挂起 1 个:A001"
    finish(hall)
    assert shown(hall)[:2] == ("等待群众评价", "挂起 1 个:A001")
    ask(hall, level(hall, 1, 1, 900), NINE + SECOND)
    ask(hall, c.Pause(1), NINE + SECOND)
    assert shown(hall)[:2] == ("办结后将暂停服务", "已评价")


@pytest.mark.req("R-DESK-04", "R-CORE-27")
def test_a_visit_near_its_limit_is_shown_to_the_staff() -> None:
    services = tuple(replace(each, limit_min=10) for each in PLAN.services)
    hall = open_hall(replace(PLAN, services=services))
    take(hall)
    serve(hall)
    let_time_pass(hall, NINE + 8 * MINUTE)
    assert shown(hall)[0] == "这次办理已接近规定的时限"
    let_time_pass(hall, NINE + 10 * MINUTE)
    assert shown(hall)[0] == "这次办理已超过规定的时限"


@pytest.mark.req("R-DESK-03", "R-DESK-04")
def test_a_reason_that_is_owed_is_asked_for_with_the_digits_that_give_it() -> None:
    hall = open_hall()
    ask(hall, c.Pause(1), NINE)
    let_time_pass(hall, NINE + 10 * MINUTE)
    ask(hall, c.ResumeDesk(1), NINE + 10 * MINUTE)

    wanted, keys = shown(hall)[:2]
    assert wanted == "离开超过十分钟,请说明原因"
    assert keys.startswith("请按“说明原因”,再按数字和“确认”:1 取送材料 2 ")
    assert 1 < len(absence_reasons()) <= 9, "one digit chooses one"
    ask(hall, c.GiveReason(1, absence_reasons()[0]), NINE + 11 * MINUTE)
    assert shown(hall) == ("暂无等候",)
