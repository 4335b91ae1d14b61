"""A disk that takes nothing: polite refusals, no spinning, no belief without a record, and all well again after it."""

import pytest

from firmware_py.controller import memory as controller_memory
from firmware_py.controller.brain import Reply
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.states import TicketState
from firmware_py.errors import JournalCorrupt
from firmware_py.link import Received, encode
from tests.controller.brains import Controller
from tests.hall.failing_disk import loses_its_records, takes_nothing
from tests.hall.small_hall import CLOSING, MINUTE, NINE, SECOND, TOPICS


@pytest.mark.req("R-CORE-02")
def test_a_command_that_cannot_be_journalled_is_refused_and_the_hall_is_as_it_was(controller: Controller) -> None:
    controller.take()
    before, published = controller.frozen(), len(controller.published)

    with takes_nothing(controller.memory.journal):
        answer = controller.ask("desk1", c.Next(1), "key-1")
        assert answer.refusal == "journal_fault"
        assert controller.frozen() == before
        told = {each.topic for each in controller.published[published:]}
        assert told == {TOPICS.event("refused")}, "no sign shows a call that is not in the journal"

    assert isinstance(controller.ask("desk1", c.Next(1), "key-1").event, e.Called), "the same key, pressed again"


@pytest.mark.req("R-CORE-02")
def test_a_full_disk_is_refused_like_a_dead_one(controller: Controller) -> None:
    connection = controller.memory.journal._connection
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")

    answers = [controller.ask("kiosk1", c.Take("social")) for _ in range(60)]

    refused = [answer for answer in answers if answer.refusal]
    assert refused
    assert {answer.refusal for answer in refused} == {"journal_fault"}
    assert "disk is full" in str(refused[0].details["detail"])
    assert len(controller.hall.tickets) == len(controller.of(e.Taken)) == 60 - len(refused)
    connection.execute("PRAGMA max_page_count = 1000000")


@pytest.mark.req("R-CORE-02")
def test_time_that_cannot_be_journalled_is_tried_every_second_and_not_in_a_spin(
    controller: Controller, caplog: pytest.LogCaptureFixture
) -> None:
    controller.do("kiosk1", c.Take("social"))

    with takes_nothing(controller.memory.journal):
        controller.wait(20 * SECOND)
        assert controller.hall.tickets["A001"].state is TicketState.PRINTING
        assert controller.brain.due() > controller.clock.mono_ms()
    controller.wait(SECOND)

    assert controller.hall.tickets["A001"].unconfirmed
    assert caplog.text.count("could not be journalled") == 1


@pytest.mark.req("R-CORE-16")
def test_a_closing_that_could_not_be_journalled_is_made_up_for(controller: Controller) -> None:
    controller.jump(CLOSING - NINE - MINUTE)
    with takes_nothing(controller.memory.journal):
        controller.wait(2 * MINUTE)
        assert controller.of(e.IssueClosed) == []
    controller.wait(2 * SECOND)

    assert len(controller.of(e.IssueClosed)) == 1


@pytest.mark.req("R-TECH-07", "R-CORE-21")
def test_damage_found_while_it_runs_is_refused_politely_and_then_ends_the_daemon(controller: Controller) -> None:
    loses_its_records(controller.memory.journal)

    effects = controller.brain.on(
        Received(TOPICS.command("kiosk1"), encode(c.Request("press-1", c.Take("social")))), controller.clock.mono_ms()
    )
    reply = next(effects)

    assert isinstance(reply, Reply)
    assert reply.answer.refusal == "journal_fault"
    with pytest.raises(JournalCorrupt):
        list(effects)


@pytest.mark.req("R-TECH-07", "R-CORE-21", "R-CORE-16")
def test_damage_found_by_time_alone_ends_the_daemon_too(controller: Controller) -> None:
    controller.jump(CLOSING - NINE - MINUTE)
    loses_its_records(controller.memory.journal)

    with pytest.raises(JournalCorrupt):
        controller.wait(2 * MINUTE)


@pytest.mark.req("R-CORE-21")
def test_a_snapshot_that_finds_no_room_stops_neither_time_nor_the_hall(
    controller: Controller, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = controller.path.with_name(f"{controller.path.name}.snapshot-{controller.log}-{0:012d}")
    controller.do("kiosk1", c.Take("social"))
    at, signs = controller.hall.last_at, list[e.Event]()
    for _ in range(controller_memory.SNAPSHOT_EVERY // 2):
        signs += [e.DeviceFailed(at, "kiosk1", "sign", "offline"), e.DeviceMended(at, "kiosk1", "sign")]
    controller.memory.commit(signs, NINE, 0, actor="kiosk1")
    seq = controller.hall.seq
    for ahead in range(20):
        name = in_the_way.name.replace("0" * 12, f"{seq + ahead:012d}")
        in_the_way.with_name(f"{name}.new").mkdir()
    controller.wait(16 * SECOND)
    for path in controller.folder.glob("*.new"):
        path.rmdir()

    assert controller.hall.tickets["A001"].unconfirmed
    assert caplog.text.count("no snapshot was kept") == 1
