"""The controller's judgement of presses: T21–T23, and everything that must not count."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.showing import desk_view, rating_view
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    LOG,
    NINE,
    SECOND,
    ask,
    call,
    desk,
    desk_state,
    expired,
    finish,
    happen,
    let_time_pass,
    level,
    locked,
    open_hall,
    refused,
    serve,
    state,
    take,
    ticket,
)


@pytest.mark.req("R-EVAL-02", "R-EVAL-06")
@pytest.mark.parametrize("pressed", [1, 2, 3, 4, 5])
def test_t21_the_first_press_counts_and_is_done_when_the_evaluator_locks_it(pressed: int) -> None:
    hall = open_hall()
    take(hall)
    number = finish(hall)

    assert ask(hall, level(hall, 1, pressed, 4000), NINE + 4000) == [e.Rated(NINE + 4000, number, 1, pressed, 4000)]
    assert (state(hall, number), ticket(hall, number).level) == (S.RATING, pressed)
    assert ask(hall, locked(hall, 1), NINE + 9000) == [e.RatingLocked(NINE + 9000, number, 1)]
    assert (state(hall, number), desk_state(hall, 1)) == (S.DONE, D.READY)


@pytest.mark.req("R-EVAL-02")
def test_t21_another_level_within_five_seconds_corrects_and_later_is_a_duplicate() -> None:
    hall = open_hall()
    take(hall)
    number = finish(hall)
    ask(hall, level(hall, 1, 1, 4000), NINE + 4000)

    assert ask(hall, level(hall, 1, 1, 5000), NINE + 5000) == []  # the same key again: nothing to say
    assert ask(hall, level(hall, 1, 4, 9000), NINE + 9000) == [e.RatingCorrected(NINE + 9000, number, 1, 4, 9000)]
    assert ask(hall, level(hall, 1, 5, 9001), NINE + 9001) == [e.StrayRating(NINE + 9001, 1, "desk1-eval", "duplicate")]
    assert ask(hall, level(hall, 1, 5, 3000), NINE + 9001) == [e.StrayRating(NINE + 9001, 1, "desk1-eval", "duplicate")]
    assert ticket(hall, number).level == 4


@pytest.mark.req("R-EVAL-03")
def test_a_second_rating_after_the_lock_is_refused() -> None:
    hall = open_hall()
    take(hall)
    number = finish(hall)
    again = level(hall, 1, 5, 4000)
    ask(hall, level(hall, 1, 2, 1000), NINE + 1000)
    ask(hall, locked(hall, 1), NINE + 6000)

    assert ask(hall, again, NINE + 6001) == [e.StrayRating(NINE + 6001, 1, "desk1-eval", "window_closed")]
    assert ticket(hall, number).level == 2


@pytest.mark.req("R-EVAL-04")
def test_only_the_paired_evaluator_with_the_proof_of_this_window_counts() -> None:
    hall = open_hall()
    take(hall)
    number = finish(hall)
    seq = ticket(hall, number).window_seq

    def why(fact: f.LevelChosen, by: str = "") -> str:
        [stray] = ask(hall, fact, NINE + 1000, by)
        assert isinstance(stray, e.StrayRating)
        return stray.reason

    good = level(hall, 1, 5, 900)
    assert why(good, "desk2-eval") == "not_paired"
    assert why(good, "desk1") == "not_paired"
    assert why(f.LevelChosen(9, 5, 900, LOG, seq, "proven"), "desk1-eval") == "not_paired"
    assert why(level(hall, 1, 5, 900, proof="")) == "bad_proof"
    assert why(level(hall, 1, 0, 900)) == "bad_proof"
    assert why(level(hall, 1, 6, 900)) == "bad_proof"
    assert why(f.LevelChosen(1, 5, 900)) == "no_window"
    assert why(f.LevelChosen(1, 5, 900, LOG, seq - 1, "proven")) == "window_closed"
    assert why(f.LevelChosen(1, 5, 900, LOG, seq + 1, "proven")) == "window_closed"
    assert why(f.LevelChosen(2, 5, 900, LOG, seq, "proven")) == "window_closed"
    assert why(level(hall, 1, 5, 60_001)) == "too_late"
    assert why(level(hall, 1, 5, -1)) == "too_late"
    assert not ticket(hall, number).level

    ask(hall, level(hall, 1, 5, 60_000), NINE + 70_000)  # pressed in time, delivered late
    assert ticket(hall, number).level == 5


@pytest.mark.req("R-EVAL-04", "R-EVAL-05")
def test_no_command_and_no_timer_can_write_a_level() -> None:
    """Invariant 10."""
    carriers = [kind for kind in vars(c).values() if isinstance(kind, type) and hasattr(kind, "__struct_fields__")]
    assert not [kind for kind in carriers if "level" in kind.__struct_fields__]
    hall = open_hall()
    take(hall)
    number = finish(hall)

    happened = let_time_pass(hall, NINE + 120 * SECOND)

    assert happened == [e.InviteFailed(NINE + 120 * SECOND, number, 1, "evaluator_silent")]
    assert ticket(hall, number).level == 0


@pytest.mark.req("R-EVAL-02", "R-EVAL-05")
def test_t22_sixty_seconds_of_the_evaluators_time_without_a_press_are_no_rating() -> None:
    hall = open_hall()
    take(hall)
    number = finish(hall)
    assert ask(hall, locked(hall, 1), NINE + 6000) == []  # nothing to lock

    assert ask(hall, expired(hall, 1), NINE + 60_000) == [e.RatingClosed(NINE + 60_000, number, 1, "timeout")]
    assert (state(hall, number), ticket(hall, number).level) == (S.DONE, 0)


@pytest.mark.req("R-EVAL-02")
def test_t22_the_next_arrival_closes_the_window_only_after_ten_seconds() -> None:
    hall = open_hall()
    take(hall), take(hall)
    number = finish(hall)
    call(hall, at=NINE + 2 * SECOND)

    ask(hall, c.Arrive(1), NINE + 9_999)
    assert state(hall, number) is S.RATING
    assert let_time_pass(hall, NINE + 10_000) == [e.RatingClosed(NINE + 10_000, number, 1, "next_arrived")]


@pytest.mark.req("R-EVAL-02")
def test_t22_an_arrival_after_ten_seconds_closes_it_at_once() -> None:
    hall = open_hall()
    take(hall), take(hall)
    number = finish(hall)
    following = call(hall, at=NINE + 2 * SECOND)

    assert ask(hall, c.Arrive(1), NINE + 10_000) == [
        e.Arrived(NINE + 10_000, following, 1),
        e.RatingClosed(NINE + 10_000, number, 1, "next_arrived"),
    ]


@pytest.mark.req("R-EVAL-02")
def test_a_press_just_before_the_next_arrival_keeps_its_five_seconds_for_a_correction() -> None:
    hall = open_hall()
    take(hall), take(hall)
    number = finish(hall)
    ask(hall, level(hall, 1, 1, 9_500), NINE + 9_500)
    call(hall, at=NINE + 9_600)
    ask(hall, c.Arrive(1), NINE + 11_000)
    assert let_time_pass(hall, NINE + 14_499) == []

    ask(hall, level(hall, 1, 5, 14_400), NINE + 14_499)

    assert let_time_pass(hall, NINE + 14_500) == [e.RatingLocked(NINE + 14_500, number, 1)]
    assert ticket(hall, number).level == 5


@pytest.mark.req("R-EVAL-02")
def test_no_clerk_can_hurry_a_rating_away() -> None:
    hall = open_hall(desks=(1, 2))
    for _ in range(3):
        take(hall)
    number = finish(hall)
    serve(hall, at=NINE + SECOND)

    refusal = refused(hall, c.Finish(1), NINE + 2 * SECOND)
    assert (refusal.reason, refusal.details) == ("rating_open", {"ticket": number, "n": 8})
    assert state(hall, number) is S.RATING
    ask(hall, c.Finish(1), NINE + 10 * SECOND)
    assert state(hall, number) is S.DONE


@pytest.mark.req("R-CORE-17", "R-EVAL-01", "R-EVAL-02")
def test_logging_out_waits_for_the_open_window() -> None:
    hall = open_hall()
    take(hall)
    number = finish(hall)

    assert refused(hall, c.Logout(1), NINE + SECOND).reason == "rating_first"
    ask(hall, expired(hall, 1), NINE + 60_000)
    ask(hall, c.Logout(1), NINE + 60_000)
    assert (state(hall, number), desk_state(hall, 1)) == (S.DONE, D.CLOSED)


@pytest.mark.req("R-EVAL-02")
def test_pausing_puts_no_open_window_in_the_dark() -> None:
    hall = open_hall(desks=(1, 2))
    take(hall), take(hall)
    finish(hall)
    call(hall, at=NINE + SECOND)
    ask(hall, c.Pause(1), NINE + 2 * SECOND)

    assert desk_state(hall, 1) is D.PAUSED
    assert not rating_view(hall, LOG, 1, "nonce").dark
    ask(hall, level(hall, 1, 5, 3000), NINE + 3000)
    ask(hall, locked(hall, 1), NINE + 8000)
    assert rating_view(hall, LOG, 1, "nonce").dark


@pytest.mark.req("R-EVAL-01")
def test_t23_a_keypad_that_dies_ends_the_invitation_but_keeps_a_rating_already_given() -> None:
    hall = open_hall()
    take(hall)
    number = finish(hall)
    down = f.DeviceDown("keypad", "unplugged")

    assert ask(hall, down, NINE + SECOND, "desk1-eval") == [
        e.DeviceFailed(NINE + SECOND, "desk1-eval", "keypad", "unplugged"),
        e.InviteFailed(NINE + SECOND, number, 1, "evaluator_fault"),
    ]
    assert ask(hall, down, NINE + SECOND, "desk1-eval") == []

    take(hall, "b")
    number = finish(hall, 2)
    ask(hall, level(hall, 2, 3, 500), NINE + 500)
    ask(hall, down, NINE + SECOND, "desk2-eval")
    assert state(hall, number) is S.RATING
    assert let_time_pass(hall, NINE + 120 * SECOND) == [e.RatingLocked(NINE + 120 * SECOND, number, 2)]


@pytest.mark.req("R-EVAL-02")
def test_after_a_restart_a_timeout_waits_until_the_evaluator_could_deliver() -> None:
    hall = open_hall()
    take(hall)
    number = finish(hall)
    up_again = NINE + 150 * SECOND
    happen(hall, [e.Restarted(up_again)])

    assert let_time_pass(hall, up_again + 59_999) == []
    ask(hall, level(hall, 1, 2, 30_000), up_again + 59_999)
    assert ticket(hall, number).level == 2


@pytest.mark.req("R-EVAL-02", "R-CORE-21")
def test_after_a_restart_the_next_citizen_closes_the_window_once_a_press_could_be_delivered() -> None:
    hall = open_hall()
    take(hall), take(hall)
    number = finish(hall)
    serve(hall, at=NINE + SECOND)
    up_again = NINE + 90 * SECOND
    happen(hall, [e.Restarted(up_again)])

    assert let_time_pass(hall, up_again + 4_999) == []
    assert refused(hall, c.Finish(1), up_again + 4_000).reason == "rating_open"
    assert let_time_pass(hall, up_again + 5_000) == [e.RatingClosed(up_again + 5_000, number, 1, "next_arrived")]


@pytest.mark.req("R-EVAL-03", "R-CORE-21")
def test_a_press_made_while_the_controller_was_away_counts_though_the_next_citizen_came_first() -> None:
    hall = open_hall()
    take(hall), take(hall)
    number = finish(hall)
    up_again = NINE + 20 * SECOND
    happen(hall, [e.Restarted(up_again)])
    serve(hall, at=up_again + SECOND)

    ask(hall, level(hall, 1, 4, 9_000), up_again + 2 * SECOND)

    assert ticket(hall, number).level == 4


@pytest.mark.req("R-EVAL-06", "R-EVAL-07")
def test_the_desk_sees_that_somebody_rated_and_never_how() -> None:
    hall = open_hall()
    take(hall)
    finish(hall)
    assert not desk_view(hall, LOG, 1).last_rating_done
    seen = []
    for pressed in (1, 5):
        ask(hall, level(hall, 1, pressed, 900 + pressed), NINE + SECOND)
        seen.append(desk_view(hall, LOG, 1))

    assert seen[0].last_rating_done
    assert seen[0] == replace(seen[1], seq=seen[0].seq)
    assert desk(hall, 1).rated


# --- an evaluator that is out of reach --------------------------------------------------------------------------------


@pytest.mark.req("R-EVAL-01", "R-EVAL-02")
def test_an_evaluator_with_one_key_stuck_still_invites_and_keeps_the_window_that_is_open() -> None:
    hall = open_hall()
    take(hall)
    number = finish(hall)
    stuck = f.DeviceDown("keypad", "stuck_key")
    assert ask(hall, stuck, NINE + SECOND, "desk1-eval") == [
        e.DeviceFailed(NINE + SECOND, "desk1-eval", "keypad", "stuck_key")
    ]
    assert state(hall, number) is S.RATING
    ask(hall, level(hall, 1, 5, 3000), NINE + 3000)
    ask(hall, locked(hall, 1), NINE + 8000)

    take(hall)
    assert state(hall, finish(hall)) is S.RATING


@pytest.mark.req("R-EVAL-01")
@pytest.mark.parametrize("device", ["keypad", "instance"])
def test_t23_an_evaluator_known_to_be_down_invites_nobody_and_the_desk_goes_on(device: str) -> None:
    hall = open_hall()
    take(hall)
    serve(hall)
    ask(hall, c.ReportDevice(device, "lost"), NINE, "desk1-eval")

    finished, failed = ask(hall, c.Finish(1), NINE)

    assert isinstance(finished, e.Finished)
    assert failed == e.InviteFailed(NINE, "A001", 1, "evaluator_fault")
    assert (desk_state(hall, 1), desk(hall, 1).rating) == (D.READY, "")
    ask(hall, c.ReportDevice(device, ""), NINE, "desk1-eval")
    take(hall)
    finish(hall)
    assert desk_state(hall, 1) is D.RATING


def lost_while_rating(lost_at: int) -> tuple[Hall, str, f.LevelChosen]:
    """A window opened at NINE whose evaluator is lost ``lost_at`` ms later, a press on it that has not arrived, and the
    next citizen sitting there at 12 s."""
    hall = open_hall()
    take(hall), take(hall)
    number = finish(hall)
    press = level(hall, 1, 2, 3_000)
    ask(hall, c.ReportDevice("instance", "lost"), NINE + lost_at, "desk1-eval")
    call(hall, 1, NINE + 10 * SECOND)
    assert len(ask(hall, c.Arrive(1), NINE + 12 * SECOND)) == 1, "the window stays open"
    return hall, number, press


@pytest.mark.req("R-EVAL-02")
def test_a_press_on_an_evaluator_that_was_lost_counts_though_the_next_citizen_sat_down() -> None:
    hall, number, press = lost_while_rating(4_000)
    assert let_time_pass(hall, NINE + 59 * SECOND) == []

    ask(hall, c.ReportDevice("instance", ""), NINE + 59 * SECOND, "desk1-eval")

    assert ask(hall, press, NINE + 59 * SECOND) == [e.Rated(NINE + 59 * SECOND, number, 1, 2, 3_000)]


@pytest.mark.req("R-EVAL-02")
def test_an_evaluator_that_is_back_has_five_seconds_to_tell_what_was_pressed() -> None:
    hall, number, press = lost_while_rating(4_000)
    ask(hall, c.ReportDevice("instance", ""), NINE + 20 * SECOND, "desk1-eval")

    assert let_time_pass(hall, NINE + 25 * SECOND - 1) == []
    hall_of_who_waited = thaw(freeze(hall))
    assert hall_of_who_waited is not None
    assert isinstance(ask(hall_of_who_waited, press, NINE + 25 * SECOND - 1)[0], e.Rated)
    closed = e.RatingClosed(NINE + 25 * SECOND, number, 1, "next_arrived")
    assert let_time_pass(hall, NINE + 25 * SECOND) == [closed]


@pytest.mark.req("R-EVAL-02")
@pytest.mark.parametrize("lost_at", [0, 4_000])
def test_a_dead_evaluator_keeps_no_clerk_waiting_for_longer_than_its_window(lost_at: int) -> None:
    hall, number, _ = lost_while_rating(lost_at)
    refusal = refused(hall, c.Finish(1), NINE + 30 * SECOND)
    assert (refusal.reason, refusal.details) == ("rating_open", {"ticket": number, "n": 30})
    assert refused(hall, c.Finish(1), NINE + 60 * SECOND - 1).details["n"] == 1

    ended, *_ = ask(hall, c.Finish(1), NINE + 60 * SECOND)
    assert ended == e.RatingClosed(NINE + 60 * SECOND, number, 1, "next_arrived")


@pytest.mark.req("R-EVAL-02")
def test_an_evaluator_that_comes_and_goes_keeps_nobody_for_longer_either() -> None:
    hall, _, _ = lost_while_rating(4_000)
    for at in range(NINE + 14 * SECOND, NINE + 60 * SECOND, 4 * SECOND):
        for reason in ("", "lost"):
            ask(hall, c.ReportDevice("instance", reason), at, "desk1-eval")
        assert let_time_pass(hall, at) == []
    assert isinstance(let_time_pass(hall, NINE + 60 * SECOND)[0], e.RatingClosed)


@pytest.mark.req("R-EVAL-02")
def test_the_loss_of_another_evaluator_or_of_its_keys_alone_holds_nothing_up() -> None:
    hall = open_hall()
    take(hall), take(hall)
    number = finish(hall)
    for instance, device in (("desk2-eval", "instance"), ("desk1-eval", "lamp")):
        ask(hall, c.ReportDevice(device, "lost"), NINE + SECOND, instance)
    call(hall, 1, NINE + 10 * SECOND)

    assert ask(hall, c.Arrive(1), NINE + 12 * SECOND)[1:] == [
        e.RatingClosed(NINE + 12 * SECOND, number, 1, "next_arrived")
    ]
