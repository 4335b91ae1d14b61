"""From a request to its answer: journalled first, answered once for all, refused without a trace (R-CORE-02, 22)."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware_py.controller.brain import Reply
from firmware_py.controller.publishing import Publish
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.states import TicketState
from firmware_py.journal.reader import JournalReader
from firmware_py.link import Received, encode
from tests.controller.brains import Controller
from tests.hall.small_hall import TOPICS


def recorded(path: Path) -> list[str]:
    """The types of all records, as another process reads them from the disk now."""
    with JournalReader.open(path) as reader:
        return [record.type for record in reader.records(0, 10_000)]


@pytest.mark.req("R-CORE-02", "R-CORE-01")
def test_every_event_of_a_visit_is_on_the_disk_before_any_effect_of_its_command(controller: Controller) -> None:
    visit: list[tuple[str, c.HallCommand, list[str]]] = [
        ("kiosk1", c.Take("social"), ["taken"]),
        ("kiosk1", c.ReportPrinted("A001"), ["printed"]),
        ("desk1", c.Next(1), ["called"]),
        ("desk1", c.Arrive(1), ["arrived"]),
        ("desk1", c.Finish(1), ["finished", "rating_opened"]),
    ]
    for instance, command, kinds in visit:
        request = Received(TOPICS.command(instance), encode(c.Request(f"once-{kinds[0]}", command)))
        before = len(recorded(controller.path))

        effects = controller.brain.on(request, controller.clock.mono_ms())
        on_disk = [(type(effect), recorded(controller.path)[before:]) for effect in effects]

        assert on_disk[0] == (Reply, kinds), "slip and sign wait for the answer, so it comes first"
        assert on_disk[1:] == [(Publish, kinds)] * (len(on_disk) - 1)
        assert len(on_disk) > len(kinds), "its events follow"


@pytest.mark.req("R-CORE-02")
def test_a_record_says_who_asked_what_and_when(controller: Controller) -> None:
    controller.ask("kiosk1", c.Take("social"), "press-1")

    [record] = controller.memory.journal.tail(1)
    assert (record.actor, record.cmd_id, record.type, record.ticket) == ("kiosk1", "press-1", "taken", "A001")
    assert record.wall == "2026-11-21T01:00:00.000Z"


@pytest.mark.req("R-CORE-22")
def test_a_repeated_command_gets_the_first_answer_and_does_nothing(controller: Controller) -> None:
    first = controller.ask("kiosk1", c.Take("social"), "press-1")
    controller.ask("kiosk2", c.Take("social"), "press-2")
    before = controller.frozen()

    assert controller.ask("kiosk1", c.Take("social"), "press-1") == first
    assert controller.frozen() == before
    assert len(controller.of(e.Taken)) == 2


@pytest.mark.req("R-CORE-22", "R-CORE-21")
@pytest.mark.parametrize("end", ["stop", "power cut"])
def test_a_repeat_after_a_restart_gets_the_first_answer(controller: Controller, end: str) -> None:
    first = controller.ask("kiosk1", c.Take("social"), "press-1")

    again = controller.restarted() if end == "stop" else controller.after_power_cut(1000)
    try:
        assert again.ask("kiosk1", c.Take("social"), "press-1") == first
        assert len(again.of(e.Taken)) == 1
    finally:
        again.close()


@pytest.mark.req("R-CORE-22")
def test_a_rejected_command_may_be_decided_anew(controller: Controller) -> None:
    assert controller.ask("desk1", c.Next(1), "key-1").refusal == "nobody_waiting"
    controller.take()

    assert isinstance(controller.ask("desk1", c.Next(1), "key-1").event, e.Called)


@pytest.mark.req("R-CORE-22")
def test_two_desks_that_press_next_at_the_same_instant_call_two_people(controller: Controller) -> None:
    numbers = [controller.take() for _ in range(3)]

    called = [controller.do(f"desk{desk}", c.Next(desk)) for desk in (1, 2)]

    assert [event.ticket for event in called if isinstance(event, e.Called)] == numbers[:2]


@pytest.mark.req("R-CORE-02", "R-SYNC-02")
@pytest.mark.parametrize(
    ("payload", "cmd_id"),
    [
        (b"", None),
        (b"{", ""),
        (b"\xff\xfe", ""),
        (b"null", ""),
        (b"[1,2]", ""),
        (b'{"cmd_id":"k1"}', "k1"),
        (b'{"cmd_id":"k1","command":{"type":"take"}}', "k1"),
        (b'{"cmd_id":"k1","command":{"type":"steal","service":"social"}}', "k1"),
        (b'{"cmd_id":"k1","command":{"type":"take","service":7}}', "k1"),
        (b'{"cmd_id":"k1","command":{"type":"take","service":"social","klass":"S"}}', "k1"),
        (b'{"cmd_id":"k1","command":{"type":"take","service":"social"},"approved":true}', "k1"),
        (b'{"cmd_id":"k1","command":{"type":"take","service":"social","vip":1}}', "k1"),
        (b'{"cmd_id":"k1","command":{"type":"finish","desk":1,"level":5}}', "k1"),
        (b'{"cmd_id":"","command":{"type":"take","service":"social"}}', ""),
        (b'{"cmd_id":"' + b"k" * 65 + b'","command":{"type":"take","service":"social"}}', "k" * 64),
        (b"[" * 100_000, ""),
    ],
)
def test_what_is_no_command_is_answered_so_and_changes_nothing(
    controller: Controller, payload: bytes, cmd_id: str | None
) -> None:
    before, records = controller.frozen(), recorded(controller.path)
    if cmd_id is None:
        assert controller.on(Received(TOPICS.command("kiosk1"), payload)) == []
    else:
        answer = controller.raw("kiosk1", payload)
        assert (answer.cmd_id, answer.refusal) == (cmd_id, "malformed")

    assert controller.frozen() == before
    assert recorded(controller.path) == records


@pytest.mark.req("R-CORE-02")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda text: f'{{"cmd_id":"{text}"}}'.encode())))
def test_no_bytes_on_a_command_topic_change_the_hall(controller: Controller, payload: bytes) -> None:
    before = controller.frozen()

    controller.on(Received(TOPICS.command("kiosk1"), payload))

    assert controller.frozen() == before


@pytest.mark.req("R-CORE-01", "R-EVAL-04", "R-DESK-01")
@pytest.mark.parametrize(
    ("instance", "command"),
    [
        ("kiosk1", c.Next(1)),
        ("kiosk1", c.Finish(1)),
        ("desk1", c.Take("social")),
        ("desk1", c.Next(2)),
        ("desk1", c.Finish(2)),
        ("desk1", c.ReportPrinted("A001")),
        ("desk1-eval", c.Finish(1)),
        ("desk1-eval", c.Take("social")),
        ("desk1-eval", c.Next(1)),
        ("desk1-phone", c.Pickup(1)),
        ("hall", c.Recall(1)),
        ("stranger", c.Take("social")),
        ("kiosk1", c.EmergencyPause("x")),
        ("desk2", c.Void("A001", "because")),
    ],
)
def test_nobody_asks_what_is_not_theirs_to_ask(controller: Controller, instance: str, command: c.HallCommand) -> None:
    controller.take()
    before = controller.frozen()

    answer = controller.ask(instance, command)

    assert (answer.refusal, answer.event) == ("not_allowed", None)
    assert controller.frozen() == before


@pytest.mark.req("R-DESK-05", "R-CORE-17")
def test_a_clerk_whose_pad_died_before_the_citizen_was_done_with_is_relieved_at_the_supervisors(
    controller: Controller,
) -> None:
    number = controller.take()
    for command in (c.Next(2), c.Arrive(2), c.Interrupt(2)):
        controller.do("desk2", command)
    assert controller.ask("desk1", c.Finish(2)).refusal == "not_allowed"

    controller.do("desk2", c.ReportDevice("pad", "offline"))

    controller.do("desk1", c.ResumeDesk(2))
    assert isinstance(controller.do("desk1", c.Finish(2)), e.RatingOpened)
    controller.wait(180_000)
    controller.do("desk1", c.Logout(2))
    assert (controller.hall.tickets[number].state, controller.hall.desks[2].session) == (TicketState.DONE, None)
    assert controller.ask("desk1", c.Login(2)).refusal == "not_allowed"


@pytest.mark.req("R-CORE-02")
@pytest.mark.parametrize(
    ("instance", "command", "refusal"),
    [
        ("kiosk1", c.Take("fishing"), "unknown_service"),
        ("kiosk1", c.ReportPrinted("Z999"), "unknown_ticket"),
        ("kiosk1", c.ReturnTicket("Z999"), "unknown_ticket"),
        ("desk9", c.Next(9), "unknown_desk"),
        ("desk1", c.Transfer(1, "realty"), "nobody_served"),
        ("desk1", c.Undo(1), "nothing_to_undo"),
    ],
)
def test_what_does_not_exist_is_refused_by_name(
    controller: Controller, instance: str, command: c.HallCommand, refusal: str
) -> None:
    before = controller.frozen()

    assert controller.ask(instance, command).refusal == refusal
    assert controller.frozen() == before


@pytest.mark.req("R-CORE-01")
def test_an_outcome_is_believed_from_the_kiosk_that_printed_only(controller: Controller) -> None:
    taken = controller.do("kiosk1", c.Take("social"))
    assert isinstance(taken, e.Taken)

    assert controller.ask("kiosk2", c.ReportPrintFailed(taken.ticket, "paper_out")).refusal == "not_allowed"
    assert controller.hall.tickets[taken.ticket].state is TicketState.PRINTING


@pytest.mark.req("R-DESK-01")
def test_a_refusal_is_told_to_those_who_watch(controller: Controller) -> None:
    controller.ask("desk1", c.Next(1), "key-1")

    event = controller.events[-1]
    data = msgspec.json.decode(event.data)
    assert (event.type, event.id) == ("refused", "key-1")
    assert (data["instance"], data["desk"], data["reason"]) == ("desk1", 1, "nobody_waiting")


@pytest.mark.req("R-KIOSK-05")
def test_a_kiosk_whose_printer_is_known_to_be_dead_is_given_no_number(controller: Controller) -> None:
    controller.do("kiosk1", c.ReportDevice("printer", "paper_out"))

    refused = controller.ask("kiosk1", c.Take("social"))

    assert (refused.refusal, refused.details) == ("printer_fault", {"place": "二楼"})
    assert controller.take(kiosk="kiosk2") == "A001", "no number was used up"


@pytest.mark.req("R-CORE-21", "R-KIOSK-05")
def test_a_kiosk_that_restarts_while_it_prints_leaves_a_valid_ticket(controller: Controller) -> None:
    controller.do("kiosk1", c.Take("social"))

    controller.do("kiosk1", c.KioskStarted())

    ticket = controller.hall.tickets["A001"]
    assert (ticket.state, ticket.unconfirmed) == (TicketState.WAITING, True)
    controller.do("kiosk1", c.ReportPrintFailed("A001", "given_up"))
    assert controller.hall.tickets["A001"].state is TicketState.VOID, "a late outcome still tells (T31)"


@pytest.mark.req("R-CORE-03")
def test_a_controller_with_a_new_card_goes_on_above_the_numbers_a_kiosk_has_seen(controller: Controller) -> None:
    controller.do("kiosk1", c.KioskStarted("2026-11-21", {"A": 17, "Z": 3}))

    assert controller.take() == "A018"
    assert controller.take("realty") == "B001"


def test_yesterdays_numbers_hold_nothing_up(controller: Controller) -> None:
    controller.ask("kiosk1", c.KioskStarted("2026-11-20", {"A": 17}))

    assert controller.take() == "A001"
