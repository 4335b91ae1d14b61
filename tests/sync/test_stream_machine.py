"""Whatever a link does to batches and watermarks, the receiver ends with the sender's records, in order, each once."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from firmware_py.link import encode
from sync.stream import Ack, Sending, StreamReceiver, StreamSender, decode_ack, decode_batch
from tests.sync.logs import MemoryLog, MemoryStore

WHO = "eval1"


class LinkOfHorrors(RuleBasedStateMachine):
    """Batches and acks lie in two bags; which is taken when, how often, and which is lost, is anybody's guess."""

    def __init__(self) -> None:
        super().__init__()
        self.log = MemoryLog()
        self.store = MemoryStore()
        self.receiver = StreamReceiver(self.store.store)
        self.sender = StreamSender(self.log)
        self.now = 0
        self.up = False
        self.batches: list[bytes] = []
        self.acks: list[bytes] = []
        self.retained = b""
        self.persisted = 0

    def out(self, sending: Sending) -> None:
        assert not sending.payloads or self.up
        self.batches += sending.payloads

    def receive(self, payload: bytes) -> None:
        ack = self.receiver.on_batch(WHO, payload)
        assert ack.upto == len(self.store.of(WHO, self.log.log)), "told before it was durable"
        self.retained = encode(ack)
        self.acks.append(self.retained)

    def hear(self, payload: bytes) -> None:
        before = self.sender.acked
        self.out(self.sender.on_ack(decode_ack(payload), self.now))
        if self.sender.acked > before:
            self.persisted = self.sender.acked

    @rule(count=st.integers(1, 450))
    def append(self, count: int) -> None:
        self.log.append(count)
        self.out(self.sender.on_appended(self.now))

    @precondition(lambda self: not self.up)
    @rule(told=st.booleans())
    def connect(self, told: bool) -> None:
        self.up = True
        self.out(self.sender.on_link_up(self.now))
        if told and self.retained:
            self.hear(self.retained)

    @precondition(lambda self: self.up)
    @rule(forgotten=st.booleans())
    def disconnect(self, forgotten: bool) -> None:
        self.up = False
        self.sender.on_link_down()
        self.batches.clear()
        self.acks.clear()
        if forgotten:
            self.retained = b""

    @precondition(lambda self: self.batches)
    @rule(data=st.data(), keep=st.booleans(), lost=st.booleans())
    def take_a_batch(self, data: st.DataObject, keep: bool, lost: bool) -> None:
        at = data.draw(st.integers(0, len(self.batches) - 1))
        payload = self.batches[at] if keep else self.batches.pop(at)
        if not lost:
            self.receive(payload)

    @precondition(lambda self: self.acks)
    @rule(data=st.data(), keep=st.booleans(), lost=st.booleans())
    def take_an_ack(self, data: st.DataObject, keep: bool, lost: bool) -> None:
        at = data.draw(st.integers(0, len(self.acks) - 1))
        payload = self.acks[at] if keep else self.acks.pop(at)
        if not lost:
            self.hear(payload)

    @rule(ms=st.integers(1, 5000))
    def wait(self, ms: int) -> None:
        self.now += ms
        self.out(self.sender.on_timer(self.now))

    @rule(remembers=st.booleans())
    def restart_the_sender(self, remembers: bool) -> None:
        self.disconnect(False) if self.up else None
        self.sender = StreamSender(self.log, acked=self.persisted if remembers else 0)

    @rule()
    def restart_the_receiver(self) -> None:
        self.batches.clear()
        self.receiver = StreamReceiver(self.store.store)

    @invariant()
    def the_receiver_holds_the_first_records_and_nothing_else(self) -> None:
        held = self.store.of(WHO, self.log.log)
        assert held == self.log.all[: len(held)]
        assert set(self.store.held) <= {(WHO, self.log.log)}

    @invariant()
    def the_sender_never_believes_more_than_is_true(self) -> None:
        assert self.sender.acked <= len(self.store.of(WHO, self.log.log))

    @invariant()
    def no_more_than_the_window_is_sent_at_once(self) -> None:
        for payload in self.batches:
            batch = decode_batch(payload)
            assert len(batch.records) <= 200 and len(payload) <= 64 * 1024

    def teardown(self) -> None:
        """From here on the link is fair: everything arrives, in order, and time passes."""
        if not self.up:
            self.connect(True)
        turns = 0
        while self.sender.backlog:
            turns += 1
            assert turns < 200, "it never ends"
            if not self.batches and not self.acks:
                due = self.sender.due()
                assert due is not None
                self.now = max(self.now, due)
                self.out(self.sender.on_timer(self.now))
            while self.batches:
                self.receive(self.batches.pop(0))
            while self.acks:
                self.hear(self.acks.pop(0))
        assert self.store.of(WHO, self.log.log) == self.log.all


LinkOfHorrors.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestTheStreamUnderHorrors = pytest.mark.req("R-SYNC-01")(LinkOfHorrors.TestCase)


def test_an_ack_goes_through_its_bytes_unchanged() -> None:
    for ack in (Ack("a", 0), Ack("a", 2**63 - 1, "0" * 64, "gap"), Ack("a", 1, "", "broken: why")):
        assert decode_ack(encode(ack)) == ack
