"""A slip for whoever is transferred: one each, from a kiosk that is asked to, never for an old one (R-KIOSK-12)."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printer import Line, Printed
from firmware_py.controller.publishing import PRIVATE
from firmware_py.core import events as e
from firmware_py.link import Received, encode
from firmware_py.link.payloads import PublicEvent
from firmware_py.runtime.port_reports import PortDown
from kiosk.choices import Habits
from kiosk.effects import PrintTransfer
from kiosk.paper import transfer_sheet
from kiosk.transfers import LATE_MS
from tests.hall.small_hall import HOUR, NINE, PLAN, TOPICS
from tests.kiosk.waiting import Kiosk, commands, only

TOPIC = TOPICS.event("transferred")
HABITS = Habits(transfer_slips=True)


def told(seq: int = 7, *, at: int = NINE, target: int = 0) -> bytes:
    """The event as the controller publishes it."""
    data = {"at": at, "ticket": "A001", "desk": 1, "service": "realty", "reason": "走错", "target": target}
    raw = msgspec.Raw(msgspec.json.encode(data))
    return encode(PublicEvent(f"log-1:{seq}", "hall/v1/small", "transferred", "2026-11-21T09:00:00+08:00", raw))


@pytest.mark.req("R-KIOSK-12", "R-CORE-14")
def test_a_transfer_is_one_slip_however_often_the_bus_says_it() -> None:
    kiosk = Kiosk(habits=HABITS)

    [sheet] = only(kiosk.on(Received(TOPIC, told())), PrintTransfer)

    assert sheet == PrintTransfer("A001", "realty", 0, NINE + 8 * HOUR)
    assert only(kiosk.on(Received(TOPIC, told())), PrintTransfer) == []
    assert len(only(kiosk.on(Received(TOPIC, told(8))), PrintTransfer)) == 1, "transferred once more"


@pytest.mark.req("R-KIOSK-12")
def test_an_old_transfer_one_while_nothing_prints_and_one_at_another_kiosk_is_no_slip() -> None:
    assert only(Kiosk().on(Received(TOPIC, told())), PrintTransfer) == [], "this kiosk was not asked to"
    kiosk = Kiosk(habits=HABITS)
    assert only(kiosk.on(Received(TOPIC, told(at=NINE - LATE_MS - 1))), PrintTransfer) == []
    starting = Kiosk(habits=HABITS, linked=False)
    assert only(starting.on(Received(TOPIC, told())), PrintTransfer) == [], "what time it is is not known yet"
    kiosk.on(PortDown("printer", "paper_out", ""))
    assert only(kiosk.on(Received(TOPIC, told(9))), PrintTransfer) == []


@pytest.mark.req("R-KIOSK-12")
@pytest.mark.parametrize("outcome", list(Printed))
def test_what_becomes_of_it_is_no_outcome_of_the_numbers_own_slip(outcome: Printed) -> None:
    kiosk = Kiosk(habits=HABITS)
    kiosk.on(Received(TOPIC, told()))

    assert commands(kiosk.printed("transfer:A001", outcome, "paper_out")) == []


@pytest.mark.req("R-KIOSK-12")
@pytest.mark.parametrize(("target", "where"), [(2, "请到B区2号窗口咨询或办理"), (0, "请到B区1-3号窗口咨询或办理")])
def test_the_slip_says_the_number_and_where_to_go(target: int, where: str) -> None:
    slip = transfer_sheet(PLAN, PrintTransfer("A001", "realty", target, NINE + 8 * HOUR))
    lines = [each for each in slip.elements if isinstance(each, Line)]

    assert max(lines, key=lambda line: line.size).text == "A001"
    assert where in [line.text for line in lines]


@pytest.mark.req("R-SYNC-02")
@given(st.binary(max_size=200) | st.builds(encode, st.dictionaries(st.text(), st.integers())))
def test_any_payload_is_a_transfer_or_nothing(payload: bytes) -> None:
    assert only(Kiosk(habits=HABITS).on(Received(TOPIC, payload)), PrintTransfer) == []


def test_a_slip_is_made_of_what_the_event_publishes() -> None:
    assert {"at", "ticket", "service", "target"} <= set(e.Transferred.__struct_fields__) - PRIVATE[e.Transferred]
