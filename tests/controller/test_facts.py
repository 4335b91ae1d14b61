"""Facts that travel: a press is decided once, however often its batch comes, and only with its window's proof."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.rating import nonce, proof
from firmware_py.core.states import TicketState
from firmware_py.link import Received
from tests.controller.brains import SECRET, Controller, Edge, genuine_press
from tests.hall.failing_disk import fails_at, takes_nothing
from tests.hall.small_hall import TOPICS

MakeEdge = Callable[[str], Edge]


@pytest.fixture
def evaluator(edge: MakeEdge) -> Edge:
    return edge("desk1-eval")


@pytest.mark.req("R-EVAL-02", "R-EVAL-03", "R-SYNC-01")
def test_a_press_is_decided_once_however_often_its_batch_comes(controller: Controller, evaluator: Edge) -> None:
    number = controller.finish_a_visit()
    batch = evaluator.keep(genuine_press(controller, number, 4))

    acks = [controller.hears("desk1-eval", batch) for _ in range(3)]

    assert [ack.upto for ack in acks if ack] == [1, 1, 1], "a repeat is acknowledged again: the first may be lost"
    assert [event.level for event in controller.of(e.Rated) if isinstance(event, e.Rated)] == [4]
    assert controller.of(e.StrayRating) == []


@pytest.mark.req("R-SYNC-01", "R-CORE-21", "R-EVAL-03")
def test_a_controller_that_dies_before_it_acknowledges_decides_nothing_twice(
    controller: Controller, evaluator: Edge
) -> None:
    number = controller.finish_a_visit()
    batch = evaluator.keep(genuine_press(controller, number, 4))
    controller.memory.store("desk1-eval", evaluator.journal.records(0, 10), controller.hall.last_at, 0, 0)

    again = controller.after_power_cut(1000)
    try:
        ack = again.hears("desk1-eval", batch)
        assert ack is not None
        assert (ack.log, ack.upto) == (evaluator.journal.log, 1)
        assert len(again.of(e.Rated)) == 1
    finally:
        again.close()


@pytest.mark.req("R-SYNC-01", "R-CORE-21")
@pytest.mark.parametrize("end", ["stop", "power cut"])
def test_watermarks_outlive_the_controller_and_are_told_to_every_new_link(
    controller: Controller, evaluator: Edge, end: str
) -> None:
    number = controller.finish_a_visit()
    controller.hears("desk1-eval", evaluator.keep(genuine_press(controller, number, 4), f.DeviceUp("keypad")))

    again = controller.restarted() if end == "stop" else controller.after_power_cut(1000)
    try:
        assert b'"upto":2' in again.told[TOPICS.ack("desk1-eval")]
    finally:
        again.close()


@pytest.mark.req("R-EVAL-04")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"proof": ""}, "bad_proof"),
        ({"proof": "0" * 64}, "bad_proof"),
        ({"proof": "not hex at all"}, "bad_proof"),
        ({"level": 1}, "bad_proof"),
        ({"elapsed_ms": 1}, "bad_proof"),
        ({"window_log": "another-log"}, "bad_proof"),
        ({"window_seq": 0}, "no_window"),
        ({"desk": 2}, "not_paired"),
        ({"desk": 99}, "not_paired"),
    ],
)
def test_a_press_without_the_windows_proof_is_a_stray_and_no_level(
    controller: Controller, evaluator: Edge, change: dict[str, str | int], reason: str
) -> None:
    number = controller.finish_a_visit()
    genuine = genuine_press(controller, number, 5)

    controller.hears("desk1-eval", evaluator.keep(replace(genuine, **change)))

    [stray] = controller.of(e.StrayRating)
    assert isinstance(stray, e.StrayRating)
    assert (stray.evaluator, stray.reason) == ("desk1-eval", reason)
    assert controller.hall.tickets[number].level == 0


@pytest.mark.req("R-EVAL-04")
@pytest.mark.parametrize("level", [0, 6, -1, 55])
def test_a_level_that_is_none_counts_for_nobody_even_with_a_proof(
    controller: Controller, evaluator: Edge, level: int
) -> None:
    number = controller.finish_a_visit()

    controller.hears("desk1-eval", evaluator.keep(genuine_press(controller, number, level)))

    assert [stray.reason for stray in controller.of(e.StrayRating) if isinstance(stray, e.StrayRating)] == ["bad_proof"]


@pytest.mark.req("R-EVAL-04")
def test_a_genuine_press_from_another_instances_journal_is_a_stray(controller: Controller, edge: MakeEdge) -> None:
    number = controller.finish_a_visit()
    press = genuine_press(controller, number, 1)

    for thief in ("desk2-eval", "desk1", "kiosk1"):
        controller.hears(thief, edge(thief).keep(press))

    assert controller.hall.tickets[number].level == 0
    assert len(controller.of(e.StrayRating)) == 3


@pytest.mark.req("R-EVAL-03", "R-EVAL-04")
def test_a_rating_frame_that_is_replayed_later_rates_nobody(controller: Controller, evaluator: Edge) -> None:
    """Scenario 20: the very same press once more, in a record of its own."""
    number = controller.finish_a_visit()
    press = genuine_press(controller, number, 5)
    controller.hears("desk1-eval", evaluator.keep(press, f.WindowLocked(1, controller.log, press.window_seq)))
    later = controller.finish_a_visit()

    controller.hears("desk1-eval", evaluator.keep(press))

    assert controller.hall.tickets[number].state is TicketState.DONE
    assert controller.hall.tickets[later].level == 0
    assert len(controller.of(e.Rated)) == 1


@pytest.mark.req("R-EVAL-02", "R-EVAL-03")
def test_the_facts_of_one_batch_follow_each_other(controller: Controller, evaluator: Edge) -> None:
    number = controller.finish_a_visit()
    first, second = (genuine_press(controller, number, level, ms) for level, ms in ((1, 2000), (5, 6000)))

    controller.hears("desk1-eval", evaluator.keep(first, second, f.WindowLocked(1, controller.log, first.window_seq)))

    kinds = [type(event) for event in controller.journalled()[-3:]]
    assert kinds == [e.Rated, e.RatingCorrected, e.RatingLocked]
    ticket = controller.hall.tickets[number]
    assert (ticket.level, ticket.state) == (5, TicketState.DONE)


@pytest.mark.req("R-CORE-02", "R-SYNC-01")
def test_a_batch_the_disk_does_not_take_is_not_acknowledged_and_not_believed(
    controller: Controller, evaluator: Edge
) -> None:
    number = controller.finish_a_visit()
    batch = evaluator.keep(genuine_press(controller, number, 4))
    before = controller.frozen()
    with takes_nothing(controller.memory.journal):
        assert controller.hears("desk1-eval", batch) is None
        assert controller.frozen() == before

    assert controller.hears("desk1-eval", batch) is not None
    assert controller.hall.tickets[number].level == 4
    assert len(controller.of(e.Rated)) == 1


@pytest.mark.req("R-CORE-02", "R-SYNC-01", "R-CORE-21")
def test_a_disk_that_fails_in_the_middle_of_a_batch_undoes_what_was_believed_of_it(
    controller: Controller, evaluator: Edge
) -> None:
    number = controller.finish_a_visit()
    batch = evaluator.keep(genuine_press(controller, number, 1), genuine_press(controller, number, 5, 4000))
    before = controller.frozen()
    with fails_at(controller.memory.journal, "rating_corrected"):
        assert controller.hears("desk1-eval", batch) is None
        assert controller.frozen() == before

    controller.hears("desk1-eval", batch)
    assert controller.hall.tickets[number].level == 5
    assert len(controller.of(e.Rated)) == 1


@pytest.mark.req("R-EVAL-01")
def test_an_evaluator_that_fails_while_it_invites_ends_the_window(controller: Controller, evaluator: Edge) -> None:
    number = controller.finish_a_visit()

    controller.hears("desk1-eval", evaluator.keep(f.DeviceDown("keypad", "offline")))

    assert controller.hall.tickets[number].state is TicketState.DONE
    assert [type(event) for event in controller.journalled()[-2:]] == [e.DeviceFailed, e.InviteFailed]


@pytest.mark.req("R-SYNC-01")
def test_a_record_this_release_does_not_know_is_kept_and_not_acted_on(controller: Controller, evaluator: Edge) -> None:
    before = controller.frozen()

    ack = controller.hears("desk1-eval", evaluator.keep_raw('{"type":"level_sung","desk":1}'))

    assert ack is not None
    assert ack.upto == 1
    assert controller.frozen() == before


@pytest.mark.req("R-SYNC-01")
def test_a_batch_with_a_gap_before_it_is_asked_for_again(controller: Controller, evaluator: Edge) -> None:
    evaluator.keep(f.DeviceDown("keypad", "offline"))
    ack = controller.hears("desk1-eval", evaluator.keep(f.DeviceUp("keypad")))

    assert ack is not None
    assert (ack.upto, ack.problem) == (0, "gap")
    assert controller.of(e.DeviceFailed) == []


@pytest.mark.req("R-SYNC-02", "R-SYNC-01")
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_on_a_log_topic_change_the_hall(controller: Controller, payload: bytes) -> None:
    before = controller.frozen()

    assert controller.hears("desk1-eval", payload) is None
    assert controller.frozen() == before


@pytest.mark.req("R-EVAL-02", "R-EVAL-05", "R-CORE-21")
def test_what_was_pressed_while_the_controller_was_away_still_counts(controller: Controller, evaluator: Edge) -> None:
    """A timeout waits until the evaluator's journal has arrived, at most a minute after the restart (rules.md 3.8)."""
    number = controller.finish_a_visit()
    press = genuine_press(controller, number, 4)

    again = controller.after_power_cut(dark_ms=600_000)
    try:
        again.wait(30_000)
        again.hears("desk1-eval", evaluator.keep(press))
        assert again.hall.tickets[number].level == 4
    finally:
        again.close()


@pytest.mark.req("R-EVAL-02", "R-EVAL-05")
def test_an_evaluator_that_stays_silent_after_a_restart_is_waited_for_no_longer_than_a_minute(
    controller: Controller,
) -> None:
    number = controller.finish_a_visit()

    again = controller.after_power_cut(dark_ms=600_000)
    try:
        again.wait(59_000)
        assert again.hall.tickets[number].state is TicketState.RATING
        again.wait(2000)
        assert again.hall.tickets[number].state is TicketState.DONE
        assert [event.reason for event in again.of(e.InviteFailed) if isinstance(event, e.InviteFailed)] == [
            "evaluator_silent"
        ]
    finally:
        again.close()


@pytest.mark.req("R-EVAL-04")
def test_a_window_of_an_older_journal_is_no_window_of_this_hall(controller: Controller, evaluator: Edge) -> None:
    number = controller.finish_a_visit()
    seq = controller.hall.tickets[number].window_seq
    old = proof(nonce(SECRET, "older-log", seq), "older-log", seq, 5, 2000)

    controller.hears("desk1-eval", evaluator.keep(f.LevelChosen(1, 5, 2000, "older-log", seq, old)))

    assert controller.hall.tickets[number].level == 0


@pytest.mark.req("R-EVAL-02")
@pytest.mark.parametrize("end", [f.WindowExpired, f.WindowLocked])
def test_the_end_of_a_window_of_an_older_journal_ends_no_window_that_counts_to_the_same_place(
    controller: Controller, evaluator: Edge, end: type[f.WindowExpired | f.WindowLocked]
) -> None:
    number = controller.finish_a_visit()
    seq = controller.hall.tickets[number].window_seq
    controller.hears("desk1-eval", evaluator.keep(genuine_press(controller, number, 4)))

    controller.hears("desk1-eval", evaluator.keep(end(1, "older-log", seq)))
    assert controller.hall.tickets[number].state is TicketState.RATING

    controller.hears("desk1-eval", evaluator.keep(end(1, controller.log, seq)))
    assert controller.hall.tickets[number].state is TicketState.DONE


@pytest.mark.req("R-PHONE-05", "R-CORE-01")
def test_a_telephone_speaks_for_its_own_line_only(controller: Controller, edge: MakeEdge) -> None:
    line = edge("desk1-phone")
    controller.hears("desk1-phone", line.keep(f.RingBegan("desk2-phone", 1)))
    assert controller.of(e.Rang) == []

    controller.hears("desk1-phone", line.keep(f.RingBegan("desk1-phone", 1), f.Lifted("desk1-phone", 1)))
    assert [type(event) for event in controller.journalled()[-2:]] == [e.Rang, e.PhoneAnswered]


@pytest.mark.req("R-TECH-02", "R-SYNC-05")
def test_an_instance_that_vanishes_is_a_device_that_failed_until_it_is_back(controller: Controller) -> None:
    def status(state: str) -> Received:
        return Received(TOPICS.status("kiosk2"), f'{{"state":"{state}","boot":"b"}}'.encode())

    for state in ("init", "ready", "lost", "lost", "init", "ready", "disconnected"):
        controller.on(status(state))
    controller.on(Received(TOPICS.status("kiosk2"), b"nonsense"))

    assert [(type(event), getattr(event, "reason", "")) for event in controller.journalled()[-2:]] == [
        (e.DeviceFailed, "lost"),
        (e.DeviceMended, ""),
    ]


def test_its_own_last_will_is_not_news(controller: Controller) -> None:
    controller.on(Received(TOPICS.status("controller"), b'{"state":"lost","boot":"b"}'))

    assert controller.of(e.DeviceFailed) == []


@pytest.mark.req("R-CORE-02")
def test_a_vanished_instance_that_cannot_be_journalled_ends_nobody(controller: Controller) -> None:
    with takes_nothing(controller.memory.journal):
        controller.on(Received(TOPICS.status("kiosk2"), b'{"state":"lost","boot":"b"}'))

    controller.do("kiosk1", c.Take("social"))
