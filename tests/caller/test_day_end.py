"""When signs and board go dark after the day is closed."""

import pytest

from caller.day_end import LATECOMERS_MS, DayEnd


@pytest.mark.req("R-CALL-10")
def test_it_is_dark_a_while_after_the_day_is_closed_and_light_when_the_next_one_opens() -> None:
    end = DayEnd()
    end.hall_is(closed=False, now=0)
    assert (end.dark, end.due) == (False, None)
    end.hall_is(closed=True, now=1000)
    end.hall_is(closed=True, now=90_000)  # told again, and no later for it
    assert end.due == 1000 + LATECOMERS_MS
    end.elapse(999 + LATECOMERS_MS)
    assert not end.dark
    end.elapse(1000 + LATECOMERS_MS)
    assert (end.dark, end.due) == (True, None)
    end.hall_is(closed=True, now=99_999_999)
    assert (end.dark, end.due) == (True, None)
    end.hall_is(closed=False, now=99_999_999)
    assert (end.dark, end.due) == (False, None)


def test_a_day_that_is_opened_again_in_time_stays_light() -> None:
    end = DayEnd()
    end.hall_is(closed=True, now=0)
    end.hall_is(closed=False, now=5)
    end.elapse(LATECOMERS_MS * 2)
    assert not end.dark
