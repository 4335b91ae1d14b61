"""``hall journal tail | verify``: reading a journal without touching it."""

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.plan import Plan
from firmware_py.journal.reader import JournalReader
from firmware_py.journal.record import Record
from firmware_py.journal.verify import verify as verify_chain
from firmware_py.phrases import telling

EX_FAILED = 1
_EVENTS = msgspec.json.Decoder(e.HallEvent)
_FACTS = msgspec.json.Decoder(f.EdgeFact)


def tail(path: Path, count: int, *, as_json: bool) -> int:
    """Print the newest ``count`` records, oldest first."""
    with JournalReader.open(path) as reader:
        records = reader.tail(max(1, count))
        plan = _plan_before(reader, records[0].seq) if records else Plan("", "", (), ())
    for record in records:
        if as_json:
            print(msgspec.json.encode(record).decode())
            continue
        plan, sentence = _in_words(record, plan)
        moment = datetime.strptime(record.wall, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        local = moment + timedelta(minutes=plan.utc_offset_min)
        print(f"{record.seq:>7}  {local:%m-%d %H:%M:%S}  {sentence}")
    return 0


def _plan_before(reader: JournalReader, seq: int) -> Plan:
    """The plan in force at ``seq``: sentences use its names."""
    plan = Plan("", "", (), ())
    for number, kind, data, _, _ in reader.replay():
        if number > seq:
            break
        if kind == "configured":
            event = _EVENTS.decode(data)
            if isinstance(event, e.Configured):
                plan = event.plan
    return plan


def _in_words(record: Record, plan: Plan) -> tuple[Plan, str]:
    try:
        event = _EVENTS.decode(record.data)
    except msgspec.MsgspecError:
        return plan, _as_fact(record)
    if isinstance(event, e.Configured):
        plan = event.plan
    return plan, telling.sentence(event, plan)


def _as_fact(record: Record) -> str:
    """A device's journal holds facts; a newer release's records are shown as they are."""
    try:
        fact = _FACTS.decode(record.data)
    except msgspec.MsgspecError:
        return f"{record.type} {record.data}"
    hidden = {"proof", "level"}  # what a citizen pressed is for reports, not for whoever looks over a shoulder
    values = {name: value for name, value in msgspec.structs.asdict(fact).items() if name not in hidden}
    return f"{record.type} {json.dumps(values, ensure_ascii=False)}"


def verify(path: Path, *, as_json: bool) -> int:
    """Follow the chains; 0 when all hold."""
    shown = -1

    def progress(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // max(1, total)
        if percent != shown and sys.stderr.isatty():
            shown = percent
            print(f"\r{percent:3d} %", end="", file=sys.stderr, flush=True)

    report = verify_chain(path, progress=progress)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    if as_json:
        print(msgspec.json.encode(report).decode())
    else:
        print(f"{report.path}: {report.structure or 'ok'}")
        for chain in report.chains:
            name = chain.instance or "own log"
            verdict = "holds" if chain.first_fault is None else f"BROKEN at {chain.first_fault}"
            print(f"  {name} {chain.log}: {chain.checked} records, head {chain.head.seq}: {verdict}")
    return 0 if report.ok else EX_FAILED
