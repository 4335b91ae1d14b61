"""The chunked waiting keys against a plain sorted list."""

from bisect import bisect_left, insort
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from firmware_py.core.waiting import CHUNK, WaitingKeys
from tests.core.effort import effort

KEYS = st.integers(1, 400)


def below(plain: list[int], key: int) -> tuple[int, int]:
    count = bisect_left(plain, key)
    return count, plain[count - 1] if count else 0


class Keys(RuleBasedStateMachine):
    """Every operation is done on both."""

    def __init__(self) -> None:
        super().__init__()
        self.keys = WaitingKeys()
        self.plain: list[int] = []

    @rule(key=KEYS)
    def add(self, key: int) -> None:
        if key not in self.plain:
            self.keys.add(key)
            insort(self.plain, key)

    @rule(key=KEYS)
    def remove(self, key: int) -> None:
        if key in self.plain:
            self.keys.remove(key)
            self.plain.remove(key)
        else:
            with pytest.raises(KeyError):
                self.keys.remove(key)

    @precondition(lambda self: self.plain)
    @rule()
    def take_the_first(self) -> None:
        self.keys.remove(self.plain.pop(0))

    @rule(start=st.integers(1000, 10**6), count=st.sampled_from([CHUNK // 2, CHUNK, 2 * CHUNK + 1]))
    def a_crowd(self, start: int, count: int) -> None:
        """So many that chunks fill, split and empty."""
        for key in range(start, start + 3 * count, 3):
            if self.plain and key <= self.plain[-1] and self.plain[bisect_left(self.plain, key)] == key:
                continue
            self.keys.add(key)
            insort(self.plain, key)

    @rule(share=st.floats(0, 1))
    def many_leave(self, share: float) -> None:
        for key in self.plain[: int(len(self.plain) * share)]:
            self.keys.remove(key)
        del self.plain[: int(len(self.plain) * share)]

    @rule(key=st.integers(0, 10**6))
    def count_below(self, key: int) -> None:
        assert self.keys.below(key) == below(self.plain, key)

    @rule(key=st.integers(0, 10**6))
    def those_until(self, key: int) -> None:
        part = self.keys.until(key)
        assert list(part) == self.plain[: bisect_left(self.plain, key)]
        assert len(part) == len(list(part))
        assert part.head == next(iter(part), 0)

    @invariant()
    def they_agree(self) -> None:
        assert len(self.keys) == len(self.plain)
        assert list(self.keys) == self.plain
        assert self.keys.head == (self.plain[0] if self.plain else 0)


Keys.TestCase.settings = effort(25, steps=30)
TestWaitingKeys = pytest.mark.req("R-CORE-04")(Keys.TestCase)


@pytest.mark.req("R-CORE-04")
@given(seed=st.integers(0, 2**32), count=st.integers(1, 5 * CHUNK))
@effort(20)
def test_keys_in_any_order_come_out_sorted_and_all_leave(seed: int, count: int) -> None:
    random = Random(seed)
    order = random.sample(range(1, 100_000), count)
    keys = WaitingKeys()
    for key in order:
        keys.add(key)

    assert list(keys) == sorted(order)
    probe = random.randrange(100_001)
    assert keys.below(probe) == below(sorted(order), probe)

    random.shuffle(order)
    for key in order:
        keys.remove(key)
    assert not len(keys)
    assert list(keys) == []


def test_nobody_is_first_in_an_empty_queue() -> None:
    assert not WaitingKeys().head
    with pytest.raises(KeyError):
        WaitingKeys().remove(1)
    assert WaitingKeys().below(5) == (0, 0)
