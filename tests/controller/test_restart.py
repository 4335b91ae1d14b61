"""A new life of the controller: the same hall, the same states on every topic, nothing of a plan that is no more."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware_py.controller.memory import Memory
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.plan import DeskPlan, Rota, Service
from firmware_py.core.snapshot import freeze
from firmware_py.core.states import TicketState
from firmware_py.errors import JournalCorrupt
from firmware_py.journal.record import Entry
from firmware_py.journal.store import Journal
from firmware_py.link import LinkUp
from tests.controller.brains import SECRET, Controller, opened_controller
from tests.hall.small_hall import NINE, PLAN, SECOND, TOPICS


def content(told: dict[str, bytes]) -> dict[str, object]:
    """What the topics say, without the place and moment it is said at."""
    views = {topic: msgspec.json.decode(payload) for topic, payload in told.items() if "/state/" in topic}
    return {
        topic: {key: value for key, value in view.items() if key not in {"seq", "at"}} for topic, view in views.items()
    }


def busy(controller: Controller) -> None:
    """Somebody in every state."""
    controller.finish_a_visit(1)
    for _ in range(3):
        controller.take()
    controller.do("desk2", c.Next(2))
    controller.do("desk2", c.Arrive(2))
    controller.do("desk2", c.Hold(2, "填表"))
    controller.do("desk2", c.Next(2))
    controller.do("desk3", c.Pause(3))
    controller.do("kiosk2", c.Take("realty"))
    controller.do("kiosk1", c.ReportDevice("sign", "offline"))


@pytest.mark.req("R-CORE-21", "R-CORE-02")
@pytest.mark.parametrize("end", ["stop", "power cut"])
def test_a_restart_tells_what_was_told_before(controller: Controller, end: str) -> None:
    busy(controller)
    before = content(controller.told)

    again = controller.restarted() if end == "stop" else controller.after_power_cut(1000)
    try:
        assert content(again.told) == before
        assert {ticket.number: ticket.state for ticket in again.hall.tickets.values()} == {
            "A001": TicketState.RATING,
            "A002": TicketState.HELD,
            "A003": TicketState.CALLED,
            "A004": TicketState.WAITING,
            "B001": TicketState.PRINTING,
        }
    finally:
        again.close()


@pytest.mark.req("R-CORE-21")
def test_a_restart_alone_changes_no_ticket_and_says_that_it_happened(controller: Controller) -> None:
    busy(controller)
    count = len(controller.journalled())

    again = controller.after_power_cut(1000)
    try:
        assert [type(event) for event in again.journalled()[count:]] == [e.Restarted]
        again.wait(13 * SECOND)
        assert again.hall.tickets["B001"].state is TicketState.PRINTING
        again.wait(2 * SECOND)
        assert again.hall.tickets["B001"].unconfirmed, "fifteen seconds after it was taken (T04)"
    finally:
        again.close()


def test_the_first_life_of_a_journal_is_no_restart(controller: Controller) -> None:
    assert controller.of(e.Restarted) == []


@pytest.mark.req("R-CORE-21")
def test_every_link_that_comes_up_is_told_everything_anew(controller: Controller) -> None:
    busy(controller)
    before = content(controller.told)
    controller.told.clear()

    controller.on(LinkUp())

    assert content(controller.told) == before


def test_what_did_not_change_is_not_told_again(controller: Controller) -> None:
    controller.published.clear()

    controller.wait(10 * SECOND)
    controller.ask("desk1", c.Next(1))

    assert [each.topic for each in controller.published] == [TOPICS.event("refused")]


@pytest.mark.req("R-CORE-21")
def test_a_new_plan_is_journalled_once_and_clears_what_it_no_longer_has(controller: Controller) -> None:
    controller.finish_a_visit(1)
    controller.wait(180 * SECOND)
    controller.do("desk1", c.Logout(1))
    smaller = replace(PLAN, desks=PLAN.desks[1:], services=PLAN.services[:1])
    gone = {TOPICS.desk(1), TOPICS.queue("realty"), TOPICS.rating("desk1-eval")}
    assert gone <= controller.told.keys()
    kept = controller.told

    again = controller.restarted(smaller)
    try:
        assert [event.plan for event in again.of(e.Configured) if isinstance(event, e.Configured)] == [PLAN, smaller]
        kept.update(again.told)
        cleared = {each.topic for each in again.published if not each.payload}
        assert cleared == gone
        again.published.clear()
        again.on(LinkUp())
        assert {each.topic for each in again.published if not each.payload} == gone, "this broker may hold them too"
    finally:
        again.close()


def test_the_same_plan_is_not_journalled_again(controller: Controller) -> None:
    again = controller.restarted()
    try:
        assert len(again.of(e.Configured)) == 1
    finally:
        again.close()


@pytest.mark.req("R-TECH-07", "R-CORE-21", "R-TECH-02")
def test_a_damaged_journal_is_set_aside_alarmed_and_the_hall_goes_on(tmp_path: Path) -> None:
    first = opened_controller(tmp_path)
    first.take()
    first.close()
    with first.path.open("r+b") as file:
        file.seek(0)
        file.write(b"\0" * 4096)

    again = Controller(tmp_path, PLAN, first.clock)
    try:
        assert again.log != first.log
        assert [event.device for event in again.of(e.DeviceFailed) if isinstance(event, e.DeviceFailed)] == ["journal"]
        assert again.memory.journal.replaced is not None
        assert again.memory.journal.replaced.exists()
        again.do("kiosk1", c.KioskStarted("2026-11-21", {"A": 1}))
        assert again.take() == "A002", "above what the kiosk has handed out"
    finally:
        again.close()


@pytest.mark.req("R-TECH-07")
def test_a_journal_of_a_newer_release_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with Journal.open(path, boot="other") as journal:
        journal.append([Entry(NINE, 0, "x", "", "sung", "", 0, '{"type":"sung","at":1}')])
        log = journal.log

    with pytest.raises(JournalCorrupt, match=r"record 1 \(sung\).*install that one again"):
        Memory(path, boot="b", secret=SECRET).open()

    with Journal.open(path, boot="other") as journal:
        assert journal.log == log, "nobody holds it, nobody moved it"


# --- snapshots --------------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("kiosk1"), st.sampled_from([c.Take("social"), c.Take("realty", "G")])),
        st.tuples(
            st.just("desk1"),
            st.sampled_from(
                [c.Next(1), c.Arrive(1), c.Finish(1), c.Hold(1), c.ResumeTicket(1), c.Pause(1), c.ResumeDesk(1)]
            ),
        ),
        st.tuples(st.just("desk2"), st.sampled_from([c.Next(2), c.Arrive(2), c.Finish(2), c.Wait(2), c.ResumeDesk(2)])),
        st.tuples(st.just("wait"), st.integers(1, 70)),
        st.tuples(st.just("snapshot"), st.just(0)),
    ),
    max_size=25,
)


@pytest.mark.req("R-CORE-21", "R-CORE-02")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_a_snapshot_and_what_follows_it_is_the_hall_of_a_full_replay(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, c.HallCommand | int]]
) -> None:
    folder = tmp_path_factory.mktemp("hall")
    controller = opened_controller(folder, desks=(1, 2))
    for who, what in steps:
        if who == "snapshot":
            controller.memory.snapshot()
        elif isinstance(what, int):
            controller.wait(what * SECOND)
        else:
            controller.ask(who, what)
    lived = controller.frozen()
    controller.memory.journal.close()

    def reopened() -> bytes:
        memory = Memory(folder / "journal.db", boot="b", secret=SECRET)
        memory.open()
        memory.journal.close()
        return freeze(memory.hall)

    quick = reopened()
    for snapshot in folder.glob("*.snapshot-*"):
        snapshot.unlink()
    assert quick == reopened() == lived


@pytest.mark.req("R-CORE-21")
def test_a_stop_leaves_a_snapshot_so_that_the_next_start_replays_nothing(controller: Controller) -> None:
    busy(controller)
    again = controller.restarted()
    try:
        snapshot = again.memory.journal.latest_snapshot()
        assert snapshot is not None
        assert snapshot.seq == again.hall.seq - 1, "all but the restart itself"
    finally:
        again.close()


def test_a_plan_with_another_desk_finds_it_closed(controller: Controller) -> None:
    larger = replace(
        PLAN,
        services=(*PLAN.services, Service("general", "C", "综合受理")),
        desks=(*PLAN.desks, DeskPlan(4, ("general",), pad="desk4", roster="1004")),
    )
    again = controller.restarted(larger)
    try:
        again.do("desk4", c.Login(4))
        assert again.take("general") == "C001"
    finally:
        again.close()


@pytest.mark.req("R-CORE-09")
def test_a_plan_that_leaves_people_waiting_without_a_desk_is_not_followed_until_they_are_served(
    controller: Controller, caplog: pytest.LogCaptureFixture
) -> None:
    number = controller.take("realty")
    desks = tuple(replace(desk, services=("social",)) for desk in PLAN.desks)
    without = replace(PLAN, desks=desks)
    again = controller.restarted(without)
    try:
        assert again.hall.plan == PLAN
        assert again.of(e.DeviceFailed)[-1] == e.DeviceFailed(again.hall.last_at, "controller", "plan", "plan_uncovers")
        assert "restart the controller" in caplog.text
        assert number in again.hall.tickets
        assert again.ask("kiosk1", c.Take("realty")).accepted, "the old plan is whole"
    finally:
        again.close()


@pytest.mark.req("R-CORE-09", "R-CORE-17")
def test_a_plan_without_a_desk_somebody_sits_at_is_not_followed_until_they_have_left(
    controller: Controller, caplog: pytest.LogCaptureFixture
) -> None:
    without = replace(PLAN, desks=PLAN.desks[1:])
    again = controller.restarted(without)
    assert again.hall.plan == PLAN
    assert again.of(e.DeviceFailed)[-1] == e.DeviceFailed(again.hall.last_at, "controller", "plan", "plan_removes_desk")
    assert "it has no desk 1" in caplog.text
    again.do("desk1", c.Logout(1))
    last = again.restarted(without)
    try:
        assert last.hall.plan == without
        assert ("controller", "plan") not in last.hall.devices
    finally:
        last.close()


@pytest.mark.req("R-CORE-09")
def test_a_plan_that_was_not_followed_is_a_fault_once_and_none_any_more_when_it_is(controller: Controller) -> None:
    number = controller.take("realty")
    without = replace(PLAN, desks=tuple(replace(desk, services=("social",)) for desk in PLAN.desks))
    again = controller.restarted(without)
    third = again.restarted(without)
    assert len(third.of(e.DeviceFailed)) == 1
    third.do("kiosk1", c.Cancel(number))
    fourth = third.restarted(without)
    try:
        assert fourth.hall.plan == without
        assert [event.device for event in fourth.of(e.DeviceMended) if isinstance(event, e.DeviceMended)] == ["plan"]
        assert ("controller", "plan") not in fourth.hall.devices
    finally:
        fourth.close()


@pytest.mark.req("R-CORE-09")
def test_a_new_plan_begins_with_its_rota(controller: Controller) -> None:
    desks = (replace(PLAN.desks[0], rota=(Rota(("realty",)),)), *PLAN.desks[1:])
    again = controller.restarted(replace(PLAN, desks=desks))
    try:
        assert again.hall.desks[1].services == ("realty",)
    finally:
        again.close()
