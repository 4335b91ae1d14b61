"""Signs and board: every desk state has its text, and the text fits."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware_py.core.states import DeskState
from firmware_py.core.views import BoardCall, BoardView, DeskView
from firmware_py.phrases import board_lines, board_lost, board_needs, hanzi_of, sign, sign_lost, sign_needs, text


def view(state: str, **changes: Any) -> DeskView:
    desk = changes.pop("desk", 3)
    changes.setdefault("name", f"{desk}号窗口")
    changes.setdefault("services", ("综合受理",))
    return DeskView("log", 1, desk, state=state, **changes)


@pytest.mark.req("R-CALL-05", "R-CALL-10")
@pytest.mark.parametrize(
    ("shown", "short", "wide"),
    [
        (view("ready"), "3号窗口", "3号窗口 综合受理"),
        (view("ready", opened=False), "准备中", "准备中"),
        (view("calling", ticket="A001"), "A001", "请A001号到3号窗口"),
        (view("serving", ticket="A001"), "A001", "正在办理 A001"),
        (view("serving", ticket="A002", rating="A001"), "A002", "正在办理 A002"),
        (view("rating", rating="A001"), "请评价", "请对我的服务进行评价"),
        (view("calling", ticket="A002", rating="A001"), "A002", "请A002号到3号窗口"),
        (view("wait"), "请稍候", "请稍候"),
        (view("serving", ticket="A001", interrupted=True), "请稍候", "请稍候"),
        (view("paused"), "暂停服务", "暂停服务"),
        (view("pause_pending", ticket="A001"), "A001", "正在办理 A001"),
        (view("pause_pending", rating="A001"), "请评价", "请对我的服务进行评价"),
        (view("fault"), "设备故障", "设备故障,暂停服务"),
        (view("closing", waiting=2), "3号窗口", "3号窗口 综合受理"),
        (view("closing", held=("A001",)), "3号窗口", "3号窗口 综合受理"),
        (view("closing", ticket="A001"), "A001", "正在办理 A001"),
        (view("closing"), "服务结束", "今日服务已结束"),
        (view("closed", opened=False), "准备中", "准备中"),
        (view("closed"), "未开放", "本窗口未开放"),
        (view("closed", rating="A001"), "请评价", "请对我的服务进行评价"),
    ],
    ids=lambda value: value.state if isinstance(value, DeskView) else None,
)
def test_each_desk_state_has_its_text_on_a_narrow_and_on_a_wide_sign(shown: DeskView, short: str, wide: str) -> None:
    assert sign(shown, hanzi=4) == short
    assert sign(shown, hanzi=12) == wide


def test_a_desk_whose_day_is_done_says_so() -> None:
    assert sign(view("closed"), hanzi=4, day_over=True) == "服务结束"
    assert sign(view("ready"), hanzi=12, day_over=True) == "今日服务已结束"
    assert sign(view("serving", ticket="A001"), hanzi=4, day_over=True) == "A001"


@pytest.mark.req("R-CALL-05")
def test_a_sign_that_does_not_hear_the_controller_shows_no_number() -> None:
    assert sign_lost(hanzi=4) == "设备故障"
    assert sign_lost(hanzi=9) == "设备故障,暂停服务"


@pytest.mark.parametrize(
    ("hanzi", "expected"),
    [
        (4, "12号窗口"),
        (7, "12号窗口"),
        (8, "12号窗口 社保等"),
        (12, "12号窗口 社保、医保等"),
        (14, "12号窗口 社保、医保、公积金"),
    ],
)
def test_an_idle_sign_names_as_many_services_as_fit(hanzi: int, expected: str) -> None:
    assert sign(view("ready", desk=12, services=("社保", "医保", "公积金")), hanzi=hanzi) == expected


def test_a_desk_s_own_name_stands_for_its_services_and_never_repeats_the_number() -> None:
    assert sign(view("ready", name="军人依法优先"), hanzi=11) == "3号窗口 军人依法优先"
    assert sign(view("ready", name="3号窗口 老年人服务"), hanzi=11) == "3号窗口 老年人服务"


def test_a_desk_without_services_shows_its_number() -> None:
    assert sign(view("ready", services=()), hanzi=16) == "3号窗口"


def test_a_state_of_a_newer_controller_still_shows_something_true() -> None:
    assert sign(view("meditating"), hanzi=4) == "3号窗口"


NUMBERS = st.from_regex(r"[A-Z]{1,3}[0-9]{3,4}", fullmatch=True)
NAMES = st.text("综合受理社保医疗户政出入境AB12", max_size=12)
DESKS = st.integers(1, 999)


@pytest.mark.req("R-CALL-05", "R-CALL-06")
@given(
    st.sampled_from(DeskState), DESKS, NUMBERS | st.just(""), NUMBERS | st.just(""), st.lists(NAMES, max_size=4), NAMES,
    st.booleans(), st.booleans(), st.integers(4, 40),
)  # fmt: skip
def test_every_text_fits_every_sign_of_four_characters_and_more(
    state: DeskState, desk: int, ticket: str, rating: str, services: list[str], name: str, opened: bool, over: bool,
    hanzi: int,
) -> None:  # fmt: skip
    shown = view(
        state.value, desk=desk, ticket=ticket, rating=rating, services=tuple(services), name=name, opened=opened
    )
    line = sign(shown, hanzi=hanzi, day_over=over)
    assert line.strip()
    assert hanzi_of(line) <= hanzi
    assert len(line.encode("gb2312")) <= 2 * hanzi  # what the card counts
    if state in {DeskState.PAUSED, DeskState.WAIT, DeskState.FAULT}:
        assert line == sign(view(state.value), hanzi=hanzi)


@pytest.mark.req("R-CALL-05")
@pytest.mark.parametrize("hanzi", [4, 8, 16])
def test_a_short_leave_never_looks_like_a_pause(hanzi: int) -> None:
    texts = [sign(view(state), hanzi=hanzi) for state in ("wait", "paused", "fault", "closed", "ready")]
    assert len(set(texts)) == len(texts)


def board(*calls: tuple[str, int], notice: str = "") -> BoardView:
    return BoardView("log", 1, tuple(BoardCall(ticket, desk, 0) for ticket, desk in calls), (), notice)


@pytest.mark.req("R-CALL-01", "R-CALL-04")
def test_the_board_shows_the_newest_calls_each_on_its_line() -> None:
    shown = board(("A003", 1), ("B001", 12), ("A002", 3))
    assert board_lines(shown, rows=2, hanzi=12) == "请A003号到1号窗口\n请B001号到12号窗口"
    assert board_lines(shown, rows=4, hanzi=12).split("\n")[2:] == ["请A002号到3号窗口", ""]


def test_a_narrow_board_says_the_same_in_fewer_words() -> None:
    assert board_lines(board(("A003", 1)), rows=1, hanzi=7) == "A003到1号窗口"
    assert board_lines(board(("A003", 1)), rows=1, hanzi=4) == "A003 1号"


@pytest.mark.req("R-CALL-07", "R-CALL-09")
def test_a_call_pre_empts_the_notice_and_the_standing_text() -> None:
    assert board_lines(board(("A003", 1), notice="明日停电"), rows=2, hanzi=12) == "请A003号到1号窗口\n"
    assert board_lines(board(notice="明日停电"), rows=2, hanzi=20) == "明日停电\n军人、孕妇、老年人、残疾人优先办理"
    assert board_lines(board(), rows=1, hanzi=20) == text("board.standing")


@pytest.mark.req("R-CALL-07", "R-CALL-09")
def test_the_notices_of_the_slots_stand_in_their_order_and_share_the_last_line_when_there_are_more() -> None:
    told = replace(board(notice="服务"), business="业务", fault="报障", broken=("二楼",))
    broken, standing = text("board.broken", place="二楼"), text("board.standing")
    assert board_lines(told, rows=6, hanzi=20).split("\n") == ["业务", "报障", broken, "服务", standing, ""]
    assert board_lines(told, rows=2, hanzi=20) == f"业务\n报障  {broken}  服务  {standing}"
    assert board_lines(told, rows=1, hanzi=20) == f"业务  报障  {broken}  服务  {standing}"


def test_what_is_said_in_one_line_is_no_longer_than_a_card_takes() -> None:
    told = replace(board(notice="服" * 60), business="业" * 60, fault="报" * 30)
    line = board_lines(told, rows=1, hanzi=20)
    assert line.startswith("业" * 60 + "  " + "报" * 30)
    assert hanzi_of(line) <= 100


@pytest.mark.req("R-CALL-06")
def test_what_a_sign_must_hold_is_its_widest_text_that_has_no_shorter_form() -> None:
    assert hanzi_of(sign_needs(ticket="A1000", desk=999)) == 4
    assert sign_needs(ticket="ABCDEF1000", desk=1) == "ABCDEF1000"
    assert board_needs(ticket="AB1000", desk=12) == "请AB1000号到12号窗口"


def test_a_board_that_does_not_hear_the_controller_shows_no_number() -> None:
    assert board_lost(rows=2, hanzi=4) == "设备故障\n"
    assert board_lost(rows=1, hanzi=24) == text("board.lost")


@given(st.lists(st.tuples(NUMBERS, DESKS), max_size=8), st.integers(1, 8), st.integers(7, 30))
def test_a_board_always_has_its_rows_and_calls_fit_them(calls: list[tuple[str, int]], rows: int, hanzi: int) -> None:
    lines = board_lines(board(*calls), rows=rows, hanzi=hanzi).split("\n")
    assert len(lines) == rows
    if calls:
        assert all(hanzi_of(line) <= hanzi for line in lines)
        assert sum(map(bool, lines)) == min(rows, len(calls))
