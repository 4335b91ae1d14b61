"""What an evaluator shows without a window: who serves here, the way to rate later, or nothing (R-EVAL-09)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core.plan import StaffPlan
from firmware_py.core.showing import rating_view
from firmware_py.core.views import RatingView
from tests.core.halls import CLOSE, DAY, ISSUING, LOG, MINUTE, NINE, PLAN, ask, finish, let_time_pass, open_hall, take

QR = "https://rate.example.cn/hall"
STARS = replace(PLAN, staff=(StaffPlan("staff1", 4), StaffPlan("staff2")), rating_qr=QR)


@pytest.mark.req("R-EVAL-09")
def test_at_rest_it_shows_the_staff_number_the_star_and_the_citys_rating_page() -> None:
    hall = open_hall(STARS)

    assert rating_view(hall, LOG, 1, "") == RatingView(LOG, hall.seq, 1, staff="staff1", star=4, qr=QR)
    assert rating_view(hall, LOG, 2, "").star == 0
    assert rating_view(hall, LOG, 3, "").staff == "staff3"  # not in the list of the staff: no star


@pytest.mark.req("R-EVAL-09")
def test_it_is_dark_and_names_nobody_after_logout_and_when_the_day_is_over() -> None:
    hall = open_hall(STARS)
    ask(hall, c.Logout(1), NINE)
    assert rating_view(hall, LOG, 1, "") == RatingView(LOG, hall.seq, 1, dark=True)

    let_time_pass(hall, CLOSE)
    assert hall.closed
    assert rating_view(hall, LOG, 2, "") == RatingView(LOG, hall.seq, 2, dark=True)


@pytest.mark.req("R-EVAL-09")
def test_it_lights_up_again_with_the_next_day() -> None:
    hall = open_hall(STARS)
    let_time_pass(hall, CLOSE)
    let_time_pass(hall, ISSUING + DAY)
    ask(hall, c.Login(1), ISSUING + DAY)

    assert not rating_view(hall, LOG, 1, "").dark


@pytest.mark.req("R-EVAL-09")
@pytest.mark.parametrize(("key", "dark"), [(c.Pause, True), (c.Wait, False)])
def test_a_paused_desks_keypad_is_dark_and_one_that_waits_is_not(key: type[c.DeskCommand], dark: bool) -> None:
    hall = open_hall(STARS)
    ask(hall, key(1), NINE)

    assert rating_view(hall, LOG, 1, "").dark is dark


@pytest.mark.req("R-EVAL-09", "R-EVAL-02")
def test_an_open_window_is_lit_for_its_citizen_though_the_day_is_over() -> None:
    hall = open_hall(STARS)
    take(hall)
    let_time_pass(hall, CLOSE)
    finish(hall, at=CLOSE)

    view = rating_view(hall, LOG, 1, "nonce")
    assert (view.nonce, view.dark, view.staff) == ("nonce", False, "")
    let_time_pass(hall, CLOSE + 3 * MINUTE)
    assert rating_view(hall, LOG, 1, "").dark
