"""A log and a store in memory that keep the journal's promises, for tests that run a thousand times."""

import msgspec

from firmware_py.journal.record import GENESIS, Entry, Record, chain_hash, record_hash, wall_text


def entry(number: int, data: str = "") -> Entry:
    """A fact of the size that real ones have."""
    text = data or f'{{"type":"level_chosen","desk":3,"level":5,"elapsed_ms":{number}}}'
    return Entry(number * 1000, number, "eval1", "", "t", "", 3, text)


class MemoryLog:
    """A sender's log."""

    def __init__(self, log: str = "log-a") -> None:
        self.log = log
        self.all: list[Record] = []

    def append(self, count: int = 1, data: str = "") -> None:
        for _ in range(count):
            seq, before = self.head[0] + 1, self.head[1]
            fact = entry(seq, data)
            wall = wall_text(fact.wall_ms)
            digest = chain_hash(self.log, seq, wall, "boot", fact.mono_ms, fact, before)
            self.all.append(
                Record(
                    self.log,
                    seq,
                    wall,
                    "boot",
                    fact.mono_ms,
                    fact.actor,
                    fact.cmd_id,
                    fact.type,
                    fact.ticket,
                    fact.desk,
                    fact.data,
                    before,
                    digest,
                )
            )

    @property
    def head(self) -> tuple[int, str]:
        return (self.all[-1].seq, self.all[-1].hash) if self.all else (0, GENESIS)

    def records(self, after: int, limit: int) -> list[Record]:
        return self.all[after : after + limit]


class Kept(msgspec.Struct, frozen=True):
    """The answer of ``MemoryStore``."""

    outcome: str
    log: str
    upto: int
    reason: str = ""


class MemoryStore:
    """A receiver's database."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], list[Record]] = {}

    def store(self, instance: str, records: tuple[Record, ...]) -> Kept:
        log, first = records[0].log, records[0].seq
        held = self.held.get((instance, log), [])
        before = records[0].prev_hash
        for record in records:
            if record.prev_hash != before or record.hash != record_hash(record):
                return Kept("broken", log, len(held), f"record {record.seq} does not follow")
            before = record.hash
        if first > len(held) + 1:
            return Kept("gap", log, len(held))
        common = held[first - 1 : first - 1 + len(records)]
        if list(records[: len(common)]) != common or (first > 1 and held[first - 2].hash != records[0].prev_hash):
            return Kept("broken", log, len(held), "history was rewritten")
        fresh = records[len(common) :]
        if not fresh:
            return Kept("repeat", log, len(held))
        self.held[instance, log] = [*held, *fresh]
        return Kept("stored", log, len(held) + len(fresh))

    def of(self, instance: str, log: str) -> list[Record]:
        return self.held.get((instance, log), [])
