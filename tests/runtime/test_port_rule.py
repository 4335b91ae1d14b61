"""Whatever happens to a wire: every job has one outcome, the owner knows how the device is, signs end up true."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.errors import DriverFault
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.port import JobDone, JobFailed, PortDown, PortThread, PortUp
from tests.runtime.wire import Inbox, Wire

EVENTS = st.lists(
    st.one_of(
        st.sampled_from(["plug", "unplug", "jam", "mend", "kill card", "revive card", "lost"]),
        st.tuples(st.just("advance"), st.sampled_from([1, 499, 500, 1_000, 5_000, 30_000])),
        st.tuples(st.just("job"), st.booleans()),
        st.tuples(st.just("show"), st.sampled_from(["card 1", "card 2"])),
    ),
    max_size=25,
)


class Story:
    """One port and everything it told."""

    def __init__(self, *, keep_latest: bool) -> None:
        self.clock = ManualClock()
        self.wire = Wire(self.clock)
        self.inbox = Inbox()
        self.port = PortThread(
            self.wire,
            self.inbox.put,
            name="x",
            check_every_s=5,
            when_offline="keep_latest" if keep_latest else "fail",
            clock=self.clock,
        )
        self.clock.on_advance(self.port.wake)
        self.port.open()
        self.told: list[object] = []
        self.jobs: list[str] = []
        self.shown: dict[str, str] = {}

    def happen(self, event: object) -> None:
        """One thing from outside, and everything the port makes of it."""
        match event:
            case "plug" | "unplug":
                self.wire.plugged = event == "plug"
            case "jam":
                self.wire.fault = DriverFault("jam")
            case "mend":
                self.wire.fault = None
            case "kill card":
                self.wire.dead = {"card 1"}
            case "revive card":
                self.wire.dead = set()
            case "lost":
                self.port.lost("reader gone")
            case ("advance", int(ms)):
                self.clock.advance(ms)
            case ("job", bool(good)):
                job_id = f"job {len(self.jobs)}"
                self.jobs.append(job_id)
                self.port.submit(job_id, lambda driver: driver.say("x" if good else ""))
            case ("show", str(card)):
                text = f"{card}: text {len(self.told)}.{len(self.shown)}"
                self.shown[card] = text
                self.port.submit_latest(card, card, lambda driver: driver.say(text, card))
        self.told += self.inbox.until_settled(self.port)


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_every_job_has_exactly_one_outcome(events: list[object]) -> None:
    story = Story(keep_latest=False)
    try:
        for event in events:
            story.happen(event)
    finally:
        story.port.close()
    outcomes = [item.job_id for item in story.told if isinstance(item, JobDone | JobFailed)]
    assert [job for job in outcomes if job.startswith("job")] == story.jobs


@settings(max_examples=60, deadline=None)
@given(EVENTS, st.booleans())
def test_the_owner_is_told_of_every_change_and_of_nothing_else(events: list[object], keep_latest: bool) -> None:
    story = Story(keep_latest=keep_latest)
    try:
        for event in [*events, "plug", "mend", "revive card", ("advance", 30_000), ("advance", 30_000)]:
            story.happen(event)
    finally:
        story.port.close()
    changes = [item for item in story.told if isinstance(item, PortUp | PortDown)]
    states = [change.reason if isinstance(change, PortDown) else "" for change in changes]
    assert all(one != other for one, other in pairwise(states))
    assert states[-1] in ("", "no_text")


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_in_the_end_each_sign_shows_what_was_asked_last(events: list[object]) -> None:
    story = Story(keep_latest=True)
    try:
        for event in [*events, "plug", "mend", "revive card", ("advance", 30_000), ("advance", 30_000)]:
            story.happen(event)
    finally:
        story.port.close()
    for card, text in story.shown.items():
        assert [said for said in story.wire.said if said.startswith(card)][-1] == text
