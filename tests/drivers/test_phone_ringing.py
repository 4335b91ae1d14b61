"""The generator of ringing: it must be the exchange of the standard, or every test built on it proves nothing."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.virtual.ringing import LineEdge, Ringing, edges

MS = 1_000_000

ringings = st.builds(
    Ringing,
    frequency_hz=st.floats(22, 28),
    full_wave=st.booleans(),
    cadence_ms=st.tuples(st.integers(900, 1100), st.integers(3600, 4400))
    | st.just((400, 200, 400, 2000))
    | st.tuples(st.integers(300, 400), st.integers(1200, 1500)),
    first_on_ms=st.none() | st.integers(100, 1000),
)


def bursts(found: list[LineEdge], gap_ms: int = 100) -> list[tuple[float, float]]:
    """(start, end) in ms of each run of edges with no gap longer than ``gap_ms``."""
    runs: list[tuple[float, float]] = []
    for edge in found:
        at = edge.at_ns / MS
        if runs and at - runs[-1][1] <= gap_ms:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    return runs


@pytest.mark.req("R-PHONE-01")
def test_the_nominal_ring_is_the_standards() -> None:
    found = list(edges(3))
    assert [round(start) for start, _ in bursts(found)] == [0, 5000, 10000]
    assert all(950 < end - start <= 1000 for start, end in bursts(found))
    closings = [edge.at_ns for edge in found if edge.closed]
    assert len(closings) == 75
    assert {later - earlier for earlier, later in pairwise(closings[:25])} == {40 * MS}
    assert {opening.at_ns - closing.at_ns for closing, opening in zip(found[::2], found[1::2], strict=True)} == {
        17_600_000
    }


def test_a_two_way_detector_closes_twice_as_often() -> None:
    closings = [edge.at_ns for edge in edges(1, Ringing(full_wave=True)) if edge.closed]
    assert len(closings) == 50
    assert {later - earlier for earlier, later in pairwise(closings)} == {20 * MS}


def test_a_short_first_ring_keeps_its_end() -> None:
    first, second = bursts(list(edges(2, Ringing(first_on_ms=300))))
    assert first[0] == 700
    assert first[1] <= 1000
    assert second[0] == 5000


def test_a_double_ring_is_two_bursts_of_one_ring() -> None:
    ringing = Ringing(cadence_ms=(400, 200, 400, 2000))
    assert [round(start) for start, _ in bursts(list(edges(2, ringing)))] == [0, 600, 3000, 3600]
    assert (ringing.cycle_ms, ringing.on_ms) == (3000, 1000)


def test_a_cut_ends_the_contact_at_that_moment() -> None:
    found = list(edges(3, until_ns=5_210 * MS))
    assert found[-1] == LineEdge(5_210 * MS, closed=False)
    assert len(bursts(found)) == 2


def test_noise_is_isolated_and_outlasts_the_cut() -> None:
    found = list(edges(1, until_ns=500 * MS, spikes=[(2_000 * MS, 1 * MS), (10 * MS, 5 * MS)]))
    assert found[-2:] == [LineEdge(2_000 * MS, closed=True), LineEdge(2_001 * MS, closed=False)]
    assert len([edge for edge in found if edge.closed]) == 13 + 1
    assert list(edges(0)) == []


@given(
    st.integers(0, 6),
    ringings,
    st.integers(0, 10**12),
    st.none() | st.integers(0, 3 * 10**10),
    st.lists(st.tuples(st.integers(0, 3 * 10**10), st.integers(1, 5 * MS)), max_size=8),
)
def test_edges_alternate_move_forward_and_end_open(
    rings: int, ringing: Ringing, start_ns: int, cut: int | None, spikes: list[tuple[int, int]]
) -> None:
    shifted = [(start_ns + at, length) for at, length in spikes]
    until = None if cut is None else start_ns + cut
    found = list(edges(rings, ringing, start_ns=start_ns, until_ns=until, spikes=shifted))
    assert [edge.closed for edge in found] == [True, False] * (len(found) // 2)
    assert all(earlier.at_ns < later.at_ns for earlier, later in pairwise(found))
    assert all(edge.at_ns >= start_ns for edge in found)


@pytest.mark.req("R-PHONE-02")
@given(st.integers(1, 6), ringings)
def test_there_are_as_many_rings_as_asked_for(rings: int, ringing: Ringing) -> None:
    assert len(bursts(list(edges(rings, ringing)), gap_ms=999)) == rings
