"""The verbs beyond a plain visit over HTTP: transfers, appointments, stand-ins, tides, duty panel, the next morning."""

import contextlib
import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from firmware_py.demo.serving import running
from tests.demo.hall_page import Panel, number_on


@pytest.fixture
def panel() -> Iterator[Panel]:
    """A hall of its own for each: a rating that stays open would hold up the next citizen at the same desk."""
    with running(state=None, config=None, mqtt=False) as url:
        made = Panel(url)
        made.ready()
        yield made


def refused(panel: Panel, command: dict[str, object]) -> Any:
    """Ask it at the duty panel; what the page is told of the refusal."""
    connection = http.client.HTTPConnection(panel.url.removeprefix("http://"), timeout=5)
    with contextlib.closing(connection):
        connection.request("GET", "/api/events")
        with connection.getresponse() as answer:
            kind, asked = "", False
            while line := answer.readline().decode():
                if line.startswith("event: "):
                    kind = line.removeprefix("event: ").strip()
                elif line.startswith("data: ") and kind == "refused":
                    return json.loads(line.removeprefix("data: "))
                elif line.startswith("data: ") and not asked:
                    asked = True  # the page has its first state: from now on it misses nothing
                    panel.duty(command)
    raise AssertionError("the demo ended")


def free(panel: Panel, number: int) -> None:
    """Somebody sits at the desk and has nobody before them."""
    if panel.desk(number)["staff"] is None:
        panel.key(number, "login")
    panel.until(lambda: panel.desk(number)["state"] in {"ready", "rating"}, f"desk {number} to be free")


def serve(panel: Panel, number: int, ticket: str) -> None:
    """The desk calls, and the ticket is the one that comes."""
    panel.key(number, "next")
    panel.until(lambda: panel.desk(number)["ticket"] == ticket, f"{ticket} at desk {number}")
    panel.key(number, "arrive")
    panel.until(lambda: panel.desk(number)["state"] == "serving", "the citizen")


def finish(panel: Panel, number: int) -> None:
    panel.key(number, "finish")
    panel.until(lambda: panel.desk(number)["state"] == "rating", "the end of the visit")


def told(panel: Panel, kind: str, ticket: str = "") -> Any:
    """The newest record of this kind once there is one."""
    return panel.until(
        lambda: [each for each in panel.journal() if each["type"] == kind and (not ticket or each["ticket"] == ticket)],
        kind,
    )[-1]


@pytest.mark.req("R-CORE-14", "R-DESK-01", "R-CORE-29")
def test_a_ticket_is_transferred_with_the_digits_of_the_pad_and_keeps_its_number(panel: Panel) -> None:
    ticket = number_on(panel.take("social"))
    assert panel.until(lambda: panel.hall()["services"][0]["numbers"], "the queue") == [ticket]
    for number in (1, 2, 3):
        free(panel, number)
    serve(panel, 1, ticket)
    panel.post("/api/desk/1/key", {"key": "transfer", "target": 2})
    assert "2号窗口" in told(panel, "transferred", ticket)["text"]
    panel.until(lambda: panel.hall()["services"][1]["numbers"] == [ticket], "the ticket in the other queue")
    panel.key(1, "undo")
    panel.until(lambda: panel.desk(1)["ticket"] == ticket, "the transfer to be taken back")
    told(panel, "transfer_undone", ticket)
    panel.post("/api/desk/1/key", {"key": "transfer", "service": "realty"})
    panel.until(lambda: panel.desk(1)["ticket"] is None, "the transfer")
    serve(panel, 2, ticket)
    finish(panel, 2)
    for wrong in ({"key": "transfer", "service": "fishing"}, {"key": "transfer", "target": 100}):
        assert panel.call("POST", "/api/desk/1/key", wrong)[0] == 422


@pytest.mark.req("R-CORE-15", "R-CORE-26", "R-DESK-01", "R-DESK-07")
def test_items_absences_stand_ins_and_help_at_one_desk(panel: Panel) -> None:
    free(panel, 1)
    ticket = number_on(panel.take("social", "G"))
    serve(panel, 1, ticket)
    items = panel.until(lambda: panel.desk(1)["items"], "the items of the service")
    panel.post("/api/desk/1/key", {"key": "add_item", "item": items[1]})
    assert items[1] in told(panel, "item_added", ticket)["text"]
    assert panel.call("POST", "/api/desk/1/key", {"key": "add_item", "item": "钓鱼"})[0] == 422
    panel.key(1, "interrupt")
    panel.until(lambda: panel.desk(1)["interrupted"], "the clerk to be away")
    assert panel.desk(1)["next_keys"] == ["resume_desk"]
    panel.key(1, "resume_desk")
    panel.until(lambda: not panel.desk(1)["interrupted"], "the clerk to be back")
    panel.key(1, "stand_in")
    panel.until(lambda: panel.desk(1)["staff"] == "2001", "the stand-in")
    assert panel.desk(1)["ticket"] == ticket, "the desk is taken over as it stands"
    panel.key(1, "assist")
    alert = panel.until(lambda: panel.hall()["duty"]["alerts"], "the alert")[0]
    assert (alert["kind"], alert["subject"]) == ("assist", "1")
    panel.duty({"type": "end_assist", "desk": 1})
    panel.until(lambda: not panel.hall()["duty"]["alerts"], "the alert to be over")
    panel.key(1, "stand_in")
    panel.until(lambda: panel.desk(1)["staff"] == "1001", "the way back")
    finish(panel, 1)


@pytest.mark.req("R-CORE-08", "R-KIOSK-07", "R-KIOSK-08")
def test_an_appointment_checks_in_and_a_holder_reports_back_at_the_code_reader(panel: Panel) -> None:
    day, clock = panel.hall()["time"].split(" ")
    hour = int(clock[:2])
    booking = {"type": "book", "service": "general", "day": day, "starts": f"{hour:02}:00", "ends": f"{hour + 1:02}:00"}
    panel.duty({**booking, "code": "K7M2"})
    assert panel.until(lambda: panel.hall()["duty"]["bookings"], "the booking")[0]["code"] == "K7M2"
    before = len(panel.slips())
    panel.scan("b:k7m2")
    ticket = number_on(panel.until(lambda: panel.slips()[before:], "the slip of the appointment")[0])
    panel.until(lambda: panel.hall()["duty"]["bookings"][0]["ticket"] == ticket, "the booking to be kept")
    panel.scan("B:NOSUCH")
    panel.until(lambda: "预约" in panel.hall()["kiosks"][0]["sign"], "what to do with a strange code")
    panel.scan("https://example.org")
    panel.until(lambda: "没有认出" in panel.hall()["kiosks"][0]["sign"], "what to do with something else")
    free(panel, 3)
    serve(panel, 3, ticket)
    panel.key(3, "hold")
    panel.until(lambda: panel.hall()["may_report"] == [ticket], "the ticket put aside")
    panel.scan(ticket)
    told(panel, "reported_back", ticket)
    panel.until(lambda: panel.hall()["may_report"] == [], "the way back to be known")
    panel.key(3, "next")
    panel.until(lambda: panel.desk(3)["ticket"] == ticket, "who is back to go first")
    panel.key(3, "arrive")
    panel.until(lambda: panel.desk(3)["state"] == "serving", "the citizen")
    finish(panel, 3)


@pytest.mark.req("R-CORE-07", "R-CORE-10", "R-DESK-05")
def test_the_duty_panel_grants_calls_voids_and_opens_the_tide(panel: Panel) -> None:
    first, second, third = (number_on(panel.take(each)) for each in ("realty", "social", "general"))
    fourth = number_on(panel.take("general", "G"))
    reason = {"reason": "老人身体不适"}
    panel.duty({"type": "grant", "ticket": fourth, **reason})
    told(panel, "granted", fourth)
    panel.duty({"type": "void", "ticket": third, **reason})
    told(panel, "voided", third)
    free(panel, 3)
    serve(panel, 3, fourth)
    finish(panel, 3)
    free(panel, 1)
    panel.duty({"type": "call_specific", "desk": 1, "ticket": second, **reason})
    panel.until(lambda: panel.desk(1)["ticket"] == second, "the ticket that was asked for")
    panel.key(4, "login")
    panel.until(lambda: panel.desk(4)["staff"], "the tidal desk")
    assert panel.desk(4)["tidal"] == ["社会保障", "不动产登记"]
    panel.duty({"type": "open_tide", "desk": 4})
    panel.until(lambda: panel.desk(4)["tide"] and "不动产登记" in panel.desk(4)["services"], "the tide")
    serve(panel, 4, first)
    finish(panel, 4)
    panel.duty({"type": "close_tide", "desk": 4})
    panel.until(lambda: not panel.desk(4)["tide"], "the tide to be over")
    panel.key(1, "arrive")
    panel.until(lambda: panel.desk(1)["state"] == "serving", "the citizen")
    finish(panel, 1)


@pytest.mark.req("R-CORE-30", "R-CORE-32", "R-CORE-17")
def test_an_emergency_freezes_the_hall_and_a_change_of_hours_is_announced(panel: Panel) -> None:
    panel.duty({"type": "emergency_pause", "reason": "消防演练"})
    panel.until(lambda: panel.hall()["duty"]["emergency"], "the emergency")
    slips = len(panel.slips())
    panel.press("general")
    panel.until(lambda: not panel.hall()["issuing"] or "对不起" in panel.hall()["kiosks"][0]["sign"], "the refusal")
    assert len(panel.slips()) == slips
    panel.duty({"type": "emergency_resume"})
    panel.until(lambda: not panel.hall()["duty"]["emergency"], "the end of it")
    panel.duty({"type": "announce_hours", "hours": ["09:00-16:30"], "effective": "2099-01-05", "reason": "系统升级"})
    told(panel, "hours_announced")
    answer = refused(panel, {"type": "close_day", "reason": "早点下班"})
    assert answer["instance"] == "duty"
    assert answer["text"]


@pytest.mark.req("R-SYNC-02", "R-DESK-05")
def test_what_the_duty_panel_cannot_read_is_told_and_changes_nothing(panel: Panel) -> None:
    before = panel.hall()["seq"]
    wrong: list[object] = [
        {},
        {"command": {"type": "dance"}},
        {"command": {"type": "grant", "ticket": "A001"}},
        {"command": {"type": "grant", "ticket": "A001", "reason": "x", "colour": "red"}},
        {"command": {"type": "open_tide", "desk": "four"}},
        b"\xff{",
    ]
    for body in wrong:
        status, answer = panel.call("POST", "/api/duty", body)
        assert (status, "请求写法不对" in answer["error"]) == (422, True), body
    for code in ("", "x" * 201):
        assert panel.call("POST", "/api/kiosk/kiosk1/scan", {"code": code})[0] == 422
    assert panel.call("POST", "/api/kiosk/kiosk9/scan", {"code": "A001"})[0] == 404
    answer = refused(panel, {"type": "grant", "ticket": "A999", "reason": "x"})
    assert "A999" in answer["text"]
    assert panel.hall()["seq"] == before


@pytest.mark.req("R-CORE-16", "R-CORE-21", "R-CORE-12")
def test_closing_counts_who_is_left_and_the_morning_after_a_power_cut_redeems_them(panel: Panel) -> None:
    day = panel.hall()["time"][:10]
    served, left = (number_on(panel.take("social", klass)) for klass in ("G", "X"))
    panel.post("/api/scene", {"scene": "closing"})
    panel.until(lambda: panel.hall()["reason"] == "issue_closed", "closing time")
    assert panel.hall()["waiting"] == 2
    free_late(panel)
    serve(panel, 1, served)
    assert panel.hall()["open"] == [served]
    assert panel.hall()["services"][0]["numbers"] == [left]
    panel.key(1, "logout")
    panel.until(lambda: panel.desk(1)["refused"], "the refusal to leave people behind")
    panel.key(1, "hold")
    panel.until(lambda: panel.desk(1)["held"] == [served], "the ticket put aside")
    panel.key(1, "next")
    panel.until(lambda: panel.desk(1)["ticket"] == left, "the next one")
    panel.key(1, "arrive")
    panel.until(lambda: panel.desk(1)["state"] == "serving", "the citizen")
    finish(panel, 1)
    panel.key(1, "next")
    panel.until(lambda: panel.hall()["final"] == [served], "the final call of the one put aside")
    panel.post("/api/scene", {"scene": "morning"})
    panel.until(lambda: (hall := panel.hall())["issuing"] and hall["powered"], "the new day", 20)
    panel.ready()
    assert panel.hall()["redeemable"] == [f"{day}/{served}"]
    ordinary = number_on(panel.take("social"))
    before = len(panel.slips())
    panel.scan(f"{day}/{served}")
    redeemed = number_on(panel.until(lambda: panel.slips()[before:], "the new slip")[0])
    assert redeemed == "A002"
    panel.until(lambda: panel.hall()["redeemable"] == [], "the old ticket to be used up")
    free(panel, 1)
    serve(panel, 1, redeemed)
    assert told(panel, "called", redeemed)["why"]
    assert panel.hall()["services"][0]["numbers"] == [ordinary]


def free_late(panel: Panel) -> None:
    """After closing time a desk may still be opened for those who wait."""
    panel.key(1, "login")
    panel.until(lambda: panel.desk(1)["staff"], "the session")
