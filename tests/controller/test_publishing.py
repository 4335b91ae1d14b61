"""Only changes travel, and no change is missed: whatever happens, every topic holds what a full telling would say."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_py.controller.publishing import Publishing
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.link import Received
from firmware_py.runtime.clock import ManualClock
from tests.controller.brains import SECRET, Controller, Edge, genuine_press, opened_controller
from tests.hall.small_hall import CLOSING, DAY, EIGHT, ISSUING, MINUTE, NINE, PLAN, SECOND, TOPICS

LINE = "desk1-phone"
ASKED: list[tuple[str, c.HallCommand]] = [
    ("kiosk1", c.Take("social")),
    ("kiosk2", c.Take("realty", "G")),
    ("kiosk1", c.KioskStarted()),
    ("kiosk1", c.ReportDevice("printer", "paper_out")),
    ("kiosk1", c.ReportDevice("printer")),
    ("kiosk1", c.ReturnTicket("A001")),
    *((f"desk{desk}", kind(desk)) for desk in (1, 2) for kind in (c.Next, c.Arrive, c.Finish, c.Hold, c.Recall)),
    *((f"desk{desk}", kind(desk)) for desk in (1, 2) for kind in (c.ResumeTicket, c.Pause, c.ResumeDesk, c.Pass)),
    ("desk1", c.Wait(1)),
    ("desk2", c.Logout(2)),
    ("desk2", c.Login(2)),
    ("desk2", c.Pickup(2)),
    ("desk1", c.CallbackDone(1)),
]
HEARD: list[f.EdgeFact] = [
    f.RingBegan(LINE, 1),
    f.RingBegan(LINE, 3),
    f.RingEnded(LINE, 3),
    f.Lifted(LINE, 3),
    f.HungUp(LINE, 2000),
    f.RingingStopped(LINE, 3),
]
STEPS = st.one_of(
    st.tuples(st.just("ask"), st.sampled_from(range(len(ASKED)))),
    st.tuples(st.just("hear"), st.sampled_from(range(len(HEARD)))),
    st.tuples(st.just("rate"), st.integers(1, 5)),
    st.tuples(st.just("wait"), st.sampled_from([3, 11, 61, 700])),
    st.tuples(st.just("vanish"), st.just(0)),
)


def told(topics: dict[str, bytes]) -> dict[str, object]:
    """What states and windows say, without the place and moment it is said at."""
    views = {topic: msgspec.json.decode(each) for topic, each in topics.items() if not topic.endswith("/ack")}
    return {topic: {key: view[key] for key in view if key not in {"seq", "at"}} for topic, view in views.items()}


def all_anew(controller: Controller) -> dict[str, object]:
    """What a controller that remembers nothing would tell of this hall."""
    changes = Publishing(TOPICS, SECRET).changes(controller.hall, controller.log, controller.brain._at())
    return told({each.topic: each.payload for each in changes})


@pytest.mark.req("R-CORE-01", "R-CALL-05")
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, max_size=30))
def test_every_topic_holds_what_is_true_whatever_happened(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("hall")
    controller = opened_controller(folder, desks=(1, 2))
    line, evaluator = Edge(folder, LINE), Edge(folder, "desk1-eval")
    for _ in range(3):
        controller.take()
    try:
        for what, which in steps:
            if what == "ask":
                controller.ask(*ASKED[which])
            elif what == "hear":
                controller.hears(LINE, line.keep(HEARD[which]))
            elif what == "rate" and controller.hall.desks[1].rating:
                press = genuine_press(controller, controller.hall.desks[1].rating, which)
                locked = f.WindowLocked(1, controller.log, press.window_seq)
                controller.hears("desk1-eval", evaluator.keep(press, locked))
            elif what == "wait":
                controller.jump(which * SECOND)
            elif what == "vanish":
                controller.on(Received(TOPICS.status("kiosk2"), b'{"state":"lost","boot":"b"}'))
            assert told(controller.told) == all_anew(controller)
    finally:
        line.journal.close()
        evaluator.journal.close()
        controller.memory.journal.close()


@pytest.mark.req("R-CORE-13", "R-CORE-16")
def test_a_ticket_put_aside_at_one_desk_and_called_by_another_leaves_the_first_desks_view(
    controller: Controller,
) -> None:
    """The first desk itself does not change at that moment."""
    controller.take()
    for command in (c.Next(1), c.Arrive(1), c.Hold(1)):
        controller.do("desk1", command)
    assert msgspec.json.decode(controller.told[TOPICS.desk(1)])["held"] == ["A001"]
    controller.jump(CLOSING - NINE + MINUTE)

    called = controller.do("desk2", c.Next(2))

    assert isinstance(called, e.Called)
    assert called.final
    assert msgspec.json.decode(controller.told[TOPICS.desk(1)])["held"] == []
    assert told(controller.told) == all_anew(controller)


@pytest.mark.req("R-CORE-01", "R-CORE-19", "R-CALL-05")
def test_what_time_changes_is_told_as_well(tmp_path: Path) -> None:
    controller = Controller(tmp_path, PLAN, ManualClock(mono_ms=5000, wall_ms=EIGHT))
    try:
        controller.do("desk1", c.Login(1))
        for moment in (ISSUING, NINE, NINE + MINUTE, CLOSING, CLOSING + MINUTE, ISSUING + DAY):
            controller.jump(moment - controller.clock.wall_ms())
            assert told(controller.told) == all_anew(controller)
            if moment == NINE:
                controller.take()
                controller.do("desk1", c.Next(1))
            elif moment == NINE + MINUTE:
                controller.do("desk1", c.Recall(1))
                assert msgspec.json.decode(controller.told[TOPICS.desk(1)])["calls"] == 2
                controller.do("desk1", c.Arrive(1))
                controller.do("desk1", c.Finish(1))
    finally:
        controller.close()


def test_a_command_makes_no_view_it_does_not_touch(controller: Controller) -> None:
    controller.published.clear()

    controller.do("desk3", c.Pause(3))

    assert {each.topic for each in controller.published} == {TOPICS.event("desk_paused"), TOPICS.desk(3)}
