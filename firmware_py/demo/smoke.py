"""``hall demo --smoke``: one visit over HTTP, a line for each step; what a script, or a doubtful person, may run."""

import http.client
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware_py.demo.serving import running

PATIENCE_S = 8.0
"""How long one step may take; it is only ever reached when something is wrong."""
OPENING_S = 20.0
"""How long a dozen processes may take to start on a slow machine that does something else as well."""


class SmokeFailure(Exception):
    """A step did not come true in time."""


class Visit:
    """A person at the front panel, over HTTP."""

    def __init__(self, url: str) -> None:
        self._host = url.removeprefix("http://")

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """One call; the answer's JSON.

        Raises:
            SmokeFailure: the panel refused.
        """
        connection = http.client.HTTPConnection(self._host, timeout=PATIENCE_S)
        try:
            connection.request(method, path, None if body is None else json.dumps(body))
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status >= 400:
            raise SmokeFailure(f"{method} {path}: {answer.status} {text}")
        return json.loads(text)

    def until(self, what: str, condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
        """What ``condition`` gives once it gives something.

        Raises:
            SmokeFailure: it never did; ``what`` says what was waited for.
        """
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            found = condition()
            if found:
                return found
            time.sleep(0.02)
        raise SmokeFailure(f"等了 {patience_s:g} 秒,没有等到:{what}")

    def desk(self, number: int) -> Any:
        """One desk of ``GET /api/hall``."""
        return next(desk for desk in self.ask("GET", "/api/hall")["desks"] if desk["id"] == number)


def smoke(*, state: Path | None, config: Path | None, mqtt: bool) -> int:
    """Run one visit on a hall of its own; 0 when every step came true."""
    begun = time.monotonic()

    def say(step: str) -> None:
        print(f"{time.monotonic() - begun:6.2f} s  {step}", flush=True)

    try:
        with running(state=state, config=config, mqtt=mqtt) as url:
            say(f"大厅开门 {url}" + (" (mosquitto,独立进程)" if mqtt else ""))
            _visit(Visit(url), say)
    except SmokeFailure as failure:
        say(f"失败:{failure}")
        return 1
    say("大厅关门,全部通过")
    return 0


def _open(visit: Visit) -> Any:
    """The hall once numbers are issued and every kiosk, desk and daemon is there; None before."""
    hall = visit.ask("GET", "/api/hall")
    signs = [each["sign"] for each in (*hall["kiosks"], *hall["desks"])]
    starting = [device for device in hall["devices"] if device["status"] != "ok"]
    invited = all("请您" in kiosk["sign"] for kiosk in hall["kiosks"])
    return hall if hall["issuing"] and all(signs) and invited and not starting else None


def _visit(visit: Visit, say: Callable[[str], None]) -> None:
    hall = visit.until("大厅可以取号", lambda: _open(visit), OPENING_S)
    kiosk, service = hall["kiosks"][0]["id"], hall["services"][0]["id"]
    name = hall["services"][0]["name"]
    number = next(desk["id"] for desk in hall["desks"] if name in desk["services"])
    slips = f"/api/kiosk/{kiosk}/slips"
    before = len(visit.ask("GET", slips)["slips"])
    visit.ask("POST", f"/api/kiosk/{kiosk}/press", {"service": service})
    slip = visit.until("号票", lambda: visit.ask("GET", slips)["slips"][before:])[0]
    ticket = next(run["text"] for run in slip["runs"] if run["kind"] == "text" and run["width"] >= 3)
    say(f"① 取号:{ticket},号票 {len(slip['text'].splitlines())} 行")

    def press(key: str) -> None:
        visit.ask("POST", f"/api/desk/{number}/key", {"key": key})

    if visit.desk(number)["staff"] is None:
        press("login")
        visit.until("登录", lambda: visit.desk(number)["staff"])
    press("next")
    sign = visit.until("窗口屏显示号码", lambda: ticket in (seen := visit.desk(number))["sign"] and seen["sign"])
    visit.until("大厅屏显示号码", lambda: ticket in visit.ask("GET", "/api/hall")["board"])
    spoken = visit.until("语音", lambda: visit.ask("GET", "/api/voice")["sounds"])
    say(f"② 叫号:窗口屏“{sign}”,语音“{spoken[-1]['text']}”")
    press("arrive")
    visit.until("办理中", lambda: visit.desk(number)["state"] == "serving")
    say("③ 到窗:办理中")
    press("finish")
    visit.until("评价器亮起", lambda: visit.desk(number)["invited"])
    visit.ask("POST", f"/api/evaluator/{number}/key", {"key": 5})
    visit.until("评价", lambda: visit.desk(number)["rated"])
    say("④ 评价:已评价")
    visit.ask("POST", f"/api/phone/{number}", {"rings": 1, "then": "answer"})
    visit.until("来电", lambda: visit.desk(number)["phone"]["ring"] == 1)
    visit.until("接听", lambda: visit.desk(number)["phone"]["talking"])
    say("⑤ 电话:响 1 声后接听")
    records = visit.ask("GET", "/api/journal?after=0")["records"]
    kinds = {record["type"] for record in records}
    missing = {"taken", "printed", "called", "arrived", "finished", "rated", "phone_answered"} - kinds
    if missing:
        raise SmokeFailure(f"流水账里没有:{' '.join(sorted(missing))}")
    say(f"流水账 {len(records)} 条")
