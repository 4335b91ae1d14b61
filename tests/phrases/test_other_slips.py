"""Every paper a dispenser prints, as it comes out of a printer of 58 and of 80 mm."""

import msgspec
import pytest

from drivers import printer
from drivers.printer.slip_bytes import encode
from drivers.virtual.printer_mechanism import PrinterMechanism
from drivers.virtual.slip_paper import PrintedSlip, RuleRun, TextRun
from firmware_py.core.events import Taken
from firmware_py.core.plan import DeskPlan, Hours, Plan, Service
from firmware_py.phrases.lint import lint_pack
from firmware_py.phrases.other_slips import (
    acceptance_slip,
    fault_slip,
    hours_change_slip,
    one_time_notice,
    summary_slip,
    transfer_slip,
)
from firmware_py.phrases.slips import SlipElement, SlipLine, SlipQr, ticket_slip

AT_1405 = 1_795_269_900_000
COLUMNS = {384: 32, 576: 48}

PLAN = Plan(
    id="zhoucun",
    name="周村区政务服务大厅",
    services=(Service("general", "A", "综合受理", zone="A区"), Service("police", "B", "信访接待", alias="综合二")),
    desks=(*(DeskPlan(desk, ("general",)) for desk in (1, 2, 3)), DeskPlan(5, ("general", "police"))),
    complaint_phone="0533-6195678",
)
TAKEN = Taken(0, "A1000", "general", "X", "kiosk1", 12)

PAPERS: dict[str, tuple[SlipElement, ...]] = {
    "ticket": ticket_slip(PLAN, TAKEN, AT_1405, reprint=True, qr=SlipQr("https://zwfw.example.gov.cn/t", "扫码查进度")),
    "large": ticket_slip(PLAN, TAKEN, AT_1405, large=True),
    "transfer": transfer_slip(PLAN, "A1000", "general", 0, AT_1405),
    "fault": fault_slip(PLAN, "二楼取号机", AT_1405),
    "hours": hours_change_slip(PLAN, "2026-11-25", (Hours(540, 720), Hours(810, 1020)), AT_1405),
    "acceptance": acceptance_slip(PLAN, "A1000", "general", 5, "市政务服务网", AT_1405),
    "missing": one_time_notice(PLAN, "missing", "A1000", "general", ("身份证复印件", "房产证原件"), AT_1405),
    "consult": one_time_notice(PLAN, "consult", "A1000", "general", ("身份证原件",), AT_1405),
    "summary": summary_slip(PLAN, "今日小结", (("取号", 312), ("办结", 305), ("满意率", "99.3%")), AT_1405),
}


def out_of_the_printer(parts: tuple[SlipElement, ...], width_dots: int) -> PrintedSlip:
    """One piece of paper, by way of the driver's own elements and bytes."""
    elements: list[printer.Element] = []
    for part in parts:
        match part:
            case SlipLine():
                elements.append(printer.Line(part.text, part.size, part.align, part.bold))
            case SlipQr():
                elements.append(printer.Qr(part.data, part.label))
            case _:
                elements.append(printer.Rule())
    slips: list[PrintedSlip] = []
    inside = PrinterMechanism(COLUMNS[width_dots], slips.append)
    inside.receive(encode(printer.Slip(tuple(elements)), width_dots=width_dots))
    assert not inside.unknown
    [only] = slips
    return only


@pytest.mark.req("R-KIOSK-03", "R-KIOSK-11", "R-KIOSK-12")
@pytest.mark.parametrize("width_dots", [384, 576])
@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_comes_out_whole_within_its_width_and_without_a_question_mark(paper: str, width_dots: int) -> None:
    slip = out_of_the_printer(PAPERS[paper], width_dots)
    columns = COLUMNS[width_dots]
    for run in slip.runs:
        if isinstance(run, TextRun):
            assert len(run.text.encode("gb18030")) * run.width <= columns, run
            assert run.ends_row, "no row was folded by the printer itself"
        if isinstance(run, RuleRun):
            assert len(run.text) * 2 == columns
    wanted = "".join(part.text for part in PAPERS[paper] if isinstance(part, SlipLine))
    found = "".join(run.text for run in slip.runs if isinstance(run, TextRun)).replace("扫码查进度", "")
    assert found.replace(" ", "") == wanted.replace(" ", "")
    assert "?" not in slip.text


@pytest.mark.req("R-KIOSK-03")
def test_a_ticket_on_58_mm() -> None:
    plain = ticket_slip(PLAN, TAKEN, AT_1405)
    assert out_of_the_printer(plain, 384).text == (
        "周村区政务服务大厅\n"
        "综合受理\n"
        "A1000\n"
        "您前面还有 12 人等候\n"
        "请您抽号后,等待叫号后A区1-3、5号\n"
        "窗口办理\n"
        "取号时间:2026年11月21日 14:05\n"
        "服务时间:09:00-12:00,13:30-17:30\n"
        "请在等候区休息,留意叫号和显示屏\n"
        "请按取号次序排队,依次办理\n"
        "当日有效;过号请到取号机报到,无需\n"
        "重新取号\n"
        "监督投诉电话:0533-6195678\n"
    )


@pytest.mark.req("R-KIOSK-11")
def test_a_large_print_ticket_on_58_mm_is_folded_between_words() -> None:
    assert out_of_the_printer(PAPERS["large"], 384).text == ("A1000\n您前面还有 12 人\n等候\nA区1-3、5号窗口\n")


@pytest.mark.req("R-KIOSK-12", "R-CORE-14")
def test_a_transfer_slip_keeps_the_number_and_names_the_desk() -> None:
    to_any, to_one = (
        out_of_the_printer(transfer_slip(PLAN, "A017", "general", desk, AT_1405), 576).text for desk in (0, 5)
    )
    assert to_any.splitlines()[:5] == [
        "周村区政务服务大厅",
        "A017",
        "请到A区1-3、5号窗口咨询",
        "或办理",
        "您的号码不变,无需重新取号",
    ]
    assert "请到A区5号窗口咨询或办理\n" in to_one


@pytest.mark.req("R-KIOSK-12")
def test_a_fault_notice_says_where_to_go_instead() -> None:
    lines = [part.text for part in PAPERS["fault"] if isinstance(part, SlipLine)]
    assert lines[1] == "对不起,设备故障,请到二楼取号机取号,我们正在维修"
    unknown = [part.text for part in fault_slip(PLAN, "", AT_1405) if isinstance(part, SlipLine)]
    assert unknown[1] == "对不起,设备故障,请到咨询台取号,我们正在维修"


@pytest.mark.req("R-KIOSK-12")
def test_a_change_of_hours_names_its_day_and_its_hours() -> None:
    lines = [part.text for part in PAPERS["hours"] if isinstance(part, SlipLine)]
    assert lines[1] == "服务时间调整通知:自 2026-11-25 起,服务时间为 09:00-12:00,13:30-17:00。特此提前通知"


@pytest.mark.req("R-KIOSK-12")
def test_an_acceptance_promises_its_days_and_says_where_to_look() -> None:
    lines = [part.text for part in PAPERS["acceptance"] if isinstance(part, SlipLine)]
    assert "您的申请我们已受理,5天内将会给您回复" in lines
    assert "请您在市政务服务网查看办事进度" in lines
    nowhere = acceptance_slip(PLAN, "A001", "general", 5, "", AT_1405)
    assert not any("查看" in part.text for part in nowhere if isinstance(part, SlipLine))


@pytest.mark.req("R-KIOSK-12")
def test_a_one_time_notice_has_the_head_of_its_kind_and_counts_what_is_needed() -> None:
    missing, consult = (out_of_the_printer(PAPERS[kind], 576).text for kind in ("missing", "consult"))
    assert "一次性(补正)告知单\n" in missing
    assert "1. 身份证复印件\n2. 房产证原件\n" in missing
    assert "对不起,请您补全手续再来办理\n" in missing
    assert "一次性(咨询)告知单\n" in consult
    assert "1. 身份证原件\n" in consult


@pytest.mark.req("R-KIOSK-12")
def test_a_summary_is_a_line_for_each_figure() -> None:
    assert "取号:312\n办结:305\n满意率:99.3%\n" in out_of_the_printer(PAPERS["summary"], 384).text


@pytest.mark.req("R-CALL-06", "R-CALL-04", "R-KIOSK-12")
@pytest.mark.parametrize("paper", PAPERS)
def test_no_paper_says_what_is_forbidden_or_names_a_sensitive_service(paper: str) -> None:
    lines = {f"line.{at}": part.text for at, part in enumerate(PAPERS[paper]) if isinstance(part, SlipLine)}
    assert lint_pack(lines) == []
    neutral = [
        transfer_slip(PLAN, "B001", "police", 0, AT_1405),
        acceptance_slip(PLAN, "B001", "police", 5, "", AT_1405),
        one_time_notice(PLAN, "consult", "B001", "police", (), AT_1405),
    ]
    assert not any("信访" in part.text for each in neutral for part in each if isinstance(part, SlipLine))


def test_a_service_that_is_gone_is_named_as_it_was_asked_for() -> None:
    lines = [part.text for part in acceptance_slip(PLAN, "C001", "gone", 5, "", AT_1405) if isinstance(part, SlipLine)]
    assert lines[1] == "gone"


def test_a_hall_without_a_name_or_a_complaint_line_leaves_no_empty_row() -> None:
    bare = msgspec.structs.replace(PLAN, name="", complaint_phone="")
    for slip in (
        transfer_slip(bare, "A001", "general", 1, AT_1405),
        one_time_notice(bare, "missing", "A1", "x", (), 0),
    ):
        assert all(part.text for part in slip if isinstance(part, SlipLine))
