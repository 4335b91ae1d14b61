"""The hall's board and voice: the board at once, the voice in turn, neither while the controller is not heard."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from caller.board import Board, ShowBoard, Speak
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core.limits import CallLimits
from firmware_py.core.model import Announcement
from firmware_py.core.plan import Hours
from firmware_py.core.views import BoardView, HoursNotice
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.link import Lifecycle, LinkDown, LinkUp, Received, encode
from firmware_py.runtime.effects import Send
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import JobDone, JobFailed, PortDown, PortUp
from tests.caller.views import TOPICS, board_view, call, controller_is, hall_view, only
from tests.hall.small_hall import HOUR, NINE

ROWS, HANZI = 4, 12
LOST = phrases.board_lost(rows=ROWS, hanzi=HANZI)


class Caller:
    """The logic in a test's hands; ``wall`` is its wall clock."""

    def __init__(
        self,
        *,
        rows: int = ROWS,
        voice: bool = True,
        heard: bool = True,
        zone: tuple[int, ...] = (),
        zone_board: bool = False,
        calling: CallLimits = CallLimits(),  # noqa: B008 - frozen
    ) -> None:
        ids = count(1)
        self.now, self.wall = 1000, NINE
        self.logic = Board(
            "hall",
            rows=rows,
            hanzi=HANZI,
            voice=voice,
            zone=zone,
            zone_board=zone_board,
            calling=calling,
            signs={1: "desk1", 2: "desk2"},
            topics=TOPICS,
            new_id=lambda: f"h{next(ids)}",
            wall_ms=lambda: self.wall,
        )
        if heard:
            self.on(LinkUp())
            self.on(controller_is(Lifecycle.READY))
            self.sees(board_view())

    def on(self, item: object) -> list[object]:
        return list(self.logic.on(item, self.now))

    def sees(self, view: BoardView) -> list[object]:
        return self.on(Received(TOPICS.board, encode(view)))

    def said(self, job_id: str, ms: int = 5000) -> list[object]:
        """The sentence has been played."""
        self.now += ms
        return self.on(JobDone("voice", job_id, None))

    def wait(self, ms: int) -> list[object]:
        until, found = self.now + ms, list[object]()
        while (due := self.logic.due()) is not None and due <= until:
            self.now = max(self.now, due)
            found += self.on(Timer())
            moved = self.logic.due()
            assert moved is None or moved > self.now, "a timer must move on"
        self.now = until
        return found


def shown(effects: list[object]) -> list[str]:
    return [each.text for each in only(effects, ShowBoard)]


def spoken(effects: list[object]) -> list[str]:
    return [each.text for each in only(effects, Speak)]


@pytest.mark.req("R-CALL-01", "R-CALL-04")
def test_a_call_is_on_the_board_and_spoken_in_the_same_instant() -> None:
    caller = Caller()

    effects = caller.sees(board_view(call(1, "A017", 3)))

    assert shown(effects) == ["\n".join(["请A017号到3号窗口", "", "", ""])]
    [speak] = only(effects, Speak)
    assert speak.text == "请A零一七号到三号窗口办理"
    assert speak.words[:2] == ("chime", "qing")
    assert not speak.slow


@pytest.mark.req("R-CALL-01")
def test_the_second_reading_comes_by_itself_and_without_the_chime() -> None:
    caller = Caller()
    [first] = only(caller.sees(board_view(call(1, "A017", 3))), Speak)

    assert spoken(caller.said(first.job_id)) == []
    [second] = only(caller.wait(3000), Speak)

    assert second.text == first.text
    assert "chime" not in second.words
    assert second.job_id != first.job_id


@pytest.mark.req("R-CALL-03")
def test_a_green_ticket_is_read_slowly() -> None:
    [speak] = only(Caller().sees(board_view(call(1, "A001", slow=True))), Speak)

    assert speak.slow


def read_out(caller: Caller, effects: list[object]) -> list[str]:
    """Everything the voice says from here on, each sentence five seconds long."""
    said: list[str] = []
    while speaks := only(effects, Speak):
        said += [each.text for each in speaks]
        effects = [*caller.said(speaks[-1].job_id), *caller.wait(10_000)]
    return said


@pytest.mark.req("R-CALL-03")
def test_how_often_and_how_a_one_is_read_stands_in_the_limits_of_the_hall() -> None:
    caller = Caller(calling=CallLimits(repeat=3, one="yao"))
    assert read_out(caller, caller.sees(board_view(call(1, "A011")))) == ["请A零幺幺号到一号窗口办理"] * 3


@pytest.mark.req("R-CALL-03")
def test_a_green_ticket_is_read_three_times_in_a_hall_that_reads_twice() -> None:
    caller = Caller()
    assert len(read_out(caller, caller.sees(board_view(call(1, "A001", slow=True))))) == 3
    assert len(read_out(caller, caller.sees(board_view(call(2, "A002", 2), seq=2)))) == 2


@pytest.mark.req("R-CALL-08")
def test_with_a_dead_board_every_call_is_read_three_times_and_twice_again_once_it_is_mended() -> None:
    caller = Caller()
    caller.on(PortDown("board", "offline", ""))
    assert len(read_out(caller, caller.sees(board_view(call(1, "A001"))))) == 3
    caller.on(PortUp("board"))
    assert len(read_out(caller, caller.sees(board_view(call(2, "A002"), seq=2)))) == 2


def trouble(*devices: tuple[str, str]) -> Received:
    """The hall knows that these do not work."""
    view = replace(hall_view(), devices=tuple((instance, device, "offline") for instance, device in devices))
    return Received(TOPICS.hall_state, encode(view))


@pytest.mark.req("R-CALL-08")
@pytest.mark.parametrize(
    ("rows", "devices", "readings"),
    [
        (ROWS, [("desk1", "sign")], 2),  # the board shows it
        (ROWS, [("hall2", "board")], 3),
        (0, [("desk1", "sign")], 3),
        (0, [("desk1", "instance")], 3),
        (0, [("desk2", "sign")], 2),
        (0, [("desk1", "pad")], 2),
    ],
)
def test_a_call_is_read_a_third_time_where_board_and_sign_are_known_to_be_dark(
    rows: int, devices: list[tuple[str, str]], readings: int
) -> None:
    caller = Caller(rows=rows)
    caller.on(trouble(*devices))
    assert len(read_out(caller, caller.sees(board_view(call(1, "A001", 1))))) == readings


@pytest.mark.req("R-CALL-02")
def test_the_voice_of_a_zone_calls_for_its_desks_and_its_board_shows_all() -> None:
    caller = Caller(zone=(2, 3))
    effects = caller.sees(board_view(call(1, "A001", 1), call(2, "B001", 2), call(3, "C001", 4)))
    assert shown(effects)[0].count("号窗口") == 3
    assert set(read_out(caller, effects)) == {"请B零零一号到二号窗口办理"}


@pytest.mark.req("R-CALL-02")
def test_the_board_of_a_zone_shows_that_zone_alone_where_the_hall_asks_for_it() -> None:
    caller = Caller(zone=(2,), zone_board=True)
    [text] = shown(caller.sees(board_view(call(1, "A001", 1), call(2, "B001", 2))))
    assert "B001" in text
    assert "A001" not in text


@pytest.mark.req("R-CALL-02", "R-CORE-23")
def test_a_withdrawal_is_heard_in_the_zone_of_the_desk_it_was_called_to() -> None:
    here, there = Caller(zone=(1,)), Caller(zone=(2,))
    gone = call(1, "A001", 1, kind="withdrawn")
    new = call(2, "A001", 2)
    assert spoken(here.sees(board_view(gone, new, called=(("A001", 2),)))) == [
        "对不起,请A零零一号稍候,将由其他窗口为您办理"
    ]
    assert spoken(there.sees(board_view(gone, new, called=(("A001", 2),)))) == ["请A零零一号到二号窗口办理"]


@pytest.mark.req("R-CALL-02")
def test_a_zone_whose_voice_died_reports_the_calls_of_its_desks_from_the_board_and_no_others() -> None:
    caller = Caller(zone=(2,))
    caller.on(PortDown("voice", "offline", ""))
    [show] = only(caller.sees(board_view(call(1, "A001", 1), call(2, "B001", 2))), ShowBoard)
    assert reports(caller.on(JobDone("board", show.job_id, None))) == [c.ReportAnnounced("B001", "sign", 2)]


@pytest.mark.req("R-CALL-02")
def test_the_board_changes_while_the_voice_still_speaks() -> None:
    caller = Caller()
    caller.sees(board_view(call(1, "A001")))

    effects = caller.sees(board_view(call(1, "A001"), call(2, "B001", 2)))

    assert "B001" in shown(effects)[0]
    assert spoken(effects) == []


@pytest.mark.req("R-CALL-02")
def test_a_dead_voice_does_not_hold_up_the_next_call() -> None:
    caller = Caller()
    [first] = only(caller.sees(board_view(call(1, "A001"), call(2, "B001", 2))), Speak)

    effects = caller.on(JobFailed("voice", first.job_id, DriverFault("voice_engine")))

    assert spoken(effects) == ["请B零零一号到二号窗口办理"]
    caller.on(JobFailed("voice", "say2", DriverOffline("the sound card is gone")))
    assert caller.wait(60_000) == []


@pytest.mark.req("R-CALL-02")
def test_announcements_of_a_board_older_than_ten_seconds_are_not_read_at_the_start() -> None:
    caller = Caller(heard=False)
    caller.on(LinkUp())
    caller.on(controller_is(Lifecycle.READY))
    caller.wall = NINE + 10_001

    assert spoken(caller.sees(board_view(call(1, "A001")))) == []


@pytest.mark.req("R-CALL-02", "R-CORE-20")
def test_their_age_is_counted_in_hall_time_and_not_on_a_clock_that_was_stepped() -> None:
    caller = Caller(heard=False)
    caller.on(LinkUp())
    caller.on(controller_is(Lifecycle.READY))
    caller.on(Received(TOPICS.hall_state, encode(hall_view(offset_ms=HOUR))))
    caller.wall = NINE + HOUR + 2000

    assert spoken(caller.sees(board_view(call(1, "A001")))) == ["请A零零一号到一号窗口办理"]


@pytest.mark.req("R-CALL-01")
def test_a_board_that_was_dark_is_told_again_what_it_must_show() -> None:
    caller = Caller()
    [text] = shown(caller.sees(board_view(call(1, "A001"))))

    down = caller.on(PortDown("board", "offline", ""))

    assert [each.request.command for each in only(down, Send)] == [c.ReportDevice("board", "offline")]
    assert shown(caller.on(PortUp("board"))) == [text]


@pytest.mark.req("R-CALL-05", "R-CORE-01")
@pytest.mark.parametrize(
    "lost", [LinkDown("cut"), controller_is(Lifecycle.LOST), controller_is(Lifecycle.DISCONNECTED)]
)
def test_a_board_that_does_not_hear_the_controller_says_so(lost: object) -> None:
    caller = Caller()
    caller.sees(board_view(call(1, "A001")))

    assert shown(caller.on(lost)) == [LOST]


@pytest.mark.req("R-CALL-05", "R-CORE-21")
def test_a_broker_that_came_back_without_the_controller_shows_nothing_old() -> None:
    caller = Caller()
    caller.sees(board_view(call(1, "A001")))
    caller.on(LinkDown("the broker is gone"))

    assert shown(caller.on(LinkUp())) == []
    assert shown(caller.on(controller_is(Lifecycle.READY))) == [], "its board is not known yet"
    [text] = shown(caller.sees(board_view(call(1, "A001"))))
    assert "A001" in text


@pytest.mark.req("R-CALL-02")
def test_nothing_is_announced_while_nobody_can_say_whether_it_is_still_true() -> None:
    """Invariant 13: the ticket may have arrived, been passed, or be called elsewhere by now."""
    caller = Caller()
    [first] = only(caller.sees(board_view(call(1, "A001"), call(2, "B001", 2))), Speak)
    caller.on(LinkDown("cut"))

    assert spoken(caller.said(first.job_id)) == []
    assert spoken(caller.wait(30_000)) == []
    caller.on(LinkUp())
    caller.on(controller_is(Lifecycle.READY))
    back = caller.sees(board_view(call(1, "A001"), call(2, "B001", 2), called=(("B001", 2),), seq=5))

    assert spoken(back) == ["请B零零一号到二号窗口办理"]


def test_a_board_older_than_the_one_followed_is_left_alone() -> None:
    caller = Caller()
    caller.sees(board_view(call(1, "A001"), seq=9))

    assert caller.sees(board_view(seq=8)) == []


def test_a_hall_without_voice_shows_and_a_hall_without_board_speaks() -> None:
    silent, dark = Caller(voice=False), Caller(rows=0)

    assert [type(each) for each in silent.sees(board_view(call(1, "A001")))] == [ShowBoard]
    assert [type(each) for each in dark.sees(board_view(call(1, "A001")))] == [Speak]
    assert dark.on(LinkDown("cut")) == []


@pytest.mark.req("R-SYNC-02")
@given(st.binary(max_size=300), st.sampled_from([TOPICS.board, TOPICS.hall_state, TOPICS.answer("hall")]))
def test_no_payload_on_any_topic_ends_it(payload: bytes, topic: str) -> None:
    caller = Caller()
    caller.on(Received(topic, payload))

    assert shown(caller.sees(board_view(call(1, "A001"), seq=2**60)))


@pytest.mark.req("R-CALL-04")
@given(st.lists(st.sampled_from(["A001", "B1000", "C017"]), min_size=1, max_size=4, unique=True))
def test_board_and_voice_hold_numbers_and_desks_and_nothing_else(tickets: list[str]) -> None:
    announced: list[Announcement] = [call(seq, ticket, seq) for seq, ticket in enumerate(tickets, 1)]

    [text] = shown(Caller().sees(board_view(*announced)))

    for line, ticket in zip(text.split("\n"), tickets, strict=False):
        assert ticket in line
        assert set(line) - set(ticket) - set("0123456789") <= set("请号到窗口")


@pytest.mark.req("R-CALL-04")
def test_who_is_read_slowly_is_told_apart_by_nothing_that_is_said_or_shown() -> None:
    heard, seen = [], []
    for slow in (False, True):
        effects = Caller().sees(board_view(call(1, "A017", 3, slow=slow)))
        heard += [(each.text, each.words) for each in only(effects, Speak)]
        seen += shown(effects)
    assert heard[0] == heard[1]
    assert seen[0] == seen[1]


def reports(effects: list[object]) -> list[c.ReportAnnounced]:
    """What is told about what was announced, repeats under the same name once."""
    asked = {each.request.cmd_id: each.request.command for each in only(effects, Send)}
    return [each for each in asked.values() if isinstance(each, c.ReportAnnounced)]


@pytest.mark.req("R-CALL-02", "R-CORE-11")
def test_a_call_is_reported_when_its_first_reading_has_been_played_to_its_end() -> None:
    caller = Caller()
    [first] = only(caller.sees(board_view(call(1, "A017", 3))), Speak)
    assert reports(caller.wait(4999)) == []

    assert reports(caller.said(first.job_id)) == [c.ReportAnnounced("A017", "voice", 1)]
    [second] = only(caller.wait(3000), Speak)
    assert reports(caller.said(second.job_id)) == []


@pytest.mark.req("R-CALL-02")
def test_the_report_is_repeated_until_it_is_answered() -> None:
    caller = Caller()
    [first] = only(caller.sees(board_view(call(1, "A017", 3))), Speak)
    [told] = only(caller.said(first.job_id), Send)

    assert [each.request for each in only(caller.wait(2500), Send)] == [told.request] * 2
    caller.on(Received(TOPICS.answer("hall"), encode(c.Answer(told.request.cmd_id))))
    assert reports(caller.wait(60_000)) == []


@pytest.mark.req("R-CALL-02")
def test_a_withdrawal_and_a_reading_nobody_heard_are_not_reported() -> None:
    caller = Caller()
    [gone] = only(caller.sees(board_view(call(1, "A001", kind="withdrawn"))), Speak)
    assert reports(caller.said(gone.job_id)) == []

    [first] = only(caller.sees(board_view(call(2, "A002"))), Speak)
    assert reports(caller.on(JobFailed("voice", first.job_id, DriverFault("voice_engine")))) == []


@pytest.mark.req("R-CALL-02", "R-CORE-11")
def test_in_a_hall_without_a_voice_the_board_reports_what_it_has_taken() -> None:
    caller = Caller(voice=False)
    [show] = only(caller.sees(board_view(call(1, "A001"), call(2, "B001", 2))), ShowBoard)
    assert reports(caller.wait(1000)) == []

    told = reports(caller.on(JobDone("board", show.job_id, None)))

    assert sorted(each.ticket for each in told) == ["A001", "B001"]
    assert {each.by for each in told} == {"sign"}
    assert reports(caller.on(JobDone("board", show.job_id, None))) == []


@pytest.mark.req("R-CALL-02")
def test_a_board_reports_neither_what_it_has_not_taken_nor_what_has_no_line_on_it() -> None:
    caller = Caller(voice=False, rows=1)
    [old] = only(caller.sees(board_view(call(1, "A001"))), ShowBoard)
    [new] = only(caller.sees(board_view(call(2, "B001"), call(3, "C001", 2), seq=3)), ShowBoard)
    assert reports(caller.on(JobDone("board", old.job_id, None))) == []
    assert reports(caller.on(JobDone("board", new.job_id, None))) == [c.ReportAnnounced("B001", "sign", 2)]

    caller.on(PortDown("board", "offline", ""))
    caller.sees(board_view(call(4, "D001"), seq=4))
    assert c.ReportAnnounced("D001", "sign", 4) not in reports(caller.wait(3000))
    [again] = only(caller.on(PortUp("board")), ShowBoard)
    assert reports(caller.on(JobDone("board", again.job_id, None))) == [c.ReportAnnounced("D001", "sign", 4)]


@pytest.mark.req("R-CALL-02", "R-CORE-11")
def test_when_the_voice_dies_the_board_reports_what_it_shows_and_no_longer_once_it_speaks_again() -> None:
    caller = Caller()
    [show] = only(caller.sees(board_view(call(1, "A001"))), ShowBoard)
    assert reports(caller.on(JobDone("board", show.job_id, None))) == []

    told = reports(caller.on(PortDown("voice", "offline", "")))
    assert c.ReportAnnounced("A001", "sign", 1) in told

    caller.on(PortUp("voice"))
    [show] = only(caller.sees(board_view(call(2, "B001"), seq=2)), ShowBoard)
    assert reports(caller.on(JobDone("board", show.job_id, None))) == []


@pytest.mark.req("R-CALL-02")
def test_the_text_of_a_hall_that_is_not_heard_reports_nothing() -> None:
    caller = Caller(voice=False)
    caller.sees(board_view(call(1, "A001")))
    [lost] = only(caller.on(LinkDown("cut")), ShowBoard)

    assert lost.text == LOST
    assert reports(caller.on(JobDone("board", lost.job_id, None))) == []


def told_changes(effects: list[object]) -> list[int]:
    asked = {each.request.cmd_id: each.request.command for each in only(effects, Send)}
    return [each.change for each in asked.values() if isinstance(each, c.ReportShown)]


def with_coming(view: BoardView, *, shown_already: bool = False) -> BoardView:
    """The same board, with other hours announced."""
    return replace(view, coming=HoursNotice(4, "2026-12-01", (Hours(480, 720),), shown_already))


@pytest.mark.req("R-CORE-32")
def test_other_hours_are_told_on_the_board_and_reported_once_it_has_taken_them() -> None:
    caller = Caller()
    effects = caller.sees(with_coming(board_view(seq=1)))
    [show] = only(effects, ShowBoard)
    assert "自 2026-12-01 起,服务时间为 08:00-12:00" in show.text.split("\n")[0]
    assert told_changes([*effects, *caller.wait(3000)]) == []

    assert told_changes(caller.on(JobDone("board", show.job_id, None))) == [4]
    assert told_changes(caller.on(JobDone("board", show.job_id, None))) == []


@pytest.mark.req("R-CORE-32")
def test_other_hours_that_a_call_covers_or_that_hang_already_are_not_reported() -> None:
    caller = Caller(voice=False)
    [show] = only(caller.sees(with_coming(board_view(call(1, "A001")))), ShowBoard)
    assert told_changes(caller.on(JobDone("board", show.job_id, None))) == []

    [show] = only(caller.sees(with_coming(board_view(seq=2), shown_already=True)), ShowBoard)
    assert told_changes(caller.on(JobDone("board", show.job_id, None))) == []


@pytest.mark.req("R-CORE-32")
def test_other_hours_the_controller_still_takes_for_unseen_are_reported_again() -> None:
    caller = Caller()
    [show] = only(caller.sees(with_coming(board_view(seq=1))), ShowBoard)
    caller.on(JobDone("board", show.job_id, None))

    assert told_changes(caller.sees(with_coming(board_view(seq=2)))) == [4]
