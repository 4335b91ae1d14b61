"""What people and cables do to an evaluator (scenarios 16–20), and the facts that are kept of it (R-EVAL-08, 11)."""

import msgspec
import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Line, Session
from firmware_py.core.rating_window import RatingWindow
from firmware_py.core.showing import desk_view, rating_view
from firmware_py.core.snapshot import freeze
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    LOG,
    MINUTE,
    NINE,
    SECOND,
    ask,
    call,
    expired,
    finish,
    let_time_pass,
    level,
    locked,
    open_hall,
    serve,
    state,
    take,
    ticket,
)

EVALUATOR = "desk1-eval"


def rated_hall() -> tuple[Hall, str]:
    """A hall with an open window at desk 1, and whose it is."""
    hall = open_hall()
    take(hall), take(hall)
    return hall, finish(hall)


@pytest.mark.req("R-EVAL-01", "R-EVAL-02")
def test_scenario_16_finish_and_next_within_half_a_second_leave_the_citizen_the_whole_window() -> None:
    hall, number = rated_hall()

    following = call(hall, at=NINE + 500)

    assert following != number
    assert state(hall, number) is S.RATING
    [rated] = ask(hall, level(hall, 1, 5, 9_000), NINE + 9_000)
    assert isinstance(rated, e.Rated)
    assert rated.ticket == number


@pytest.mark.req("R-EVAL-02", "R-EVAL-03")
def test_scenario_17_two_presses_are_a_correction_within_five_seconds_and_one_rating_after() -> None:
    for second_at, left_with in ((7_000, 5), (7_001, 1)):
        hall, number = rated_hall()
        ask(hall, level(hall, 1, 1, 2_000), NINE + 2_000)

        [second] = ask(hall, level(hall, 1, 5, second_at), NINE + second_at)

        assert isinstance(second, e.RatingCorrected if left_with == 5 else e.StrayRating)
        assert ticket(hall, number).level == left_with


@pytest.mark.req("R-EVAL-04", "R-EVAL-08")
def test_scenario_18_a_key_pressed_with_nobody_there_is_a_stray_and_leaves_no_trace_on_the_next() -> None:
    hall = open_hall()
    take(hall)

    for at in (NINE, NINE + SECOND):
        assert ask(hall, f.LevelChosen(1, 5, 0), at) == [e.StrayRating(at, 1, EVALUATOR, "no_window")]

    number = finish(hall, at=NINE + MINUTE)
    assert ticket(hall, number).level == 0


@pytest.mark.req("R-EVAL-04")
def test_scenario_19_keypads_of_two_desks_swapped_by_usb_rate_nobody() -> None:
    """The keys of desk 2's keypad come in on desk 1's evaluator, and the other way round. What an evaluator says is
    about its own desk's window; held to another desk's, its proof and its pairing fail."""
    hall, number = rated_hall()
    take(hall, "b")
    other = finish(hall, 2)
    here, there = (ticket(hall, each).window_seq for each in (number, other))
    assert here != there

    swapped = [
        (f.LevelChosen(2, 5, 900, LOG, there, "proven"), "desk1-eval", "not_paired"),
        (f.LevelChosen(1, 5, 900, LOG, here, "proven"), "desk2-eval", "not_paired"),
        (f.LevelChosen(1, 5, 900, LOG, there, "proven"), "desk1-eval", "window_closed"),
        (f.LevelChosen(2, 5, 900, LOG, here, "proven"), "desk2-eval", "window_closed"),
        (f.LevelChosen(1, 5, 900, LOG, here, ""), "desk1-eval", "bad_proof"),  # the proof of the other window
    ]
    for fact, by, reason in swapped:
        assert ask(hall, fact, NINE + SECOND, by) == [e.StrayRating(NINE + SECOND, fact.desk, by, reason)]

    assert ticket(hall, number).level == ticket(hall, other).level == 0


@pytest.mark.req("R-EVAL-03", "R-EVAL-04")
def test_scenario_20_a_rating_frame_played_again_rates_nobody_then_or_later() -> None:
    hall, number = rated_hall()
    frame = level(hall, 1, 5, 1_000)
    ask(hall, frame, NINE + 1_000)

    assert ask(hall, frame, NINE + 1_001) == []  # the same press about the same window
    ask(hall, locked(hall, 1), NINE + 6_000)
    following = finish(hall, at=NINE + 10_000)
    assert ask(hall, frame, NINE + 11_000) == [e.StrayRating(NINE + 11_000, 1, EVALUATOR, "window_closed")]

    assert ticket(hall, number).level == 5
    assert ticket(hall, following).level == 0


@pytest.mark.req("R-EVAL-01", "R-EVAL-04")
def test_a_finish_taken_back_takes_the_window_away_and_only_a_press_made_in_it_counts() -> None:
    hall, number = rated_hall()
    window = RatingWindow(1)
    window.show(rating_view(hall, LOG, 1, "00" * 32), 0)
    late = level(hall, 1, 5, 1_500)

    ask(hall, c.Undo(1), NINE + SECOND)

    view = rating_view(hall, LOG, 1, "00" * 32)
    assert (view.nonce, view.ticket) == ("", "")
    window.show(view, 1_000)
    pressed = window.press(5, 1_500)
    assert pressed == f.LevelChosen(1, 5, 0)
    assert ask(hall, pressed, NINE + 1_500) == [e.StrayRating(NINE + 1_500, 1, EVALUATOR, "no_window")]
    assert state(hall, number) is S.SERVING

    ask(hall, c.Finish(1), NINE + MINUTE)
    assert ask(hall, late, NINE + MINUTE) == [e.StrayRating(NINE + MINUTE, 1, EVALUATOR, "window_closed")]
    [rated] = ask(hall, level(hall, 1, 4, 800), NINE + MINUTE)
    assert isinstance(rated, e.Rated)


@pytest.mark.req("R-EVAL-11")
def test_a_press_on_a_keypad_with_fewer_levels_is_marked_in_the_record() -> None:
    for reduced in (True, False):
        hall, number = rated_hall()
        fact = msgspec.structs.replace(level(hall, 1, 5, 900), reduced_scale=reduced)

        assert ask(hall, fact, NINE + 900) == [e.Rated(NINE + 900, number, 1, 5, 900, reduced_scale=reduced)]


@pytest.mark.req("R-EVAL-04")
def test_a_press_on_a_wire_that_staff_pads_share_is_marked_in_the_record() -> None:
    hall, number = rated_hall()
    fact = msgspec.structs.replace(level(hall, 1, 5, 900), shared_bus=True)

    assert ask(hall, fact, NINE + 900) == [e.Rated(NINE + 900, number, 1, 5, 900, shared_bus=True)]


@pytest.mark.req("R-EVAL-12")
def test_a_rating_belongs_to_who_finished_even_when_they_left_the_desk_since() -> None:
    hall, number = rated_hall()
    serve(hall, at=NINE + SECOND)

    ask(hall, level(hall, 1, 2, 5_000), NINE + 5_000)

    assert (ticket(hall, number).staff, ticket(hall, number).level) == ("staff1", 2)


@pytest.mark.req("R-EVAL-08")
def test_what_could_look_suspicious_is_kept_as_facts_with_their_times() -> None:
    """A press within a second, one with nobody there, one while the desk pauses: each a fact, none a judgement."""
    hall, number = rated_hall()
    assert ask(hall, level(hall, 1, 5, 400), NINE + 400) == [e.Rated(NINE + 400, number, 1, 5, 400)]
    ask(hall, locked(hall, 1), NINE + 5_400)
    [paused] = ask(hall, c.Pause(1), NINE + MINUTE)
    assert isinstance(paused, e.DeskPaused)
    [stray] = ask(hall, f.LevelChosen(1, 5, 0), NINE + 2 * MINUTE)
    assert stray == e.StrayRating(NINE + 2 * MINUTE, 1, EVALUATOR, "no_window")
    assert rating_view(hall, LOG, 1, "").dark


@pytest.mark.req("R-EVAL-08")
def test_nobody_is_counted_up_for_what_was_pressed_at_their_desk() -> None:
    hall = open_hall()
    before = freeze(hall)
    for n in range(5):
        ask(hall, f.LevelChosen(1, 1, 0), NINE + n)
    seq = hall.seq
    hall.seq, hall.last_at = seq - 5, NINE
    assert freeze(hall) == before  # five facts in the journal, nothing in the hall

    people = {each.name for kind in (Session, Desk, Line) for each in msgspec.structs.fields(kind)}
    assert not {name for name in people if "count" in name or "suspic" in name or "stray" in name or "level" in name}


@pytest.mark.req("R-EVAL-06", "R-EVAL-07")
def test_no_level_shows_at_the_desk_not_even_by_what_does_not_happen() -> None:
    views = set()
    for pressed in (1, 2, 3, 4, 5):
        hall, _ = rated_hall()
        ask(hall, level(hall, 1, pressed, 900), NINE + 900)
        ask(hall, locked(hall, 1), NINE + 5_900)
        views.add((desk_view(hall, LOG, 1), rating_view(hall, LOG, 1, "")))

    assert len(views) == 1


@pytest.mark.req("R-EVAL-05", "R-EVAL-07")
def test_nobody_having_pressed_is_not_rated_and_nothing_else() -> None:
    hall, number = rated_hall()
    ask(hall, expired(hall, 1), NINE + MINUTE)

    assert not desk_view(hall, LOG, 1).last_rating_done
    assert let_time_pass(hall, NINE + 10 * MINUTE) == []
    assert ticket(hall, number).level == 0
