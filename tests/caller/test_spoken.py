"""What the voice says next: every call once, nothing that is no longer true, repeats only while nobody waits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caller.spoken import GAP_MS, STALE_MS, Spoken, Utter
from firmware_py.core.model import Announcement
from tests.caller.views import board_view, call
from tests.hall.small_hall import NINE


def started(*announcements: Announcement) -> Spoken:
    """A voice that has begun on a quiet board and hears these called just now."""
    spoken = Spoken()
    spoken.board(board_view(), NINE)
    if announcements:
        spoken.board(board_view(*announcements), NINE)
    return spoken


def heard(spoken: Spoken, now: int = 0) -> list[Utter]:
    """Everything that is said from ``now`` on, each sentence five seconds long, until nothing more is due."""
    found: list[Utter] = []
    while True:
        utter = spoken.next(now)
        if utter is not None:
            found.append(utter)
            now += 5000
            spoken.ended(now, heard=True)
        elif (due := spoken.due()) is not None:
            now = max(now, due)
        else:
            return found


@pytest.mark.req("R-CALL-01")
def test_a_call_is_said_twice_with_a_pause_while_nobody_else_is_called() -> None:
    spoken = started(call(1, "A001"))

    assert spoken.next(0) == Utter(call(1, "A001"))
    assert spoken.next(0) is None, "one sentence at a time"
    spoken.ended(5000, heard=True)
    assert spoken.due() == 5000 + GAP_MS
    assert spoken.next(5000 + GAP_MS - 1) is None
    assert spoken.next(5000 + GAP_MS) == Utter(call(1, "A001"), repeat=True)
    spoken.ended(13_000, heard=True)
    assert spoken.due() is None
    assert spoken.next(60_000) is None


@pytest.mark.req("R-CALL-02")
def test_first_readings_come_before_repeats_and_in_the_order_of_the_calls() -> None:
    spoken = started(call(1, "A001"), call(2, "B001", 2), call(3, "A002", 3))

    said = [(each.announcement.ticket, each.repeat) for each in heard(spoken)]

    assert said[:3] == [("A001", False), ("B001", False), ("A002", False)]
    assert said[3:] == [("B001", True), ("A002", True)], "two waited while A001 was read: it is read once"


@pytest.mark.req("R-CALL-01", "R-CALL-02")
def test_a_repeat_that_waits_its_three_seconds_lets_one_new_call_go_first_and_is_read_afterwards() -> None:
    spoken = started(call(1, "A001"))
    spoken.next(0)
    spoken.ended(5000, heard=True)

    spoken.board(board_view(call(1, "A001"), call(2, "B001", 2)), NINE)

    assert [(each.announcement.ticket, each.repeat) for each in heard(spoken, 5000)] == [
        ("B001", False),
        ("A001", True),
        ("B001", True),
    ]


@pytest.mark.req("R-CALL-02")
def test_second_readings_are_dropped_while_more_than_one_announcement_waits() -> None:
    spoken = started(call(1, "A001"))
    spoken.next(0)
    spoken.ended(5000, heard=True)
    spoken.board(board_view(call(1, "A001"), call(2, "B001", 2), call(3, "C001", 3)), NINE)

    said = [(each.announcement.ticket, each.repeat) for each in heard(spoken, 5000)]

    assert said == [("B001", False), ("C001", False), ("B001", True), ("C001", True)]


@pytest.mark.req("R-CALL-03")
def test_a_green_ticket_is_read_once_more_than_the_others() -> None:
    assert len(heard(started(call(1, "A001")))) == 2
    assert len(heard(started(call(1, "A001", slow=True)))) == 3


@pytest.mark.req("R-CALL-08")
def test_a_call_that_nothing_shows_is_read_three_times() -> None:
    spoken = Spoken(dark=lambda desk: desk == 2)
    spoken.board(board_view(), NINE)
    spoken.board(board_view(call(1, "A001", 1), call(2, "B001", 2)), NINE)

    said = [each.announcement.ticket for each in heard(spoken)]

    assert (said.count("A001"), said.count("B001")) == (2, 3)


@pytest.mark.req("R-CALL-03")
@pytest.mark.parametrize("readings", [1, 2, 4])
def test_a_hall_says_how_often_a_call_is_read_and_how_far_apart(readings: int) -> None:
    spoken = Spoken(readings=readings, gap_ms=700)
    spoken.board(board_view(), NINE)
    spoken.board(board_view(call(1, "A001")), NINE)

    for reading in range(readings):
        now = reading * 5700
        assert spoken.next(now) == Utter(call(1, "A001"), repeat=reading > 0)
        spoken.ended(now + 5000, heard=True)
        assert spoken.due() == (now + 5700 if reading + 1 < readings else None)


@pytest.mark.req("R-CALL-02")
def test_a_number_called_again_is_read_for_its_new_call_alone() -> None:
    spoken = started(call(1, "A001"), call(2, "B001", 2))
    spoken.next(0)
    spoken.board(board_view(call(1, "A001"), call(2, "B001", 2), call(3, "A001"), call(4, "B001", 2)), NINE)
    spoken.ended(5000, heard=True)

    assert [each.announcement.seq for each in heard(spoken, 5000)] == [3, 4, 3, 4]


@pytest.mark.req("R-CALL-02")
def test_each_announcement_is_said_once_however_often_the_board_comes() -> None:
    spoken = started(call(1, "A001"))
    assert len(heard(spoken)) == 2

    for _ in range(3):
        spoken.board(board_view(call(1, "A001")), NINE)

    assert heard(spoken) == []


@pytest.mark.req("R-CALL-02")
def test_a_call_that_was_answered_before_its_turn_is_dropped() -> None:
    spoken = started(call(1, "A001"), call(2, "B001", 2))
    spoken.next(0)

    spoken.board(board_view(call(1, "A001"), call(2, "B001", 2), called=(("A001", 1),)), NINE)
    spoken.ended(5000, heard=True)

    assert [each.announcement.ticket for each in heard(spoken, 5000)] == ["A001"], "only its own repeat"


@pytest.mark.req("R-CALL-02")
def test_a_repeat_is_dropped_when_its_ticket_has_arrived() -> None:
    spoken = started(call(1, "A001"))
    spoken.next(0)
    spoken.ended(5000, heard=True)

    spoken.board(board_view(call(1, "A001"), called=()), NINE)

    assert heard(spoken, 5000) == []


@pytest.mark.req("R-CALL-02", "R-CORE-23")
def test_a_withdrawn_call_drops_the_queued_one_and_is_told_once() -> None:
    spoken = started(call(1, "A001"), call(2, "B001", 2))
    spoken.next(0)
    withdrawn = call(3, "B001", 2, kind="withdrawn")

    spoken.board(board_view(call(1, "A001"), call(2, "B001", 2), withdrawn, called=(("A001", 1),)), NINE)
    spoken.ended(5000, heard=True)

    assert heard(spoken, 5000) == [Utter(withdrawn), Utter(call(1, "A001"), repeat=True)]


@pytest.mark.req("R-CALL-02", "R-CORE-23")
def test_a_number_called_to_another_desk_is_heard_with_the_new_desk_only() -> None:
    spoken = started(call(1, "B009", 2), call(2, "A001", 1))
    spoken.next(0)
    old, back, new = call(2, "A001", 1), call(3, "A001", 1, kind="withdrawn"), call(4, "A001", 2)

    spoken.board(board_view(call(1, "B009", 2), old, back, new, called=(("A001", 2),)), NINE)
    spoken.ended(5000, heard=True)
    said = [each.announcement for each in heard(spoken, 5000)]

    assert old not in said
    assert new in said


@pytest.mark.req("R-CALL-02")
def test_what_is_older_than_ten_seconds_at_the_start_has_been_heard() -> None:
    spoken = Spoken()

    old, fresh = call(1, "A001", at=NINE - STALE_MS - 1), call(2, "B001", 2, at=NINE - STALE_MS)
    spoken.board(board_view(old, fresh), NINE)

    assert [each.announcement.ticket for each in heard(spoken)] == ["B001", "B001"]


@pytest.mark.req("R-CALL-02")
def test_a_running_voice_says_late_what_it_could_not_say_in_time() -> None:
    spoken = started()

    spoken.board(board_view(call(1, "A001", at=NINE)), NINE + 60_000)

    assert [each.announcement.ticket for each in heard(spoken)] == ["A001", "A001"]


@pytest.mark.req("R-CALL-02", "R-CORE-21")
def test_a_new_journal_counts_from_one_and_is_heard_all_the_same() -> None:
    spoken = started(call(7, "A007"))
    heard(spoken)

    spoken.board(board_view(call(1, "A001"), log="log-2"), NINE)

    assert [each.announcement.ticket for each in heard(spoken)] == ["A001", "A001"]


@pytest.mark.req("R-CALL-02")
def test_a_voice_that_fails_stops_nobody_and_repeats_nothing() -> None:
    spoken = started(call(1, "A001"), call(2, "B001", 2))

    spoken.next(0)
    spoken.ended(0, heard=False)

    assert spoken.next(0) == Utter(call(2, "B001", 2))
    spoken.ended(0, heard=False)
    assert spoken.next(60_000) is None
    assert spoken.due() is None


@pytest.mark.req("R-CALL-01")
def test_an_end_that_nobody_began_changes_nothing() -> None:
    spoken = started(call(1, "A001"))

    spoken.ended(0, heard=True)

    assert spoken.next(0) == Utter(call(1, "A001"))


class _Hall:
    """A board that calls and forgets at random, and remembers what is true."""

    def __init__(self) -> None:
        self.seq = 0
        self.announced: list[Announcement] = []
        self.called: dict[str, int] = {}

    def change(self, ticket: int, desk: int) -> None:
        """Call the ticket, or take it off the board when it is called."""
        number = f"A{ticket:03d}"
        self.seq += 1
        if number in self.called:
            del self.called[number]
        else:
            self.called[number] = desk
            self.announced = [*self.announced[-11:], call(self.seq, number, desk)]

    def tell(self, spoken: Spoken) -> None:
        spoken.board(board_view(*self.announced, called=tuple(self.called.items()), seq=self.seq), NINE)


@pytest.mark.req("R-CALL-02")
@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 4), st.integers(0, 3)), max_size=60))
def test_whatever_is_announced_is_called_when_it_begins_and_begins_once(steps: list[tuple[int, int, int]]) -> None:
    """Invariant 13."""
    hall, spoken, now = _Hall(), Spoken(), 0
    hall.tell(spoken)
    begun: list[int] = []
    for ticket, desk, ends in steps:
        hall.change(ticket, desk)
        hall.tell(spoken)
        for _ in range(ends):
            now += 1500
            utter = spoken.next(now)
            if utter is not None:
                assert hall.called.get(utter.announcement.ticket) == utter.announcement.desk
                if not utter.repeat:
                    begun.append(utter.announcement.seq)
            elif ends == 3:
                spoken.ended(now, heard=True)
    assert begun == sorted(set(begun)), "in order, none twice"
