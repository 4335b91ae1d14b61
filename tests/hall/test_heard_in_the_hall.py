"""What comes out of the loudspeaker of a whole hall, down to its samples (scenarios 5 and 32)."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from caller.board import Speak
from drivers.virtual.loudspeaker import VirtualLoudspeaker
from drivers.voice import Utterance
from drivers.voice.speaker import SpeakerVoice
from firmware_py.core import events as e
from firmware_py.core.states import DeskState, TicketState
from firmware_py.demo.listening import heard
from firmware_py.runtime.port_reports import PortDown
from tests.hall.small_hall import PLAN, SECOND
from tests.hall.whole_hall import WholeHall


class Loudspeaker:
    """The real driver before a loudspeaker, and an ear that knows the clips."""

    def __init__(self) -> None:
        self.far = VirtualLoudspeaker(speed=math.inf)
        self.voice = SpeakerVoice(player=self.far.player_command, engine=False)
        self.voice.open()

    def words(self, spoken: list[Speak]) -> list[str]:
        """What an ear makes of the samples that came out."""
        before = len(self.far.played())
        for each in spoken:
            self.voice.say(Utterance(each.text, each.words, each.slow))
        return [heard(sound.wav) for sound in self.far.played()[before:]]


@pytest.fixture
def loudspeaker() -> Iterator[Loudspeaker]:
    made = Loudspeaker()
    yield made
    made.far.close()


@pytest.mark.req("R-CALL-01", "R-CALL-02", "R-CORE-23")
def test_scenario_5_the_old_reading_is_dropped_and_the_hall_hears_the_number_at_the_new_desk(
    hall: WholeHall, loudspeaker: Loudspeaker
) -> None:
    hall.take()
    second = hall.take()
    hall.press(2, "next", "arrive")  # read for five seconds: what is called meanwhile waits
    hall.press(1, "next")
    assert (hall.desk(1).ticket, hall.ticket(second).state) == (second, TicketState.CALLED)
    hall.press(1, "pause")
    assert hall.desk(1).state is DeskState.PAUSED
    hall.press(2, "finish", "next")
    assert hall.desk(2).ticket == second
    hall.wait(60 * SECOND)

    sounds = loudspeaker.words(hall.hall_station.spoken)

    assert sounds[0] == "请A零零一号到二号窗口办理"
    assert sounds[1:] == [
        "对不起,请A零零二号稍候,将由其他窗口为您办理",
        "请A零零二号到二号窗口办理",
        "请A零零二号到二号窗口办理",
    ]
    assert not any("到一号窗口" in sound for sound in sounds), "the desk that paused is not heard any more"
    assert [event.ticket for event in hall.events(e.Announced)] == [second], "he had sat down before his was over"


@pytest.mark.req("R-CALL-04")
def test_scenario_32_of_a_sensitive_service_the_hall_hears_and_reads_neither_name_nor_alias(
    tmp_path: Path, loudspeaker: Loudspeaker
) -> None:
    social = replace(PLAN.services[0], name="社区戒毒登记", alias="综合业务")
    plan = replace(PLAN, services=(social, *PLAN.services[1:]))
    hall = WholeHall(tmp_path, plan)
    try:
        hall.until_nine()
        hall.take()
        hall.press(1, "next")
        board = hall.hall_station.board
        hall.wait(30 * SECOND)
        said = loudspeaker.words(hall.hall_station.spoken)
        signs = [hall.sign(1), board]
        hall.press(1, "arrive", "finish")
        hall.wait(70 * SECOND)
        idle = hall.sign(1)
    finally:
        hall.close()
    assert said == ["请A零零一号到一号窗口办理"] * 2
    for text in (*said, *signs, idle, *hall.hall_station.said):
        assert "戒毒" not in text
    for text in (*said, *signs):
        assert "综合业务" not in text
    assert "综合业务" in idle, "the sign of the desk names what it serves by the neutral name"


@pytest.mark.req("R-CALL-03")
def test_a_green_ticket_is_heard_three_times_slowly_and_an_ordinary_one_twice(
    hall: WholeHall, loudspeaker: Loudspeaker
) -> None:
    hall.take("social-first")
    hall.take()
    hall.press(1, "next")
    hall.wait(60 * SECOND)
    assert loudspeaker.words(hall.hall_station.spoken) == ["请A零零一号到一号窗口办理"] * 3
    slow = loudspeaker.far.played()[-1].duration_ms
    hall.press(2, "next")
    hall.wait(60 * SECOND)
    assert loudspeaker.words(hall.hall_station.spoken[3:]) == ["请A零零二号到二号窗口办理"] * 2
    assert slow > 1.2 * loudspeaker.far.played()[-1].duration_ms


@pytest.mark.req("R-CALL-08")
def test_with_the_board_dark_a_call_is_heard_three_times(hall: WholeHall, loudspeaker: Loudspeaker) -> None:
    hall.take()
    hall.hall_station.inbox.append(PortDown("board", "offline", "no power"))
    hall.pump()
    hall.press(1, "next")
    hall.wait(60 * SECOND)
    assert loudspeaker.words(hall.hall_station.spoken) == ["请A零零一号到一号窗口办理"] * 3


@pytest.mark.req("R-CALL-11", "R-EVAL-06", "R-PHONE-03")
def test_what_concerns_one_desk_is_never_heard_in_the_hall(hall: WholeHall) -> None:
    """The invitation is the evaluator's, an unanswered telephone is a beep at the neighbours' pads."""
    hall.take()
    hall.press(1, "next", "arrive", "finish")
    assert hall.evaluator(1).invitations == 1
    before, beeps = len(hall.hall_station.spoken), hall.desk_station(2).beeps
    hall.phone(1).ring(5)
    hall.wait(40 * SECOND)
    assert hall.desk_station(2).beeps > beeps
    assert hall.hall_station.spoken[before:] == []
    assert all("评价" not in text and "电话" not in text for text in hall.hall_station.said)
