"""What must not travel: nonces, levels, classes, people (R-EVAL-04, R-EVAL-06, R-SYNC-02)."""

from collections.abc import Callable
from typing import get_args

import msgspec
import pytest

from firmware_py.controller.publishing import PRIVATE, Publishing
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.rating import nonce
from firmware_py.link import Kind, parse
from tests.controller.brains import SECRET, Controller, Edge, genuine_press
from tests.hall.small_hall import TOPICS
from tests.phrases.test_telling import TOLD

PERSONAL = {
    *("staff", "acting_for", "approver", "by", "contributors", "inspector"),
    *("level", "klass", "elapsed_ms", "plan", "rule", "caller", "code", "booking", "redeems"),
}
"""Who somebody is, what somebody is, what somebody pressed, and why somebody was called first."""


def a_day(controller: Controller, evaluator: Edge) -> tuple[str, str]:
    """Two visits, a correction, a phone, a pause; the nonces of both windows."""
    first = controller.finish_a_visit()
    press = genuine_press(controller, first, 1)
    nonces = [nonce(SECRET, controller.log, press.window_seq)]
    again = genuine_press(controller, first, 2, 4000)
    controller.hears("desk1-eval", evaluator.keep(press, again, f.WindowLocked(1, controller.log, press.window_seq)))
    controller.do("kiosk1", c.Take("social", "G"))
    controller.ask("desk1", c.Transfer(1, "realty"))
    second = controller.finish_a_visit()
    nonces.append(nonce(SECRET, controller.log, controller.hall.tickets[second].window_seq))
    controller.do("desk2", c.Pause(2))
    controller.memory.snapshot()
    return nonces[0], nonces[1]


@pytest.mark.req("R-EVAL-04")
def test_a_nonce_stands_in_no_byte_but_on_the_paired_evaluators_topic(
    controller: Controller, edge: Callable[[str], Edge]
) -> None:
    evaluator = edge("desk1-eval")
    nonces = a_day(controller, evaluator)

    everything = {
        **{str(path): path.read_bytes() for path in controller.folder.iterdir() if path.is_file()},
        **{f"{place}: {each.topic}": each.payload for place, each in enumerate(controller.published)},
    }
    assert any(name.endswith("-wal") for name in everything)
    assert any(".snapshot-" in name for name in everything)
    for hidden in (*nonces, SECRET.decode(), SECRET.hex()):
        found = {name for name, content in everything.items() if hidden.encode() in content}
        found |= {
            name for name, content in everything.items() if len(hidden) == 64 and bytes.fromhex(hidden) in content
        }
        assert all(name.endswith(TOPICS.rating("desk1-eval")) for name in found), found
    assert any(nonces[1].encode() in each.payload for each in controller.published), "the evaluator does get it"


@pytest.mark.req("R-EVAL-06", "R-SYNC-02")
def test_no_published_byte_tells_what_a_citizen_pressed_or_who_serves_under_what_class(
    controller: Controller, edge: Callable[[str], Edge]
) -> None:
    a_day(controller, edge("desk1-eval"))

    rated = [event for event in controller.events if event.type in {"rated", "rating_corrected"}]
    assert [msgspec.json.decode(event.data).keys() for event in rated] == [{"at", "ticket", "desk"}] * 2
    for event in controller.events:
        assert not PERSONAL & msgspec.json.decode(event.data).keys(), event
    assert {event.type for event in controller.events} >= {"taken", "called", "finished", "logged_in"}


@pytest.mark.req("R-EVAL-06", "R-SYNC-02")
@pytest.mark.parametrize("event", [event for event, _ in TOLD], ids=lambda event: str(event.__struct_config__.tag))
def test_no_kind_of_event_travels_with_what_it_hides(event: e.HallEvent) -> None:
    published = Publishing(TOPICS, SECRET).event("hall", "log", 7, event, 0)

    told = msgspec.json.decode(published.payload)["data"]
    assert not PRIVATE.get(type(event), frozenset()) & told.keys()
    assert not PERSONAL & told.keys()


@pytest.mark.req("R-SYNC-02")
@pytest.mark.parametrize("kind", get_args(e.HallEvent), ids=lambda kind: str(kind.__struct_config__.tag))
def test_every_event_hides_its_personal_fields(kind: type[e.Event]) -> None:
    assert PERSONAL & set(kind.__struct_fields__) <= PRIVATE.get(kind, frozenset())


@pytest.mark.req("R-SYNC-02")
def test_a_private_field_is_one_that_exists() -> None:
    for kind, fields in PRIVATE.items():
        assert fields <= set(kind.__struct_fields__), kind


@pytest.mark.req("R-SYNC-02")
def test_an_event_is_a_cloud_event_named_by_its_place_in_the_journal(controller: Controller) -> None:
    controller.events.clear()
    controller.take()

    first, second = controller.events
    head = controller.memory.journal.head.seq
    assert [event.id for event in (first, second)] == [f"{controller.log}:{head - 1}", f"{controller.log}:{head}"]
    assert [event.type for event in (first, second)] == ["taken", "printed"]
    assert first.source == "hall/v1/h1"
    assert first.time == "2026-11-21T01:00:00.000Z"


@pytest.mark.req("R-EVAL-04", "R-CORE-01")
def test_the_window_is_told_to_the_paired_evaluator_and_taken_back(
    controller: Controller, edge: Callable[[str], Edge]
) -> None:
    number = controller.finish_a_visit()
    opened = controller.told[TOPICS.rating("desk1-eval")]
    seq = controller.hall.tickets[number].window_seq

    assert msgspec.json.decode(opened)["nonce"] == nonce(SECRET, controller.log, seq)
    assert msgspec.json.decode(controller.told[TOPICS.rating("desk2-eval")])["nonce"] == ""
    press = genuine_press(controller, number, 5)
    controller.hears("desk1-eval", edge("desk1-eval").keep(press, f.WindowLocked(1, controller.log, seq)))
    assert msgspec.json.decode(controller.told[TOPICS.rating("desk1-eval")])["nonce"] == ""


@pytest.mark.req("R-SYNC-02")
def test_everything_published_has_a_topic_of_the_table(controller: Controller, edge: Callable[[str], Edge]) -> None:
    a_day(controller, edge("desk1-eval"))

    kinds = {address.kind for each in controller.published if (address := parse(each.topic))}
    assert kinds and all(parse(each.topic) for each in controller.published)
    assert kinds == {
        Kind.EVENT,
        Kind.STATE_DESK,
        Kind.STATE_QUEUE,
        Kind.STATE_BOARD,
        Kind.STATE_HALL,
        Kind.RATING,
        Kind.ACK,
    }
