"""A demo hall for tests: the real thing in threads, its front panel spoken to over HTTP."""

import http.client
import json
import time
from collections.abc import Callable
from typing import Any

PATIENCE_S = 10.0


class Panel:
    """The front panel at ``url``."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._host = url.removeprefix("http://")

    def call(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Status and JSON of one call; ``body`` bytes go out as they are."""
        connection = http.client.HTTPConnection(self._host, timeout=PATIENCE_S)
        try:
            payload = body if isinstance(body, bytes | None) else json.dumps(body).encode()
            connection.request(method, path, payload)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def get(self, path: str) -> Any:
        status, found = self.call("GET", path)
        assert status == 200, found
        return found

    def post(self, path: str, body: object) -> None:
        status, found = self.call("POST", path, body)
        assert status == 202, found

    def hall(self) -> Any:
        return self.get("/api/hall")

    def desk(self, number: int) -> Any:
        return next(desk for desk in self.hall()["desks"] if desk["id"] == number)

    def key(self, number: int, key: str) -> None:
        self.post(f"/api/desk/{number}/key", {"key": key})

    def press(self, service: str = "social", klass: str = "X") -> None:
        self.post("/api/kiosk/kiosk1/press", {"service": service, "klass": klass})

    def scan(self, code: str) -> None:
        self.post("/api/kiosk/kiosk1/scan", {"code": code})

    def duty(self, command: dict[str, object]) -> None:
        self.post("/api/duty", {"command": command})

    def slips(self) -> Any:
        return self.get("/api/kiosk/kiosk1/slips")["slips"]

    def journal(self, after: int = 0) -> Any:
        return self.get(f"/api/journal?after={after}")["records"]

    def until(self, condition: Callable[[], Any], what: str, patience_s: float = PATIENCE_S) -> Any:
        """What ``condition`` gives once it gives something; the hall follows in its own time."""
        deadline = time.monotonic() + patience_s
        while not (found := condition()):
            assert time.monotonic() < deadline, f"waited {patience_s:g} s for {what}"
            time.sleep(0.02)
        return found

    def ready(self) -> None:
        """The hall issues numbers, its printer answers, its desks are known."""
        self.until(lambda: (hall := self.hall())["issuing"] and hall["kiosks"][0]["printer"]["online"], "an open hall")
        self.until(lambda: all(desk["sign"] for desk in self.hall()["desks"]), "the signs")
        self.until(lambda: "请您" in self.hall()["kiosks"][0]["sign"], "the kiosk's sign")

    def take(self, service: str = "social", klass: str = "X") -> Any:
        """Press, and the slip that comes out."""
        before = len(self.slips())
        self.press(service, klass)
        return self.until(lambda: self.slips()[before:], "a slip")[0]


def number_on(slip: Any) -> str:
    """The number, which is the largest thing on the paper (R-KIOSK-03)."""
    runs = [run for run in slip["runs"] if run["kind"] == "text"]
    return str(max(runs, key=lambda run: run["height"])["text"])
