"""Views: what a sign, a board, a kiosk and an evaluator are told."""

import msgspec
import pytest

from firmware_py.core import commands as c
from firmware_py.core.showing import board_view, desk_view, hall_view, queue_view, rating_view
from tests.core.halls import (
    CLOSE,
    ISSUING,
    LOG,
    MINUTE,
    NINE,
    SECOND,
    ask,
    call,
    finish,
    let_time_pass,
    open_hall,
    serve,
    shut_hall,
    take,
)


@pytest.mark.req("R-CALL-05")
def test_a_desk_shows_its_state_its_ticket_and_who_is_held_there() -> None:
    hall = open_hall()
    held, called, _ = take(hall), take(hall, "b"), take(hall)
    serve(hall)
    ask(hall, c.Hold(1), NINE)
    call(hall)
    ask(hall, c.Recall(1), NINE + 10 * SECOND)

    view = desk_view(hall, LOG, 1)

    assert (view.log, view.seq, view.desk, view.name, view.services) == (
        LOG,
        hall.seq,
        1,
        "1号窗口",
        ("综合受理", "不动产"),
    )
    assert (view.state, view.ticket, view.calls, view.held, view.waiting) == ("calling", called, 2, (held,), 1)
    assert (view.staff, view.role, view.opened) == ("staff1", "A", True)


@pytest.mark.req("R-DESK-03", "R-CORE-24")
def test_a_supervisor_sees_who_is_away_since_when_and_whether_a_reason_is_owed() -> None:
    hall = open_hall()
    assert (desk_view(hall, LOG, 2).away_since, desk_view(hall, LOG, 2).excused) == (0, False)
    ask(hall, c.Pause(2), NINE)
    let_time_pass(hall, NINE + 10 * MINUTE)

    view = desk_view(hall, LOG, 2)
    assert (view.state, view.away_since, view.reason_wanted) == ("paused", NINE, True)
    ask(hall, c.Approve("leave", "2", "就医"), NINE + 11 * MINUTE, "desk1")
    view = desk_view(hall, LOG, 2)
    assert (view.excused, view.reason_wanted) == (True, False)
    assert "就医" not in str(view), "why somebody is on leave is nobody's business"


@pytest.mark.req("R-CORE-10", "R-DESK-07")
def test_a_desk_shows_what_is_up_with_it_and_with_its_services() -> None:
    hall = open_hall(desks=(1,))
    take(hall)
    serve(hall)
    take(hall, "c")
    let_time_pass(hall, NINE)
    ask(hall, c.Assist(1), NINE)
    ask(hall, c.Interrupt(1, "急事"), NINE)

    assert (desk_view(hall, LOG, 1).alerts, desk_view(hall, LOG, 1).interrupted) == (("assist",), True)
    assert desk_view(hall, LOG, 4).alerts == ("uncovered",)
    assert desk_view(hall, LOG, 5).alerts == ()


@pytest.mark.req("R-CALL-04")
def test_a_sensitive_service_shows_its_neutral_name() -> None:
    hall = open_hall()

    assert desk_view(hall, LOG, 4).services == ("民政业务",)
    assert queue_view(hall, LOG, "c").name == "民政业务"


def test_before_t_open_a_desk_is_not_open_yet() -> None:
    hall = shut_hall()
    let_time_pass(hall, ISSUING)
    ask(hall, c.Login(1), ISSUING)

    assert not desk_view(hall, LOG, 1).opened
    assert (hall_view(hall, LOG, ISSUING).issuing, hall_view(hall, LOG, ISSUING).calling) == (True, False)


@pytest.mark.req("R-CALL-01")
def test_the_board_shows_who_is_called_newest_first_and_nobody_else() -> None:
    hall = open_hall()
    first, second, third = take(hall), take(hall), take(hall, "c")
    call(hall, 1, NINE)
    call(hall, 2, NINE + SECOND)
    serve(hall, 4, NINE + 2 * SECOND)

    board = board_view(hall, LOG, NINE)

    assert [(each.ticket, each.desk) for each in board.calls] == [(second, 2), (first, 1)]
    assert [each.ticket for each in board.announcements] == [first, second, third]


def test_the_announcements_kept_are_the_last_twelve() -> None:
    hall = open_hall()
    for n in range(15):
        take(hall)
        finish(hall, 1, NINE + n * 61 * SECOND)
        let_time_pass(hall, NINE + (n * 61 + 60) * SECOND)

    assert [each.ticket for each in board_view(hall, LOG, NINE).announcements] == [f"A{n:03d}" for n in range(4, 16)]


@pytest.mark.req("R-KIOSK-04")
def test_the_hall_says_whether_and_when_numbers_are_issued() -> None:
    hall = open_hall()
    take(hall), take(hall, "c", klass="G")
    view = hall_view(hall, LOG, NINE)
    assert (view.issuing, view.reason, view.opens, view.waiting, view.day) == (True, "", "", 2, "2026-11-21")
    ask(hall, c.ReportDevice("printer", "paper_out"), NINE, "kiosk1")
    let_time_pass(hall, CLOSE)

    view = hall_view(hall, LOG, CLOSE)
    assert (view.issuing, view.reason, view.opens) == (False, "issue_closed", "08:45")
    assert view.devices == (("kiosk1", "printer", "paper_out"),)


@pytest.mark.req("R-EVAL-04")
def test_a_nonce_is_shown_only_while_the_window_is_open() -> None:
    hall = open_hall()
    assert rating_view(hall, LOG, 1, "secret").nonce == ""
    take(hall)
    number = finish(hall)

    view = rating_view(hall, LOG, 1, "secret")
    assert (view.seq, view.ticket, view.nonce) == (hall.tickets[number].window_seq, number, "secret")
    assert (view.opened_at, view.window_ms, view.correct_ms, view.dark) == (NINE, 60_000, 5_000, False)
    assert rating_view(hall, LOG, 5, "secret").dark  # nobody sits there


@pytest.mark.req("R-CORE-03", "R-KIOSK-09")
def test_no_public_view_shows_a_class() -> None:
    hall = open_hall()
    take(hall, klass="G")
    call(hall)

    shown = b"".join(
        msgspec.json.encode(view)
        for view in (desk_view(hall, LOG, 1), queue_view(hall, LOG, "a"), hall_view(hall, LOG, NINE))
    )

    assert b'"G"' not in shown
    assert b"klass" not in shown
    assert b"green" not in shown
