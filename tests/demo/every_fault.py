"""What each kind of device does when it breaks, and how somebody standing there uses it; for ``test_breaking``."""

import time
from collections.abc import Callable
from itertools import count
from typing import Any, Final

from firmware_py import phrases
from tests.demo.hall_page import Panel

WORKS: Final = "works"
"""The fault is lived with: what is asked for is done."""
UNKNOWN: Final = "unknown"
"""Nothing is done, and nothing on this wire could tell: its silence is that of a device which nobody uses."""

SIGN: Final = {
    "unplugged": "offline",
    "silent": "offline",
    "garbage": WORKS,
    "lost_bytes": "offline",
    "slow": "offline",
    "wrong_checksum": "offline",
    "duplicate": WORKS,
    "refuses": "led_refused",
}
"""A font card answers, so that everything it does not do is known."""
PADS: Final = {
    "unplugged": "offline",
    "silent": UNKNOWN,
    "garbage": WORKS,
    "lost_bytes": WORKS,  # it sends again until it is answered
    "slow": WORKS,
    "wrong_checksum": "damaged_frames",
    "duplicate": WORKS,
    "stuck_key": WORKS,  # one press, and the other keys work; told after half a minute (the contract suite has a clock)
}
# a card that drags is one whose player does not end in time: told with each sentence
VOICE: Final = {"unplugged": "offline", "silent": "offline", "slow": "offline", "refuses": "offline"}
TOLD: Final[dict[str, dict[str, str]]] = {
    "printer": {
        "paper_low": "paper_low",
        "paper_out": "paper_out",
        "paper_out_mid_slip": "paper_out",
        "cover_open": "cover_open",
        "cutter": "cutter",
        "unplugged": "offline",
        "silent": "offline",
        "garbage": "offline",
        "lost_bytes": "offline",
        "slow": "offline",
        "duplicate": WORKS,
    },
    "buttons": {"unplugged": "offline", "silent": UNKNOWN, "garbage": WORKS, "stuck_key": WORKS},
    "reader": {
        "unplugged": "offline",
        "silent": UNKNOWN,
        "garbage": WORKS,
        "lost_bytes": UNKNOWN,  # a code with holes is nobody's code
        "duplicate": WORKS,
    },
    "sign": SIGN,
    "board": SIGN,
    "pad": PADS,
    "keypad": PADS,
    "voice": VOICE,
    "lines": {
        "stuck_ring": "stuck_ring",
        "no_loop": "no_loop",
        "unplugged": "offline",
        "garbage": WORKS,
        "stuck_hook": UNKNOWN,  # it looks like a conversation, for ten minutes
    },
}
"""Device → fault → what the hall says of it, or one of the words above."""

SERVICES: Final = ("social", "realty", "general")


class Somebody:
    """A person who walks through the hall and tries its devices. Each ``try_…`` says whether it did what it is for."""

    def __init__(self, panel: Panel, place: str) -> None:
        self.panel = panel
        self.place = place
        self.number = int(place.removeprefix("desk")) if place.startswith("desk") else 0
        self.device = ""
        """What is tried now, as the hall names it."""
        self.told = ""
        """What was read of it at any time since it was broken."""
        self._seq = 0
        self._presses = count()
        self._scans = count()

    # --- looking ------------------------------------------------------------------------------------------------------

    def reason(self, device: str) -> str:
        """Why the hall says that a device needs somebody, "" = it does not; its words are for people."""
        for each in self.panel.hall()["devices"]:
            instance, _, name = each["id"].partition("/")
            told_of = "lines" if name == "line" else name  # the telephone's line, and the detectors' wire
            if f"{instance}/{told_of}" == device:
                assert each["text"] == phrases.fault(each["status"]).staff != phrases.fault("nonsense").staff
                return str(each["status"])
        return ""

    def kiosk(self) -> Any:
        return next(each for each in self.panel.hall()["kiosks"] if each["id"] == self.place)

    def desk(self) -> Any:
        return self.panel.desk(self.number)

    def records(self, after: int) -> list[Any]:
        return list(self.panel.journal(after))

    def sees(self, condition: Callable[[], Any], patience_s: float) -> Any:
        """What comes to be within ``patience_s``, or what is false."""
        deadline = time.monotonic() + patience_s
        while not (found := condition()) and time.monotonic() < deadline:
            time.sleep(0.03)
        return found

    def soon(self, condition: Callable[[], Any], patience_s: float) -> Any:
        """As ``sees``, but who reads meanwhile that the device is broken waits no longer."""
        found: list[Any] = []

        def settled() -> bool:
            found[:] = [condition()]
            return bool(found[0]) or self._is_told()

        self.sees(settled, patience_s)
        return found[0]

    def _is_told(self) -> bool:
        reason = self.reason(self.device)
        self.told = reason or self.told
        return reason not in {"", "paper_low"}

    # --- doing --------------------------------------------------------------------------------------------------------

    def press(self, classes: str = "GX") -> list[Any]:
        """A slip from this kiosk, by another button each time, so that none is hammered."""
        turn = next(self._presses)
        service, klass = SERVICES[turn % 3], classes[turn // 3 % len(classes)]
        before = len(self.slips())
        self.panel.post(f"/api/kiosk/{self.place}/press", {"service": service, "klass": klass})
        return self.soon(lambda: [slip for slip in self.slips()[before:] if not slip["partial"]], 4) or []

    def slips(self) -> list[Any]:
        return list(self.panel.get(f"/api/kiosk/{self.place}/slips")["slips"])

    def try_printer(self) -> bool:
        return bool(self.press())

    def try_buttons(self) -> bool:
        return bool(self.press("G"))  # none of them is the one that can stick

    def try_sign(self) -> bool:
        if not self.number:
            slips = self.press()
            return bool(slips and self.soon(lambda: "您的号码是" in self.kiosk()["sign"], 3))
        before = self.desk()["sign"]
        self.step_away_or_back()
        return bool(self.soon(lambda: self.desk()["sign"] not in {before, ""}, 2))

    def try_pad(self) -> bool:
        try:
            return self.step_away_or_back()
        except AssertionError:  # 409: nobody can press a key of a pad whose cable is out
            return False

    def step_away_or_back(self) -> bool:
        """请稍候, or back from it."""
        key, then = ("resume_desk", "ready") if self.desk()["state"] == "wait" else ("wait", "wait")
        self.panel.key(self.number, key)
        return bool(self.soon(lambda: self.desk()["state"] == then, 3))

    def try_reader(self) -> bool:
        """Check an appointment in."""
        code = f"{self.place.upper()}-{next(self._scans)}"
        slot = {"service": "general", "day": self.panel.hall()["time"][:10], "starts": "00:00", "ends": "23:59"}
        self.panel.duty({"type": "book", "code": code, **slot})
        assert self.sees(lambda: self._booking(code), 5)
        self.panel.post(f"/api/kiosk/{self.place}/scan", {"code": f"B:{code}"})
        return bool(self.soon(lambda: self._booking(code)["ticket"], 2))

    def try_keypad(self) -> bool:
        """A visit, and the citizen's word on it."""
        ticket = self._visit()
        self.panel.call("POST", f"/api/evaluator/{self.number}/key", {"key": 4})  # 409: its cable is out
        rated = lambda: any(each["type"] == "rated" and each["ticket"] == ticket for each in self.records(self._seq))  # noqa: E731
        return bool(self.soon(rated, 3))

    def try_voice(self) -> bool:
        """A visit, and what was to be heard of it: the call in the hall, or the invitation at the desk."""
        where = "hall" if self.device.startswith("hall/") else f"desk{self.number}"
        heard = len(self._sounds(where))
        self._visit(stay=where == "hall")
        done = self.soon(lambda: any(each["ending"] == "finished" for each in self._sounds(where)[heard:]), 15)
        if where == "hall":
            self._serve()
        return bool(done)

    def try_board(self) -> bool:
        """A call, as it stands on the board."""
        ticket = self._call()
        stands = self.soon(lambda: ticket in self.panel.hall()["board"], 2)
        self._serve()
        return bool(stands)

    def try_lines(self) -> bool:
        """One ring, which the hall hears."""
        if not self.soon(lambda: self.panel.call("POST", f"/api/phone/{self.number}", {"rings": 1})[0] == 202, 7):
            return False  # busy, or the line is cut
        return bool(self.soon(lambda: self.desk()["phone"]["ring"] == 1, 2))

    def _call(self) -> str:
        if self.desk()["state"] == "wait":
            self.step_away_or_back()
        self._seq = self.panel.hall()["seq"]
        self.panel.key(self.number, "next")
        return str(self.panel.until(lambda: self.desk()["state"] == "calling" and self.desk()["ticket"], "a call"))

    def _serve(self) -> None:
        self.panel.key(self.number, "arrive")
        self.panel.until(lambda: self.desk()["state"] == "serving", "the citizen at the desk")
        for _ in range(5):  # refused while the citizen before may still correct the rating
            self.panel.key(self.number, "finish")
            if self.sees(lambda: self.desk()["state"] != "serving", 1.5):
                return
        raise AssertionError(f"the visit does not end: {self.desk()['refused']}")

    def _visit(self, *, stay: bool = False) -> str:
        ticket = self._call()
        if not stay:
            self._serve()
        return ticket

    def _booking(self, code: str) -> Any:
        return next((each for each in self.panel.hall()["duty"]["bookings"] if each["code"] == code), None)

    def _sounds(self, where: str) -> list[Any]:
        return [each for each in self.panel.get("/api/voice")["sounds"] if each["where"] == where]
