"""Every fault of every kind of device, switched on as on the page: the hall does what a hall must, and mends itself.

One hall with enough of each device that every fault has a person of its own to show it: they all do so at once, each at
his place, one fault after the other.
"""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from typing import Any

import pytest

from firmware_py.demo.serving import running
from tests.demo.every_fault import TOLD, UNKNOWN, WORKS, Somebody
from tests.demo.hall_page import PATIENCE_S, Panel, number_on

FRESH_S = 0.04
"""What sixteen people look at is fetched so often."""

DESKS, KIOSKS = 10, 7
BOARD_DESK, VOICE_DESK = 9, 10
"""Where somebody calls whose call is looked at on the board, or listened to."""
MENDED_S = 60.0
"""A wire that was lost again and again is tried again ever less often."""
AT_DESKS, AT_KIOSKS = ("pad", "sign", "keypad", "voice", "lines"), ("printer", "sign", "buttons", "reader")
INSTANCE = {"pad": "desk{}", "sign": "desk{}", "keypad": "desk{}-eval", "voice": "desk{}-eval", "lines": "desk{}-phone"}

AT_THE_BOARD, AT_THE_VOICE = ("unplugged", "garbage", "silent", "refuses"), ("unplugged",)
"""There is one of each, its wire that of other signs and loudspeakers, which show the rest of their faults at desks."""

DESK = """
[[desk]]
id = {n}
services = ["social", "realty", "general"]
pad = "desk{n}"
evaluator = "desk{n}-eval"
phone = "desk{n}-phone"
roster = "10{n:02}"
"""
KIOSK = """
[[kiosk]]
id = "kiosk{n}"
place = "{n}号厅"
"""
LIMITS = """
[limits.desk]
fault_after_s = 1

[limits.eval]
min_open_s = 1
correct_s = 1
"""

Drill = tuple[str, str]
"""A device as the hall names it, and its fault."""


class Hall(Panel):
    """The front panel for many who look at it at once: they share what they see."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._looking = threading.Lock()
        self._seen: tuple[float, Any] = (0.0, None)

    def hall(self) -> Any:
        asked = time.monotonic()
        with self._looking:
            if self._seen[0] < asked - FRESH_S:
                self._seen = (time.monotonic(), super().hall())
            return self._seen[1]

    def post(self, path: str, body: object) -> None:
        super().post(path, body)
        with self._looking:
            self._seen = (0.0, None)  # who has done something does not look at what was before


def hall_toml() -> str:
    sample = (files("firmware_py.demo") / "hall" / "hall.toml").read_text(encoding="utf-8")
    services = sample[: sample.index("[[desk]]")]
    desks = "".join(DESK.format(n=n) for n in range(1, DESKS + 1))
    return services + desks + "".join(KIOSK.format(n=n) for n in range(1, KIOSKS + 1)) + LIMITS


def drills() -> dict[str, list[Drill]]:
    """Who shows what: each place its share of every kind's faults; the board and the hall's voice have their own."""
    shown: dict[str, list[Drill]] = {}
    for offset, kind in enumerate(AT_KIOSKS):  # what takes long is first in each kind, and must not meet at one place
        for place, fault in enumerate(TOLD[kind], 2 * offset):
            n = place % (KIOSKS - 1) + 1
            shown.setdefault(f"kiosk{n}", []).append((f"kiosk{n}/{kind}", fault))
    for offset, kind in enumerate(AT_DESKS):
        for place, fault in enumerate(TOLD[kind], 2 * offset):
            n = place % (DESKS - 2) + 1
            shown.setdefault(f"desk{n}", []).append((f"{INSTANCE[kind].format(n)}/{kind}", fault))
    shown["board"] = [("hall/board", fault) for fault in AT_THE_BOARD]
    shown["voice"] = [("hall/voice", fault) for fault in AT_THE_VOICE]
    return shown


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    config = tmp_path_factory.mktemp("hall")
    (config / "hall.toml").write_text(hall_toml(), encoding="utf-8")
    with running(state=None, config=config, mqtt=False) as url:
        panel = Hall(url)
        panel.until(lambda: (now := panel.hall())["issuing"] and all(each["sign"] for each in now["desks"]), "a hall")
        panel.until(lambda: all("请您" in each["sign"] for each in panel.hall()["kiosks"]), "the kiosks")
        for n in range(1, DESKS + 1):
            panel.key(n, "login")
        panel.until(lambda: all(each["staff"] for each in panel.hall()["desks"]), "everybody at work")
        panel.post("/api/scene", {"scene": "crowd"})
        panel.until(lambda: sum(each["slips"] for each in panel.hall()["kiosks"]) == 20, "people who wait")
        yield panel


def test_every_fault_that_a_device_can_have_has_its_place_here(hall: Panel) -> None:
    can: dict[str, set[str]] = {}
    for each in hall.hall()["faults"]:
        name = each["device"].partition("/")[2]
        can.setdefault(name, {fault["fault"] for fault in each["faults"]})
        assert can[name] == {fault["fault"] for fault in each["faults"]}, "the same kind, the same faults"
        assert all(fault["text"] and not fault["on"] for fault in each["faults"])
    assert can == {kind: set(faults) for kind, faults in TOLD.items()}
    shown = [(device.partition("/")[2], fault) for each in drills().values() for device, fault in each]
    for kind, faults in TOLD.items():
        like = {"sign", "board"} if kind == "board" else {kind}
        assert {fault for each, fault in shown if each in like} == set(faults), kind


@pytest.mark.req("R-KIOSK-05", "R-CALL-08", "R-EVAL-01", "R-PHONE-12", "R-TECH-02", "R-TECH-08", "R-TECH-11")
def test_every_fault_is_told_or_lived_with_and_mended_by_itself(hall: Panel) -> None:
    over = threading.Event()
    with ThreadPoolExecutor(len(drills()) + 1) as pool:
        coming = pool.submit(_citizens, hall, over)
        done = [pool.submit(_at, hall, place, todo) for place, todo in drills().items()]
        troubles = [trouble for each in done for trouble in each.result()]
        over.set()
        coming.result()
    assert troubles == [], "\n".join(troubles)
    hall.until(lambda: all(each["status"] == "ok" for each in hall.hall()["devices"]), "every device", MENDED_S)
    assert hall.hall()["crashed"] == {}
    _all_numbers_are_accounted_for(hall)
    visitor = Somebody(hall, "desk1")
    if hall.desk(1)["state"] == "wait":
        visitor.step_away_or_back()
    assert Somebody(hall, "kiosk1").press()
    assert visitor.try_keypad()


def _citizens(hall: Panel, over: threading.Event) -> None:
    """At the last kiosk, which nobody breaks, people take numbers, so that there is always somebody to call."""
    citizen = Somebody(hall, f"kiosk{KIOSKS}")
    while not over.wait(0.4):  # more often, and a button would rest (R-KIOSK-01)
        if hall.hall()["waiting"] < 2 * DESKS:
            assert citizen.press(), citizen.kiosk()


def _at(hall: Panel, place: str, todo: list[Drill]) -> list[str]:
    """Show them one after the other; what was not as it must be."""
    desk = {"board": BOARD_DESK, "voice": VOICE_DESK}.get(place)
    person = Somebody(hall, f"desk{desk}" if desk else place)
    found = []
    for device, fault in todo:
        try:
            _drill(person, device, fault)
        except AssertionError as error:
            found.append(f"{device} {fault}: {error}")
            _mend(person, device)
    return found


def _drill(person: Somebody, device: str, fault: str) -> None:
    kind = device.partition("/")[2]
    told, attempt = TOLD[kind][fault], getattr(person, f"try_{kind}")
    person.device, person.told = device, ""
    person.panel.post("/api/fault", {"device": device, "fault": fault, "on": True})
    works = attempt()
    if told in {WORKS, UNKNOWN}:
        assert works == (told == WORKS), "works" if works else "does not work"
        assert person.reason(device) == ""
    else:
        assert person.told == told or person.sees(lambda: person.reason(device) == told, PATIENCE_S), person.told
        _public_is_told(person, kind, told)
    _mend(person, device)
    deadline = time.monotonic() + MENDED_S
    while not (attempt() and person.reason(device) == ""):
        assert time.monotonic() < deadline, f"mended, and still {person.reason(device) or 'does not work'}"
        person.sees(lambda: person.reason(device) == "", 2)


def _mend(person: Somebody, device: str) -> None:
    """Everything that is wrong with it: a roll that ended in a slip has ended."""
    known = next(each for each in person.panel.hall()["faults"] if each["device"] == device)
    for fault in known["faults"]:
        if fault["on"]:
            person.panel.post("/api/fault", {"device": device, "fault": fault["fault"], "on": False})


def _public_is_told(person: Somebody, kind: str, told: str) -> None:
    if kind in {"printer", "buttons"} and told != "paper_low":
        assert person.sees(lambda: "对不起" in person.kiosk()["sign"], PATIENCE_S), "the kiosk still invites"
    if kind == "pad" and told != "damaged_frames":  # what can be read still counts
        assert person.sees(lambda: "设备故障" in person.desk()["sign"], PATIENCE_S), "the desk's sign says nothing"


def _all_numbers_are_accounted_for(hall: Panel) -> None:
    """No number is lost, none given twice, and each slip is that of a number."""
    records: list[Any] = []
    while more := hall.journal(records[-1]["seq"] if records else 0):
        records += more
    taken = [each["ticket"] for each in records if each["type"] == "taken"]
    for prefix in "ABC":
        numbers = [number for number in taken if number[0] == prefix]
        assert numbers == [f"{prefix}{n:03}" for n in range(1, len(numbers) + 1)]
    for number in taken:
        fates = [each["type"] for each in records if each["ticket"] == number and each["type"].startswith("print")]
        assert fates in (["printed"], ["print_failed"], ["print_unknown"]), (number, fates)
    slips = [each for n in range(1, KIOSKS + 1) for each in hall.get(f"/api/kiosk/kiosk{n}/slips")["slips"]]
    whole = [number_on(each) for each in slips if not each["partial"]]
    assert len(set(whole)) == len(whole)
    assert set(whole) <= set(taken)
