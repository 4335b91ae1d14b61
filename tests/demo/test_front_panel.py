"""The front panel's calls, exactly as design 7 names them, on a whole hall in threads."""

import base64
import io
import re
import wave
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from firmware_py.demo import front_panel
from firmware_py.demo.pressing import WIRE_KEYS
from firmware_py.demo.serving import running
from tests.demo.hall_page import Panel, number_on

HALL_KEYS = {"services", "kiosks", "desks", "devices", "seq"}
DESK_KEYS = {"id", "name", "services", "state", "ticket", "sign", "refused"}


def test_the_hall_at_a_glance_has_at_least_what_scripts_rely_on(panel: Panel) -> None:
    hall = panel.hall()
    assert hall.keys() >= HALL_KEYS
    assert all(service.keys() >= {"id", "prefix", "name", "waiting"} for service in hall["services"])
    assert [kiosk["id"] for kiosk in hall["kiosks"]] == ["kiosk1"]
    assert all(desk.keys() >= DESK_KEYS for desk in hall["desks"])
    assert all(device.keys() >= {"id", "kind", "status"} for device in hall["devices"])
    assert isinstance(hall["seq"], int)


@pytest.mark.req("R-KIOSK-01", "R-KIOSK-03", "R-CALL-01", "R-EVAL-01", "R-EVAL-06", "R-EVAL-07")
def test_one_visit_from_press_to_rating(panel: Panel) -> None:
    slip = panel.take("realty")
    ticket = number_on(slip)
    assert ticket.startswith("B")
    raw = base64.b64decode(slip["bytes"])
    assert raw.decode("gb18030", errors="ignore").count(ticket) == 1
    assert "阳光区政务服务大厅" in slip["text"]
    assert "12345" in slip["text"]
    panel.key(2, "login")
    panel.until(lambda: panel.desk(2)["staff"], "the session")
    panel.key(2, "next")
    panel.until(lambda: panel.desk(2)["sign"] == ticket, "the sign")
    assert panel.desk(2)["ticket"] == ticket
    panel.until(lambda: ticket in panel.get("/api/board")["text"], "the board")
    sign = panel.get("/api/desk/2/sign")
    assert ticket.encode() in base64.b64decode(sign["frames"][-1])
    spoken = panel.until(lambda: [s for s in panel.get("/api/voice")["sounds"] if s["where"] == "hall"], "the voice")
    assert spoken[-1]["text"].endswith("号到二号窗口办理")
    with wave.open(io.BytesIO(base64.b64decode(spoken[-1]["wav"])), "rb") as sound:
        assert sound.getnframes() > sound.getframerate()  # longer than a second
    panel.key(2, "arrive")
    panel.until(lambda: panel.desk(2)["state"] == "serving", "the citizen at the desk")
    panel.key(2, "finish")
    panel.until(lambda: panel.desk(2)["invited"], "the invitation")
    assert panel.desk(2)["sign"] == "请评价" or "评价" in panel.desk(2)["sign"]
    panel.post("/api/evaluator/2/key", {"key": 1})
    panel.until(lambda: panel.desk(2)["rated"], "the rating")
    assert not any("level" in str(record["text"]) or "不满意" in record["text"] for record in panel.journal())
    kinds = [record["type"] for record in panel.journal() if record["ticket"] == ticket]
    assert kinds[:7] == ["taken", "printed", "called", "arrived", "finished", "rating_opened", "rated"]


@pytest.mark.req("R-CORE-06")
def test_priority_goes_first_and_the_journal_says_why(panel: Panel) -> None:
    ordinary = number_on(panel.take("general"))
    priority = number_on(panel.take("general", "G"))
    assert ordinary[0] == priority[0] == "C"  # the prefix is neutral
    for number in (1, 3):  # a desk that is the last one for a service is not left without more ado (R-CORE-25)
        panel.key(number, "login")
        panel.until(lambda number=number: panel.desk(number)["staff"], "the session")
    panel.key(1, "next")
    panel.until(lambda: panel.desk(1)["ticket"] == priority, "the priority ticket")
    called = [record for record in panel.journal() if record["type"] == "called" and record["ticket"] == priority]
    assert called[0]["why"]
    panel.key(1, "arrive")
    panel.until(lambda: panel.desk(1)["state"] == "serving", "the citizen")
    panel.key(1, "hold")
    panel.until(lambda: panel.desk(1)["held"] == [priority], "the ticket put aside")
    panel.key(1, "resume_ticket")
    panel.until(lambda: panel.desk(1)["ticket"] == priority, "the ticket again")
    panel.key(1, "pause")
    panel.until(lambda: panel.desk(1)["state"] == "pause_pending", "the pending pause")
    panel.key(1, "resume_desk")
    panel.until(lambda: panel.desk(1)["state"] == "serving", "no pause")


@pytest.mark.req("R-CALL-05", "R-CORE-23")
def test_a_pause_changes_the_sign_and_comes_back(panel: Panel) -> None:
    panel.key(3, "login")
    panel.until(lambda: panel.desk(3)["staff"], "the session")
    panel.key(3, "pause")
    panel.until(lambda: panel.desk(3)["sign"] == "暂停服务", "the sign")
    panel.key(3, "next")
    refused = panel.until(lambda: panel.desk(3)["refused"], "the refusal")
    assert "恢复服务" in refused
    panel.key(3, "resume_desk")
    panel.until(lambda: "窗口" in panel.desk(3)["sign"], "the sign")
    assert panel.desk(3)["refused"] is None
    panel.key(3, "wait")
    panel.until(lambda: panel.desk(3)["sign"] == "请稍候", "the sign")
    panel.key(3, "resume_desk")
    panel.until(lambda: panel.desk(3)["state"] == "ready", "the desk")


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ({"paper": "out"}, {"paper": "ok"}),
        ({"cover": "open"}, {"cover": "closed"}),
        ({"cable": "out"}, {"cable": "in"}),
    ],
)
def test_a_printer_in_trouble_refuses_politely_and_recovers_by_itself(
    panel: Panel, broken: dict[str, str], mended: dict[str, str]
) -> None:
    panel.post("/api/kiosk/kiosk1/printer", broken)
    panel.until(lambda: panel.hall()["kiosks"][0]["fault"], "the fault on the page")
    panel.until(lambda: "对不起" in panel.hall()["kiosks"][0]["sign"], "the polite sign")
    slips, waiting = len(panel.slips()), panel.hall()["waiting"]
    panel.press("general")
    panel.post("/api/kiosk/kiosk1/printer", mended)
    panel.until(lambda: not panel.hall()["kiosks"][0]["fault"], "the printer to be well again")
    panel.until(lambda: "请您" in panel.hall()["kiosks"][0]["sign"], "the invitation to press")
    assert len(panel.slips()) == slips
    assert panel.hall()["waiting"] == waiting


@pytest.mark.req("R-KIOSK-02")
def test_the_lamp_in_a_button_shines_while_a_press_would_be_taken(panel: Panel) -> None:
    def lamps() -> Any:
        return panel.hall()["kiosks"][0]["lamps"]

    assert len(lamps()) == 6
    panel.until(lambda: all(lamps().values()), "every lamp")
    panel.post("/api/fault", {"device": "kiosk1/printer", "fault": "cover_open", "on": True})
    panel.until(lambda: not any(lamps().values()), "the dark")
    panel.post("/api/fault", {})
    panel.until(lambda: all(lamps().values()), "every lamp again")
    assert panel.hall()["kiosks"][0]["printer"]["cover"] == "closed"


def test_wrong_requests_are_answered_in_words_and_change_nothing(panel: Panel) -> None:
    before = panel.hall()["seq"]
    wrong: list[tuple[str, object, int]] = [
        ("/api/kiosk/kiosk1/press", {"service": "nothing"}, 422),
        ("/api/kiosk/kiosk9/press", {"service": "social"}, 404),
        ("/api/kiosk/kiosk1/press", b"\xff{", 422),
        ("/api/kiosk/kiosk1/press", {"service": 5}, 422),
        ("/api/kiosk/kiosk1/printer", {"paper": "wet"}, 422),
        ("/api/desk/1/key", {"key": "dance"}, 422),
        ("/api/desk/99/key", {"key": "next"}, 404),
        ("/api/evaluator/1/key", {"key": 6}, 422),
        ("/api/phone/1", {"rings": 0}, 422),
        ("/api/scene", {"scene": "flood"}, 422),
        ("/api/fault", {"device": "kiosk1/engine", "fault": "silent", "on": True}, 404),
        ("/api/fault", {"device": "kiosk1/printer", "fault": "stuck_ring", "on": True}, 422),
    ]
    for path, body, status in wrong:
        found, answer = panel.call("POST", path, body)
        assert (found, bool(answer["error"])) == (status, True), path
    assert panel.call("GET", "/api/journal?after=x")[0] == 422
    assert panel.hall()["seq"] == before


@pytest.mark.req("R-PHONE-03", "R-PHONE-05")
def test_a_telephone_answered_after_one_ring(panel: Panel) -> None:
    panel.post("/api/phone/1", {"rings": 1, "then": "answer"})
    busy, answer = panel.call("POST", "/api/phone/1", {"rings": 1})
    assert (busy, "电话" in answer["error"]) == (409, True)
    panel.until(lambda: panel.desk(1)["phone"]["ring"] == 1, "the ring")
    assert any("请问有什么可以帮您" in prompt for prompt in panel.desk(1)["prompts"])
    panel.until(lambda: panel.desk(1)["phone"]["talking"], "the conversation")
    assert [record["type"] for record in panel.journal()][-1] == "phone_answered"


def test_the_journal_reads_on_from_where_one_stopped(panel: Panel) -> None:
    records = panel.journal()
    assert [record["seq"] for record in records] == list(range(1, len(records) + 1))
    assert panel.journal(after=records[-1]["seq"]) == []
    assert all(record["text"] for record in records)
    datetime.strptime(records[0]["wall"], "%Y-%m-%dT%H:%M:%S.%fZ")


def test_a_page_that_connects_sees_the_state_at_once(panel: Panel) -> None:
    import http.client

    connection = http.client.HTTPConnection(panel.url.removeprefix("http://"), timeout=5)
    connection.request("GET", "/api/events")
    answer = connection.getresponse()
    seen = b""
    while b'"services"' not in seen:
        seen += answer.read1(4096)
    answer.close()
    connection.close()
    assert seen.startswith(b"retry:")
    assert b"event: state" in seen


@pytest.mark.req("R-PHONE-04", "R-PHONE-05")
def test_a_neighbour_who_takes_the_call_is_who_answered_it(panel: Panel) -> None:
    for number in (1, 3):
        if panel.desk(number)["staff"] is None:
            panel.key(number, "login")
    panel.until(lambda: panel.desk(1)["phone"]["line"] == "idle", "a quiet telephone", 20)
    panel.key(2, "pause")
    panel.until(lambda: panel.desk(2)["state"] == "paused", "desk 2 to be away")
    panel.post("/api/phone/2", {"rings": 4, "then": "stop"})
    panel.until(lambda: 2 in panel.desk(3)["neighbours"], "the neighbour to be asked")
    panel.key(3, "pickup")
    panel.until(lambda: panel.desk(2)["phone"]["talking"], "the conversation")
    answered = next(record for record in panel.journal() if record["type"] == "phone_answered" and record["desk"] == 3)
    assert "3号窗口" in answered["text"]


@pytest.mark.req("R-CORE-16", "R-CORE-20")
def test_after_closing_time_comes_a_new_morning_with_new_numbers() -> None:
    with running(state=None, config=None, mqtt=False) as url:
        panel = Panel(url)
        panel.ready()
        assert number_on(panel.take("social")) == "A001"
        panel.post("/api/scene", {"scene": "closing"})
        panel.until(lambda: not panel.hall()["issuing"], "closing time")
        panel.post("/api/scene", {"scene": "morning"})
        panel.until(lambda: (hall := panel.hall())["issuing"] and hall["powered"], "the new day", 20)
        panel.ready()
        assert number_on(panel.take("social")) == "A001"
        kinds = [record["type"] for record in panel.journal()]
        assert kinds.count("day_opened") == 2
        assert kinds.count("unserved") == 1  # who was left waiting stands on the day sheet


def test_every_call_and_every_key_of_the_pad_stands_in_the_document() -> None:
    document = (Path(__file__).parents[2] / "docs" / "front-panel.md").read_text(encoding="utf-8")
    source = Path(front_panel.__file__).read_text(encoding="utf-8")
    calls = {call.replace(":int", "") for call in re.findall(r'Route\("(/api/[^"]+)"', source)}
    assert len(calls) > 10
    assert {call for call in calls if call not in document} == set()
    assert {word for word in WIRE_KEYS if word not in document} == set()
