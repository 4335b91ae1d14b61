"""What was heard: 过号 waits for the first reading of a call, as long as there is a voice to read it (R-CALL-02)."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    DAY,
    ISSUING,
    MINUTE,
    NINE,
    SECOND,
    ask,
    call,
    let_time_pass,
    open_hall,
    reading,
    refused,
    serve,
    take,
    ticket,
)
from tests.core.test_refusals import TICKET_ACCEPTED, ticket_in

VOICE = "voice1"


def heard(hall: Hall, number: str, at: int, by: str = VOICE) -> list[e.Event]:
    return ask(hall, reading(hall, number), at, by)


def hall_with_a_voice() -> Hall:
    """A hall in which somebody was called and heard before."""
    hall = open_hall()
    take(hall)
    heard(hall, call(hall, 2), NINE)
    ask(hall, c.Arrive(2), NINE)
    return hall


def called_three_times(hall: Hall, at: int = NINE) -> str:
    take(hall, at=at)
    number = call(hall, at=at)
    for n in (1, 2):
        ask(hall, c.Recall(1), at + n * 10 * SECOND)
    return number


@pytest.mark.req("R-CALL-02", "R-CORE-11")
def test_the_first_reading_of_a_call_is_told_once() -> None:
    hall = open_hall()
    take(hall)
    number = call(hall)

    assert heard(hall, number, NINE + 4 * SECOND) == [e.Announced(NINE + 4 * SECOND, number, "voice", VOICE)]
    assert ticket(hall, number).heard_at == NINE + 4 * SECOND
    assert hall.voices == {VOICE}
    assert heard(hall, number, NINE + 9 * SECOND) == []
    ask(hall, c.Recall(1), NINE + 10 * SECOND)
    assert heard(hall, number, NINE + 14 * SECOND) == []
    assert ticket(hall, number).heard_at == NINE + 4 * SECOND, "a recall resets nothing"


@pytest.mark.req("R-CALL-02")
def test_a_report_about_a_ticket_that_is_not_called_says_nothing() -> None:
    hall = open_hall()
    waiting = take(hall)
    assert heard(hall, waiting, NINE) == []
    assert heard(hall, "A999", NINE) == []
    assert heard(hall, "", NINE) == []
    served = serve(hall)
    assert heard(hall, served, NINE) == []


@pytest.mark.req("R-CORE-11", "R-CALL-02")
def test_t10_the_minute_to_a_pass_runs_from_the_first_reading() -> None:
    hall = hall_with_a_voice()
    number = called_three_times(hall)
    heard(hall, number, NINE + 25 * SECOND)

    refusal = refused(hall, c.Pass(1), NINE + 85 * SECOND - 1)
    assert (refusal.reason, refusal.details["n"]) == ("pass_wait", 1)
    assert ask(hall, c.Pass(1), NINE + 85 * SECOND) == [e.Passed(NINE + 85 * SECOND, number, 1)]


@pytest.mark.req("R-CORE-11", "R-CALL-02")
def test_t10_nobody_is_passed_whom_the_voice_has_not_called_yet() -> None:
    hall = hall_with_a_voice()
    number = called_three_times(hall)

    refusal = refused(hall, c.Pass(1), NINE + 100 * SECOND)
    assert (refusal.reason, refusal.details) == ("pass_unheard", {"ticket": number, "n": 80})
    assert refused(hall, c.Pass(1), NINE + 180 * SECOND - 1).details["n"] == 1
    assert ask(hall, c.Pass(1), NINE + 180 * SECOND), "a report that never comes does not hold the desk for ever"


@pytest.mark.req("R-CORE-11", "R-CALL-02")
def test_t10_without_a_voice_the_minute_runs_from_the_call() -> None:
    hall = open_hall()
    called_three_times(hall)

    assert refused(hall, c.Pass(1), NINE + MINUTE - 1).reason == "pass_wait"
    assert ask(hall, c.Pass(1), NINE + MINUTE)


@pytest.mark.req("R-CORE-11", "R-CALL-02")
@pytest.mark.parametrize("device", ["voice", "instance"])
def test_t10_a_voice_that_died_is_not_waited_for_and_one_that_is_mended_is(device: str) -> None:
    hall = hall_with_a_voice()
    called_three_times(hall)
    ask(hall, c.ReportDevice(device, "offline"), NINE + 30 * SECOND, VOICE)

    before = freeze(hall)
    assert ask(hall, c.Pass(1), NINE + MINUTE)
    again = thaw(before)
    assert again is not None
    ask(again, c.ReportDevice(device, ""), NINE + 40 * SECOND, VOICE)
    assert refused(again, c.Pass(1), NINE + MINUTE).reason == "pass_unheard"


@pytest.mark.req("R-CORE-11", "R-CALL-02")
def test_the_trouble_of_another_device_does_not_silence_the_voice() -> None:
    hall = hall_with_a_voice()
    called_three_times(hall)
    ask(hall, f.DeviceDown("board", "offline"), NINE, VOICE)
    ask(hall, c.ReportDevice("voice", "offline"), NINE, "another")

    assert refused(hall, c.Pass(1), NINE + MINUTE).reason == "pass_unheard"


@pytest.mark.req("R-CALL-02")
def test_what_a_sign_shows_counts_only_while_no_voice_lives() -> None:
    hall = hall_with_a_voice()
    number = called_three_times(hall)
    sign = reading(hall, number, "sign")
    assert ask(hall, sign, NINE + 2 * SECOND, "board1") == []

    ask(hall, c.ReportDevice("voice", "offline"), NINE + 30 * SECOND, VOICE)
    assert ask(hall, sign, NINE + 31 * SECOND, "board1") == [e.Announced(NINE + 31 * SECOND, number, "sign", "board1")]

    assert hall.voices == {VOICE}, "a sign is no voice"
    assert refused(hall, c.Pass(1), NINE + 91 * SECOND - 1).reason == "pass_wait"
    assert ask(hall, c.Pass(1), NINE + 91 * SECOND)


@pytest.mark.req("R-CALL-02")
def test_a_number_that_is_called_again_elsewhere_must_be_heard_again() -> None:
    hall = hall_with_a_voice()
    take(hall)
    number = call(hall)
    heard(hall, number, NINE + SECOND)
    ask(hall, c.Pause(1), NINE + 5 * SECOND)
    ask(hall, c.Finish(2), NINE + 5 * SECOND)

    assert call(hall, 2, NINE + 6 * SECOND) == number
    assert ticket(hall, number).heard_at == 0
    assert heard(hall, number, NINE + 9 * SECOND)


@pytest.mark.req("R-CORE-11", "R-CALL-02")
def test_t25_a_three_key_pad_neither_passes_nor_finishes_whom_nobody_has_heard_called() -> None:
    hall = hall_with_a_voice()
    number = called_three_times(hall)
    following = take(hall)

    refusal = refused(hall, c.Next(1), NINE + 70 * SECOND)
    assert (refusal.reason, refusal.details) == ("call_running", {"ticket": number, "n": 110})
    assert refused(hall, c.Next(1), NINE + 180 * SECOND - 1).details["n"] == 1

    heard(hall, number, NINE + 80 * SECOND)
    at = NINE + 140 * SECOND
    assert ask(hall, c.Next(1), at) == [e.Passed(at, number, 1), e.Called(at, following, 1, "ordinary")]


@pytest.mark.req("R-CALL-02", "R-CORE-11")
def test_a_reading_of_an_earlier_call_says_nothing_about_this_one() -> None:
    hall = hall_with_a_voice()
    take(hall)
    number = call(hall)
    first = reading(hall, number)
    ask(hall, c.Wait(1), NINE + 3 * SECOND)
    ask(hall, c.Finish(2), NINE + 3 * SECOND)
    assert call(hall, 2, NINE + 4 * SECOND) == number

    assert ask(hall, first, NINE + 5 * SECOND, VOICE) == []
    assert ask(hall, c.ReportAnnounced(number, "voice", hall.seq + 1), NINE + 5 * SECOND, VOICE) == [], "of no journal"
    assert ticket(hall, number).heard_at == 0
    assert ask(hall, reading(hall, number), NINE + 9 * SECOND, VOICE)


@pytest.mark.req("R-CALL-02", "R-CORE-11")
def test_a_recall_that_is_read_before_the_call_itself_counts_as_heard() -> None:
    hall = hall_with_a_voice()
    number = called_three_times(hall)
    recalled = hall.announced[-1]
    assert recalled.reading == 3

    assert ask(hall, c.ReportAnnounced(number, "voice", recalled.seq), NINE + 25 * SECOND, VOICE)
    assert ticket(hall, number).heard_at == NINE + 25 * SECOND


@pytest.mark.req("R-CALL-02", "R-CORE-21", "R-CORE-29")
def test_which_call_is_meant_outlasts_a_restart_and_a_pass_that_is_taken_back() -> None:
    hall = hall_with_a_voice()
    number = called_three_times(hall)
    meant = reading(hall, number)
    ask(hall, c.Pass(1), NINE + 180 * SECOND)
    ask(hall, c.Undo(1), NINE + 181 * SECOND)

    again = thaw(freeze(hall))
    assert again is not None
    assert ask(again, meant, NINE + 182 * SECOND, VOICE)


@pytest.mark.req("R-CORE-11")
def test_the_advice_after_the_last_recall_counts_until_the_pass_is_possible() -> None:
    hall = hall_with_a_voice()
    number = called_three_times(hall)
    assert refused(hall, c.Recall(1), NINE + 30 * SECOND).details == {"ticket": number, "n": 150}

    heard(hall, number, NINE + 30 * SECOND)
    assert refused(hall, c.Recall(1), NINE + 30 * SECOND).details == {"ticket": number, "n": 60}


@pytest.mark.req("R-CALL-02", "R-CORE-21")
def test_what_was_heard_outlasts_a_restart_and_ends_with_the_day() -> None:
    hall = hall_with_a_voice()
    number = called_three_times(hall)
    heard(hall, number, NINE + 5 * SECOND)

    again = thaw(freeze(hall))
    assert again is not None
    assert (again.voices, again.tickets[number].heard_at) == ({VOICE}, NINE + 5 * SECOND)

    ask(again, c.Arrive(1), NINE + 30 * SECOND)
    ask(again, c.Finish(1), NINE + 30 * SECOND)
    ask(again, c.Finish(2), NINE + 30 * SECOND)
    let_time_pass(again, ISSUING + DAY)
    assert again.voices == set()


@pytest.mark.req("R-CALL-02", "R-CORE-22")
@pytest.mark.parametrize("wanted", list(TICKET_ACCEPTED))
def test_in_every_other_state_a_report_changes_nothing(wanted: S) -> None:
    hall, number, at = ticket_in(wanted)

    assert bool(heard(hall, number, at)) == (wanted is S.CALLED)


@pytest.mark.req("R-CALL-02")
def test_a_zone_whose_voice_died_is_heard_by_its_board_though_the_voices_of_other_zones_live() -> None:
    hall = hall_with_a_voice()
    take(hall)
    heard(hall, call(hall, 1), NINE, "voice2")
    ask(hall, c.Arrive(1), NINE)
    ask(hall, c.Finish(1), NINE)
    number = called_three_times(hall)
    ask(hall, c.ReportDevice("voice", "offline"), NINE + 30 * SECOND, VOICE)
    sign = reading(hall, number, "sign")

    assert ask(hall, sign, NINE + 31 * SECOND, "voice2") == [], "its own voice lives"
    assert ask(hall, sign, NINE + 31 * SECOND, "board1") == [], "it never had one"
    assert ask(hall, sign, NINE + 31 * SECOND, VOICE) == [e.Announced(NINE + 31 * SECOND, number, "sign", VOICE)]
