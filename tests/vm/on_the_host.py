"""The host's half of tests/vm: each item is run by the guest, and its own reports become this run's.

The guest boots at the first item, with all of this run's items as its orders, and runs them in the same order. Where
no guest can be had, or nobody asked for one, every item is skipped with the reason.
"""

import datetime
import os
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.vm.guest import Guest, GuestLostError, ten_tomorrow
from tests.vm.image import CannotBuildError, Image, the_image

HERE: Final = Path(__file__).resolve().parent
NOT_ASKED: Final = "the virtual Pi takes minutes; ask for it with HALL_VM=1"
RUN: Final = pytest.StashKey["Run | CannotBuildError"]()


class Run:
    """The guests of one pytest session: one until its power is cut, then perhaps one more."""

    def __init__(self, image: Image, items: list[pytest.Item]) -> None:
        self._image = image
        self._first = [each.nodeid for each in items if each.get_closest_marker("second_boot") is None]
        self._second = [each.nodeid for each in items if each.get_closest_marker("second_boot") is not None]
        self._place = Path(tempfile.mkdtemp(prefix="hall-vm-"))
        self._clock, self._began = ten_tomorrow(), time.monotonic()
        self._guest: Guest | None = None
        self._words: Iterator[dict[str, Any]] = iter(())
        self._reports: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._facts: list[Any] = []
        self._cut_after = {
            each.nodeid: int(mark.args[0]) for each in items if (mark := each.get_closest_marker("cuts_power"))
        }
        self._cut = False
        self.lost = ""

    def reports_of(self, nodeid: str) -> list[dict[str, Any]]:
        """What the guest says of one item, waited for.

        Raises:
            GuestLostError: there is no guest any more.
        """
        try:
            self._switch_on(nodeid)
            if nodeid in self._cut_after:
                return self._until_cut(nodeid)
            while not any(each["when"] == "teardown" for each in self._reports[nodeid]):
                self._listen()
        except GuestLostError as error:
            self.lost = str(error)
            raise
        return self._reports.pop(nodeid)

    def close(self) -> None:
        """Switch the guest off and forget its disk."""
        self.switch_off()
        shutil.rmtree(self._place, ignore_errors=True)

    def switch_off(self) -> None:
        """Take the guest's power."""
        guest, self._guest = self._guest, None
        if guest is not None:
            guest.cut()

    def _switch_on(self, nodeid: str) -> None:
        if self.lost:
            raise GuestLostError("the guest was lost before; see the first failure")
        if self._guest is None and nodeid in self._second and not self._cut:
            raise GuestLostError("no power was cut before this second boot; run the whole file")
        if self._guest is None:
            self._boot(self._second if nodeid in self._second else self._first)

    def _boot(self, items: list[str]) -> None:
        # a battery clock goes on while the power is away
        clock = self._clock + datetime.timedelta(seconds=time.monotonic() - self._began)
        self._guest = Guest(self._image, self._place, {"items": items, "facts": self._facts}, clock)
        self._words = self._guest.words()

    def _listen(self) -> dict[str, Any]:
        word = next(self._words, None)
        if word is None:
            console = "" if self._guest is None else self._guest.console()
            raise GuestLostError(f"its run ended without this test; its console:\n{console}")
        if "broken" in word:
            raise GuestLostError(word["broken"])
        if "report" in word:
            self._reports[word["report"]["nodeid"]].append(word["report"])
        if "fact" in word:
            self._facts.append(word["fact"])
        return word

    def _until_cut(self, nodeid: str) -> list[dict[str, Any]]:
        """A test that never ends by itself: its power goes when it has told enough facts; if it reports, it failed."""
        self._facts.clear()
        while len(self._facts) < self._cut_after[nodeid]:
            self._listen()
            if any(each["outcome"] != "passed" or each["when"] == "call" for each in self._reports[nodeid]):
                return self._reports.pop(nodeid)
        self.switch_off()
        self._cut = True
        return self._reports.pop(nodeid)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What outlives a power cut comes after all else."""
    guests = [place for place, item in enumerate(items) if HERE in item.path.parents]
    for place, item in zip(guests, sorted((items[place] for place in guests), key=_boot_of), strict=True):
        items[place] = item


def pytest_runtest_protocol(item: pytest.Item) -> bool | None:
    """Have the guest run it, and report what the guest reports.

    pytest asks this of every item of the session, once this folder is collected: the others run as they always do.
    """
    if HERE not in item.path.parents:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in _reports(item):
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _reports(item: pytest.Item) -> list[pytest.TestReport]:
    if os.environ.get("HALL_VM") != "1":
        return [_skipped(item, NOT_ASKED)]
    try:
        run = _run(item)
        reports = [pytest.TestReport._from_json(each) for each in run.reports_of(item.nodeid)]
    except CannotBuildError as error:
        return [_skipped(item, f"no virtual Pi: {error}")]
    except GuestLostError as error:
        return [pytest.TestReport(item.nodeid, item.location, {}, "failed", f"virtual Pi: {error}", "call")]
    if not any(each.when == "call" or each.outcome != "passed" for each in reports):
        # its power was cut, as it should be
        reports.append(pytest.TestReport(item.nodeid, item.location, {}, "passed", None, "call"))
    return reports


def _skipped(item: pytest.Item, reason: str) -> pytest.TestReport:
    """All of them have one place, so that pytest tells the reason once."""
    return pytest.TestReport(item.nodeid, item.location, {}, "skipped", (str(HERE), 1, f"Skipped: {reason}"), "setup")


def _boot_of(item: pytest.Item) -> int:
    if item.get_closest_marker("second_boot") is not None:
        return 2
    return 1 if item.get_closest_marker("cuts_power") is not None else 0


def _run(item: pytest.Item) -> Run:
    """The session's one run, made at its first item.

    Raises:
        CannotBuildError: no QEMU, or no image can be made; it is tried once.
    """
    stash = item.config.stash
    if RUN not in stash:
        try:
            stash[RUN] = Run(_image(), _ours(item.session.items))
            item.config.add_cleanup(stash[RUN].close)
        except CannotBuildError as error:
            stash[RUN] = error
    run = stash[RUN]
    if isinstance(run, CannotBuildError):
        raise run
    return run


def _image() -> Image:
    lacking = [tool for tool in ("qemu-system-x86_64", "qemu-img") if shutil.which(tool) is None]
    if lacking:
        raise CannotBuildError(f"not installed here: {', '.join(lacking)}")
    return the_image()


def _ours(items: list[pytest.Item]) -> list[pytest.Item]:
    return [each for each in items if each.path.is_relative_to(HERE)]
