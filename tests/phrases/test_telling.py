"""The journal in Chinese: a sentence for every kind of event, and why somebody was called first."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from firmware_py import core
from firmware_py.core import events as e
from firmware_py.core.picking import ORDINARY_RULES, PRIORITY_RULES
from firmware_py.core.plan import DeskPlan, Hours, KioskPlan, Plan, Service
from firmware_py.core.states import Lane
from firmware_py.phrases import text
from firmware_py.phrases.pack import pack
from firmware_py.phrases.telling import sentence, why

PLAN = Plan(
    id="zhoucun",
    name="周村区政务服务大厅",
    services=(Service("general", "A", "综合受理"), Service("police", "B", "信访接待", alias="综合二")),
    desks=(
        DeskPlan(3, ("general",), pad="desk3-pad", evaluator="desk3-eval", phone="desk3-phone"),
        DeskPlan(4, ("general", "police")),
    ),
    kiosks=(KioskPlan("kiosk1", "东门"), KioskPlan("kiosk2")),
)

TOLD: list[tuple[e.HallEvent, str]] = [
    (e.Configured(0, PLAN), "大厅设置生效:周村区政务服务大厅,2 项业务,2 个窗口"),
    (e.NumbersKnown(0, "kiosk1", "2026-11-21", {"A": 7}), "东门报告已发出的号码,新号从其后开始"),
    (e.Restarted(0), "主控重新启动,大厅照原样继续"),
    (e.ClockStepped(0, -3_600_000), "时钟已校准(相差 -3600 秒),计时不受影响"),
    (e.DayOpened(0, "2026-11-21"), "2026-11-21 开始取号"),
    (e.CallingOpened(0, 1), "开始叫号"),
    (e.IssueClosed(0, 40), "停止取号,还有 40 人,全部办完再下班"),
    (e.DayClosed(0), "今日已取号的全部办完,服务结束"),
    (e.Taken(0, "B001", "police", "G", "kiosk1", 3), "B001 在东门取号,办理综合二,前面 3 人"),
    (e.Taken(0, "A001", "general", "X", "kiosk2", 0), "A001 在取号机 kiosk2 取号,办理综合受理,前面 0 人"),
    (e.Printed(0, "A001"), "A001 的号票已打印"),
    (e.PrintFailed(0, "A001", "paper_out"), "A001 的号票没有打印,该号作废,原因:缺纸"),
    (e.PrintUnknown(0, "A001", "no_outcome"), "A001 的号票可能没有打印完整,号码有效,原因:没有报告打印结果"),
    (e.Cancelled(0, "A001"), "A001 的群众放弃排队"),
    (e.Called(0, "A001", 3, "ordinary"), "请 A001 号到3号窗口"),
    (e.Called(0, "A001", 3, "final", final=True), "请 A001 号到3号窗口,这是今日最后一次呼叫"),
    (e.Recalled(0, "A001", 3, 2), "3号窗口第 2 次呼叫 A001"),
    (e.Arrived(0, "A001", 3), "A001 到达3号窗口,开始办理"),
    (e.Arrived(0, "A001", 3, implicit=True), "A001 已在3号窗口办理(按“下一位”时补记)"),
    (e.Passed(0, "A001", 3), "A001 没有到3号窗口,过号;报到后可再叫"),
    (
        e.Withdrawn(0, "A001", 3, "pause"),
        "3号窗口收回对 A001 的呼叫,排在最前,由其他窗口办理,原因:窗口暂停服务",
    ),
    (e.Returned(0, "A001", 9), "A001 已报到,重新排上"),
    (e.Expired(0, "A001"), "A001 最后一次呼叫没有来,日终作废"),
    (e.Interrupted(0, "A001", 3, "急事"), "3号窗口办理 A001 时暂时离开,原因:急事"),
    (e.InterruptionEnded(0, "A001", 3), "3号窗口回来,继续办理 A001"),
    (e.Held(0, "A001", 3, ""), "A001 在3号窗口挂起,回来后优先办理"),
    (e.Resumed(0, "A001", 3), "A001 回到3号窗口继续办理"),
    (e.Transferred(0, "A001", 3, "police", "", 4), "A001 从3号窗口转办4号窗口,号码和次序不变"),
    (e.Transferred(0, "A001", 3, "police", "业务不符"), "A001 从3号窗口转办综合二,号码和次序不变,原因:业务不符"),
    (e.ItemAdded(0, "A001", 3, "社保卡"), "A001 在3号窗口加办社保卡"),
    (e.Finished(0, "A001", 3, "办结", "1001"), "A001 在3号窗口办完(办结)"),
    (e.Finished(0, "A001", 3, "办结", "1001", implicit=True), "A001 在3号窗口办完(办结,按“下一位”时补记)"),
    (e.RatingOpened(0, "A001", 3, "desk3-eval"), "3号窗口请 A001 的群众评价"),
    (e.Rated(0, "A001", 3, 1, 900), "A001 的群众已评价"),
    (e.RatingCorrected(0, "A001", 3, 5, 1900), "A001 的群众修改了评价"),
    (e.RatingLocked(0, "A001", 3), "A001 的评价已锁定"),
    (e.RatingClosed(0, "A001", 3, "timeout"), "A001 未评价,原因:等候时间已到"),
    (e.RatingClosed(0, "A001", 3, "returned"), "A001 未评价,原因:群众已报到,重新排队"),
    (e.InviteFailed(0, "A001", 3, "evaluator_silent"), "A001 未能邀请评价,原因:评价器没有应答"),
    (e.FinishUndone(0, "A001", 3), "3号窗口撤销办结,继续办理 A001"),
    (e.Voided(0, "A001", "1001", "误按"), "A001 作废,由1001批准,原因:误按"),
    (e.Upgraded(0, "A001", "1001"), "A001 改为优先办理,取号时间不变"),
    (e.Reprinted(0, "A001", "kiosk9"), "A001 的号票在取号机 kiosk9 补打一次"),
    (e.AlertRaised(0, "consult", "kiosk9"), "取号机 kiosk9 有群众咨询,请引导员前往"),
    (e.AlertRaised(0, "complain", "kiosk9"), "取号机 kiosk9 有群众反映问题,请监督“找茬”人员前往"),
    (e.AlertRaised(0, "priority", "kiosk9"), "取号机 kiosk9 有群众申请优先办理,请引导员前往核对"),
    (e.AlertCleared(0, "consult", "kiosk9", "kiosk9"), "取号机 kiosk9 有群众咨询:已解除"),
    (e.Unserved(0, "A001", "waiting"), "A001 前一日没有办完(等候),列入日终未办"),
    (e.StrayRating(0, 3, "desk3-eval", "no_window"), "3号窗口评价器有一次按键不计入,原因:当时没有请群众评价"),
    (e.LoggedIn(0, 3, "1001"), "3号窗口登录,工号 1001"),
    (e.LoggedIn(0, 3, "1002", "B", "1001"), "3号窗口登录,工号 1002,替 1001"),
    (e.LoggedOut(0, 3), "3号窗口退出"),
    (e.DeskWaits(0, 3, ""), "3号窗口请稍候"),
    (e.PausePending(0, 3, ""), "3号窗口办结后将暂停服务"),
    (e.DeskPaused(0, 3, "wait_too_long"), "3号窗口暂停服务,原因:离开超过规定时间"),
    (e.DeskResumed(0, 3), "3号窗口恢复服务"),
    (e.DeskFailed(0, 3, "led_refused"), "3号窗口设备故障,原因:显示屏拒绝了内容"),
    (e.DeskMended(0, 3), "3号窗口设备恢复"),
    (e.Rang(0, "desk3-phone", 2), "3号窗口电话响第 2 声"),
    (e.NeighboursAlerted(0, "desk3-phone", (4, 5, 6), 3), "3号窗口电话无人接听,请4-6号窗口代接"),
    (e.SupervisorAlerted(0, "desk3-phone", 5), "3号窗口电话响到第 5 声,提醒负责人"),
    (e.PickupClaimed(0, "desk3-phone", 4), "4号窗口代接3号窗口电话"),
    (e.PhoneAnswered(0, "desk3-phone", 3, 2), "3号窗口电话响 2 声后接听"),
    (e.PhoneAnswered(0, "desk3-phone", 4, 4, neighbour=True), "3号窗口电话响 4 声后由4号窗口代接"),
    (e.PhoneAbandoned(0, "desk3-phone", 2), "3号窗口电话响 2 声后对方挂断"),
    (e.PhoneMissed(0, "desk3-phone", 4), "3号窗口电话响 4 声无人接听"),
    (e.PhoneMissed(0, "desk3-phone", 4, in_hours=False), "3号窗口电话响 4 声无人接听(非服务时间,不计入)"),
    (e.PhoneOutgoing(0, "line9"), "电话 line9 打出电话"),
    (e.PhoneUnknown(0, "line9"), "电话 line9 的监测断电或重新启动,刚才的来电结果不明"),
    (e.PhoneUnknown(0, "line9", 3), "电话 line9 响 3 声后停止,线路不能判断是否摘机,来电结果不明(单独统计)"),
    (e.PhoneEnded(0, "desk3-phone", 61_400), "3号窗口电话通话结束,61 秒"),
    (e.CallbackOpened(0, "desk3-phone", 1, 1_800_000), "3号窗口电话有未接来电,请在 30 分钟内回拨"),
    (e.CallbackClosed(0, "desk3-phone", 1, 3), "3号窗口已回拨3号窗口电话的未接来电"),
    (e.DeviceFailed(0, "kiosk1", "printer", "paper_out"), "东门的打印机故障,原因:缺纸"),
    (e.DeviceFailed(0, "sync", "modem", "flux_low"), "sync的modem故障,原因:flux_low"),
    (e.DeviceMended(0, "desk3-eval", "keypad"), "3号窗口的评价器恢复正常"),
    (e.ClockTrusted(0, 500), "时钟已由硬件时钟或网络校准"),
    (e.ClockConfirmed(0, 500, "1001"), "工号 1001 确认了日期和时间"),
    (e.DayOpened(0, "2026-11-21", "1001"), "2026-11-21 由 1001 手动开始服务"),
    (e.LunchBegan(0, "drain", 3, 1), "上午停止取号,还有 3 人,办完再午休"),
    (e.LunchBegan(0, "duty", 3, 1), "午间由值班窗口继续服务,还有 3 人"),
    (e.LunchBegan(0, "carry", 3, 1), "午间暂停叫号,还有 3 人,下午按原次序继续"),
    (e.LunchEnded(0), "下午开始叫号"),
    (e.IssueReopened(0, "1001"), "1001 手动恢复取号,号码接着原来的"),
    (e.DayClosed(0, callbacks=2), "今日已取号的全部办完,服务结束;还有 2 个未接来电待回拨"),
    (
        e.DayClosed(0, callbacks=2, records=1),
        "今日已取号的全部办完,服务结束;还有 2 个未接来电待回拨;还有 1 份来电记录待填写",
    ),
    (e.DayClosed(0, "1001", "停电"), "1001 在还有号没有办完时结束了当日服务,原因:停电"),
    (
        e.HoursAnnounced(0, 1, (Hours(540, 720), Hours(810, 1050)), "2026-11-26", "1001", "冬季"),
        "服务时间调整公告:自 2026-11-26 起为 09:00-12:00,13:30-17:30,由 1001 批准,原因:冬季",
    ),
    (
        e.HoursAnnounced(0, 1, (Hours(540, 720),), "2026-11-22", "1001", "停电", emergency=True),
        "服务时间紧急调整:自 2026-11-22 起为 09:00-12:00,由 1001 批准,原因:停电",
    ),
    (e.HoursShown(0, 1, "2026-11-21", "hall"), "服务时间调整公告已向群众显示"),
    (e.HoursChanged(0, 1), "开始执行新的服务时间"),
    (e.HoursHeldBack(0, 1, "2026-11-26"), "服务时间调整公告显示不足规定的工作日,暂不执行,最早 2026-11-26 起执行"),
    (e.EmergencyBegan(0, "1001", "火警"), "紧急暂停,由 1001 发起,原因:火警"),
    (e.EmergencyEnded(0, "1001", 90_000), "紧急暂停结束,历时 90 秒,次序和计时不变"),
    (
        e.Taken(0, "A002", "general", "A", "kiosk1", 0, "K7", 1, 2),
        "A002 预约签到,在东门取号,办理综合受理,前面 0 人",
    ),
    (
        e.Taken(0, "A003", "general", "S", "kiosk1", 0, redeems="2026-11-20/A031"),
        "A003 由日终未办的号 2026-11-20/A031 换发,在东门取号,办理综合受理,优先办理",
    ),
    (e.ManualEntered(0, "M001", "general", 0, "kiosk1"), "手工号 M001 已登记,办理综合受理,按发号时间排队"),
    (
        e.Called(0, "A001", 3, "approved", approver="1001", reason="孕妇"),
        "请 A001 号到3号窗口,由 1001 批准,原因:孕妇",
    ),
    (e.Announced(0, "A001", "voice", "hall"), "A001 的叫号已播报"),
    (e.Announced(0, "A001", "sign", "hall"), "A001 的叫号已在显示屏显示"),
    (e.PassUndone(0, "A001", 3), "3号窗口撤销过号,继续呼叫 A001"),
    (e.ReportedBack(0, "A001"), "A001 的群众已回来报到,原窗口先办理"),
    (e.TransferUndone(0, "A001", 3), "3号窗口撤销转办,继续办理 A001"),
    (e.LimitNear(0, "A001", 3, 15), "3号窗口办理 A001 已接近时限 15 分钟,提醒工作人员"),
    (e.LimitPassed(0, "A001", 3, 15), "3号窗口办理 A001 已超过时限 15 分钟"),
    (e.Granted(0, "A001", "1001", "军人"), "A001 由 1001 批准优先办理一次,原因:军人"),
    (e.SelfTestBegan(0, 3), "3号窗口评价器开始自检,按键不计入评价"),
    (e.SelfTestPressed(0, 3, "desk3-eval", 5), "3号窗口评价器自检:按键正常"),
    (e.SelfTestEnded(0, 3), "3号窗口评价器自检结束"),
    (e.LoggedIn(0, 3, "1001", approver="1002"), "3号窗口登录,工号 1001,由 1002 批准同时在两个窗口"),
    (e.StoodIn(0, 3, "1002", "B", "1001"), "3号窗口替岗,工号 1002,替 1001"),
    (e.StoodIn(0, 3, "1001", "A"), "3号窗口换回,工号 1001"),
    (e.LoggedOut(0, 3, 4, "1002"), "3号窗口退出,还有 4 人没有办完,由 1002 批准"),
    (e.DeskPaused(0, 3, "", ("general",)), "3号窗口暂停服务,综合受理暂无窗口办理"),
    (e.AbsenceReminded(0, 3, "1001"), "3号窗口离开已 8 分钟,请尽快返回"),
    (e.AbsenceReported(0, 3, "1001"), "3号窗口离开已 10 分钟,没有说明原因"),
    (e.AbsenceReported(0, 3, "1001", explained=True), "3号窗口离开已 10 分钟,原因已登记"),
    (e.AbsenceLong(0, 3, "1001"), "3号窗口离开超过 30 分钟,请核实"),
    (e.AbsenceExplained(0, 3, "1001", "开会"), "3号窗口登记离开原因:开会"),
    (e.DeskAssigned(0, 3, ("general", "police"), ""), "3号窗口今日办理综合受理、综合二"),
    (e.TideOpened(0, 3, ("general", "police")), "3号窗口开启潮汐,办理综合受理、综合二"),
    (e.TideClosed(0, 3, ("general",)), "3号窗口关闭潮汐,办理综合受理"),
    (e.PhoneBusyMissed(0, "desk3-phone", 4), "3号窗口电话通话中又有来电,响 4 声没有接到"),
    (e.CallerNoted(0, "desk3-phone", "0123456789abcdef"), "3号窗口电话的来电已登记代号,号码另行保管"),
    (e.CallbackMerged(0, "desk3-phone", 1), "3号窗口电话同一来电再次未接,并入已登记的回拨"),
    (e.RecordOwed(0, "desk3-phone", 2), "3号窗口电话接听了监督投诉来电,请填写记录表"),
    (e.RecordFiled(0, "desk3-phone", 2, 3), "3号窗口已填写3号窗口电话的监督投诉记录表"),
    (e.Approved(0, "call", "A001", "1001", "孕妇"), "1001 批准 A001 号提前办理一次,原因:孕妇"),
    (e.Approved(0, "logout", "3", "1001", "停电"), "1001 批准3号窗口在还有人等候时退出,原因:停电"),
    (e.AlertRaised(0, "uncovered", "general", 7), "综合受理有 7 人等候,没有窗口办理,请安排"),
    (e.AlertRaised(0, "assist", "3"), "3号窗口请求协助"),
    (e.AlertEased(0, "crowd", "general"), "综合受理等候人数较多:已缓解,继续观察"),
    (e.AlertCleared(0, "assist", "3", "1001"), "3号窗口请求协助:已解除"),
    (e.FindingRaised(0, "complaint_line", line="desk3-phone"), "疑似情况,待核实:监督投诉电话没有接听"),
    (e.Patrolled(0, "王巡查", "patrol"), "王巡查 巡查登记"),
    (e.Patrolled(0, "王巡查", "patrol", "桌面不整洁", 3), "王巡查 巡查登记:桌面不整洁"),
    (e.Booked(0, "K7", "general", "2026-11-22", 600, 660), "登记预约,办理综合受理,2026-11-22"),
    (e.BookingCancelled(0, "K7"), "取消一个预约"),
    (e.BookingMissed(0, "K7"), "一个预约没有到场"),
]


@pytest.mark.parametrize(("event", "told"), TOLD, ids=[type(event).__name__ for event, _ in TOLD])
def test_each_event_is_one_sentence(event: e.HallEvent, told: str) -> None:
    assert sentence(event, PLAN) == told


def test_no_kind_of_event_is_without_a_sentence() -> None:
    assert {type(event) for event, _ in TOLD} == set(get_args(e.HallEvent))


def test_an_empty_plan_still_tells_every_event() -> None:
    nothing = Plan(id="", name="", services=(), desks=())
    for event, _ in TOLD:
        assert not re.search("[{}]", sentence(event, nothing))


def _reasons_of_the_core() -> set[str]:
    """Every code the core itself puts into an event's ``reason``."""
    with_reason = {kind.__name__ for kind in get_args(e.HallEvent) if "reason" in kind.__struct_fields__}
    found = set()
    for node in _calls(with_reason - KINDS_WITH_FREE_TEXT | {"stray", "withdraw", "_end"}):
        values = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
        found |= {value for value in values if isinstance(value, str) and value}
    return found


KINDS_WITH_FREE_TEXT = {"Called", "Finished"}
"""Their texts are rules and outcomes, told by sentences of their own."""


def _calls(names: set[str]) -> Iterator[ast.Call]:
    """Every place in the core that makes one of these."""
    for path in Path(core.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in names:
                    yield node


def test_a_reason_the_core_gives_is_told_in_chinese() -> None:
    reasons = _reasons_of_the_core()
    assert {"no_outcome", "wait_too_long", "next_arrived", "too_late", "logout"} <= reasons
    for reason in reasons:
        assert not re.search("[a-z_]{2,}", sentence(e.DeskPaused(0, 3, reason), PLAN)), reason


def test_every_kind_of_alert_finding_and_approval_the_core_names_has_its_sentence() -> None:
    kinds = {
        "approved": ("call", "transfer", "logout", "leave", "second_desk"),
        "alert_raised": ("uncovered", "crowd", "tidal", "assist", "guide", "calendar"),
        "finding_raised": ("tickets_left", "hours_notice", "complaint_line", "phone_uncovered", "last_desk"),
    }
    for tag, each in kinds.items():
        for kind in each:
            assert f"journal.{tag}_{kind}" in pack()
    assert all(f"alerts.{kind}" in pack() for kind in kinds["alert_raised"])
    written = {
        node.args[1].value
        for node in _calls({"AlertRaised", "FindingRaised"})
        if isinstance(node.args[1], ast.Constant)
    }
    assert written <= {kind for each in kinds.values() for kind in each}


@pytest.mark.req("R-EVAL-07", "R-REP-08")
def test_a_sentence_never_tells_the_level_of_a_rating() -> None:
    for kind in (e.Rated, e.RatingCorrected):
        assert len({sentence(kind(0, "A001", 3, level, 900), PLAN) for level in range(1, 6)}) == 1
    words = [text(f"levels.{level}") for level in range(1, 6)]
    assert not any(word in sentence(event, PLAN) for event, _ in TOLD for word in words)


def test_no_sentence_tells_the_class_of_a_ticket() -> None:
    assert len({sentence(e.Taken(0, "A001", "general", klass, "kiosk1", 1), PLAN) for klass in "XAGSR"}) == 1
    rules = [*ORDINARY_RULES, *PRIORITY_RULES, "granted"]
    assert len({sentence(e.Called(0, "A001", 3, rule), PLAN) for rule in rules}) == 1


@pytest.mark.req("R-CORE-05")
def test_plain_order_needs_no_explaining() -> None:
    assert why(e.Called(0, "A001", 3, "ordinary"), PLAN) == ""


@pytest.mark.req("R-CORE-05")
def test_a_priority_call_says_the_rule_its_bound_and_whom_it_overtook() -> None:
    called = e.Called(0, "B001", 3, "green", overtaken=4, oldest=1, newest=9)
    assert why(called, PLAN) == (
        "依规定优先办理;连续优先不超过 3 位,其后轮到按先后等候的群众;另有 4 位取号更早,次序不变"
    )
    limits = msgspec.structs.replace(PLAN.limits, prio=msgspec.structs.replace(PLAN.limits.prio, max_run=0))
    absolute = msgspec.structs.replace(PLAN, limits=limits)
    assert why(e.Called(0, "B001", 3, "green"), absolute) == "依规定优先办理;没有人因此后移"


@pytest.mark.req("R-CORE-05")
def test_every_rule_of_the_order_explains_itself() -> None:
    rules = {lane.value for lane in Lane} | ORDINARY_RULES | PRIORITY_RULES | {"final"}
    told = {rule: why(e.Called(0, "A001", 3, rule, overtaken=1), PLAN) for rule in rules}
    assert len(set(told.values())) == len(rules)
    assert not any(said.startswith(text("why.other")) for said in told.values())
    assert why(e.Called(0, "A001", 3, "of_a_newer_release"), PLAN) == "按叫号规则选定;没有人因此后移"
