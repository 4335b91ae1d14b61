"""``hall explain``: the order made visible, out of nothing but the journal."""

import json
from pathlib import Path

import msgspec
import pytest

from firmware_py.cli import main
from firmware_py.cli.explaining import SCREEN, screen
from firmware_py.cli.ticket_history import NoSuchTicket, history
from firmware_py.controller.memory import Memory
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.machine import decide, tick
from firmware_py.core.plan import Plan
from firmware_py.errors import JournalError
from firmware_py.journal.record import Entry
from firmware_py.journal.store import Journal
from tests.core.halls import DAY, EIGHT, ISSUING, MINUTE, NINE, PLAN, SECOND, sender

pytestmark = pytest.mark.req("R-CORE-05")


class Kept:
    """A hall whose every fact goes to a journal, as the controller does it."""

    def __init__(self, folder: Path, plan: Plan = PLAN) -> None:
        (folder / "controller").mkdir(exist_ok=True)
        self.path = folder / "controller" / "journal.db"
        self.memory = Memory(self.path, boot="boot", secret=b"secret")
        self.memory.open()
        self.memory.configure(plan, EIGHT, EIGHT, 1)

    def until(self, at: int) -> None:
        while events := tick(self.memory.hall, at):
            self.memory.commit(events, at, 1, actor="controller")

    def ask(self, command: c.Command, at: int, by: str = "") -> list[e.Event]:
        self.until(at)
        events = decide(self.memory.hall, command, at, by or sender(self.memory.hall, command))
        self.memory.commit(events, at, 1, actor=by)
        return events

    def take(self, service: str, at: int, klass: str = "X") -> str:
        [taken] = self.ask(c.Take(service, "G" if klass == "G" else "X"), at)
        assert isinstance(taken, e.Taken)
        self.ask(c.ReportPrinted(taken.ticket), at)
        return taken.ticket

    def visit(self, desk: int, at: int) -> None:
        """The next one is called, comes, and is served."""
        self.ask(c.Next(desk), at)
        self.ask(c.Arrive(desk), at + SECOND)
        self.ask(c.Finish(desk), at + 2 * SECOND)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """Three ordinary people, then one with priority, who is called first at desk 1; then the others in their order."""
    kept = Kept(tmp_path)
    kept.until(ISSUING)
    kept.ask(c.Login(1), ISSUING)
    for n in range(3):
        kept.take("a", ISSUING + n * MINUTE)
    kept.take("c", ISSUING + 4 * MINUTE)  # waits, but desk 1 does not serve it
    kept.take("a", ISSUING + 5 * MINUTE, "G")
    kept.visit(1, NINE)
    kept.visit(1, NINE + MINUTE)
    return kept


def test_a_priority_call_names_its_rule_and_everybody_it_overtook(kept: Kept) -> None:
    found = history(kept.path, "A004")
    [call] = found.calls
    assert (call.rule, call.desk, call.waited_ms) == ("green", 1, 10 * MINUTE)
    assert [(each.ticket, each.waited_ms) for each in call.overtaken] == [
        ("A001", 15 * MINUTE),
        ("A002", 14 * MINUTE),
        ("A003", 13 * MINUTE),
    ]
    assert "依规定优先办理" in call.why
    assert call.agrees


def test_one_screen_tells_a_supervisor(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "A004", "--journal", str(kept.path)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert len(said) <= SCREEN
    assert said[0] == "2026-11-21 A004 号 综合受理,现在:办结"
    assert said[1] == "第 1 次叫号:09:00:00,1号窗口,优先,取号后等候 10 分 00 秒"
    assert said[3:7] == [
        "  取号更早、当时还在等候的 3 位:",
        "    A001 普通 综合受理,08:45:00 取号,已等 15 分 00 秒",
        "    A002 普通 综合受理,08:46:00 取号,已等 14 分 00 秒",
        "    A003 普通 综合受理,08:47:00 取号,已等 13 分 00 秒",
    ]
    assert said[7] == "  核对:与记录一致(3 位)"
    assert said[9].startswith("  08:50:00  A004 在大厅入口取号")


def test_plain_order_is_explained_too(kept: Kept) -> None:
    [call] = history(kept.path, "A001").calls
    assert (call.rule, call.overtaken, call.agrees) == ("ordinary", (), True)
    assert call.why.startswith("按取号先后轮到此号")


def test_a_ticket_that_waits_has_no_call_yet(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "A003", "--journal", str(kept.path)]) == 0
    assert "还没有被叫过" in capsys.readouterr().out


def test_it_reads_while_the_controller_writes_and_from_its_state_folder(
    kept: Kept, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", "a2", "--json", "--state", str(kept.path.parent.parent)]) == 0
    assert json.loads(capsys.readouterr().out)["calls"] == []
    kept.visit(1, NINE + 2 * MINUTE)
    assert main(["explain", "A2", "--json", "--state", str(kept.path.parent.parent)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [call["seq"] for call in told["calls"]] == [
        step["seq"] for step in told["steps"] if "到1号窗口" in step["sentence"]
    ][:1]


def test_the_state_folder_of_a_real_hall_stands_in_its_configuration(
    kept: Kept, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config"
    config.mkdir()
    sample = Path(__file__).parents[2] / "firmware_py" / "demo" / "hall" / "hall.toml"
    (config / "hall.toml").write_bytes(sample.read_bytes())
    (config / "device.toml").write_text(
        f'state = "{tmp_path}"\n[link]\nhost = "127.0.0.1"\n[[instance]]\nid = "controller"\nrole = "controller"\n',
        encoding="utf-8",
    )
    assert main(["explain", "A004", "--config", str(config)]) == 0
    assert "优先" in capsys.readouterr().out


def test_it_starts_from_a_snapshot_of_before_the_ticket_and_says_the_same(kept: Kept) -> None:
    kept.memory.snapshot()
    number = kept.take("b", NINE + 3 * MINUTE)
    kept.ask(c.Login(2), NINE + 4 * MINUTE)
    kept.ask(c.Next(2), NINE + 5 * MINUTE)
    kept.ask(c.Arrive(2), NINE + 6 * MINUTE)
    with_snapshot = history(kept.path, number)
    for file in kept.path.parent.glob("*snapshot*"):
        file.unlink()
    assert history(kept.path, number) == with_snapshot
    assert with_snapshot.steps[0].sentence.startswith(f"{number} 在大厅入口取号")


def test_an_earlier_day_is_told_by_its_date(kept: Kept) -> None:
    kept.until(NINE + DAY)
    kept.memory.snapshot()
    assert kept.memory.hall.day == "2026-11-22"
    with pytest.raises(NoSuchTicket, match="2026-11-22 没有 A004 号,相近的号有:无"):
        history(kept.path, "A004")
    assert history(kept.path, "A004", "2026-11-21").calls[0].rule == "green"
    assert history(kept.path, "A003", "2026-11-21").state == "unserved"


def test_a_number_that_does_not_exist_leads_to_the_nearest(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "A009", "--journal", str(kept.path)]) == 1
    assert "2026-11-21 没有 A009 号,相近的号有:A001、A002、A003、A004、C001" in capsys.readouterr().err


def test_a_day_that_does_not_exist_leads_to_the_latest(kept: Kept) -> None:
    with pytest.raises(NoSuchTicket, match="没有 2026-11-20 的营业日,日志最近的营业日:2026-11-21"):
        history(kept.path, "A001", "2026-11-20")


def test_without_a_journal_it_says_where_to_look(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "A001", "--state", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert str(tmp_path / "controller" / "journal.db") in said
    assert "--journal" in said


def _append(kept: Kept, *events: e.HallEvent) -> None:
    """Records that no honest controller would have written."""
    kept.memory.close()
    journal = Journal.open(kept.path, boot="b")
    journal.append(
        [
            Entry(event.at, 1, "x", "", str(event.__struct_config__.tag), "", 0, msgspec.json.encode(event).decode())
            for event in events
        ]
    )
    journal.close()


@pytest.mark.parametrize(
    ("overtaken", "oldest", "newest"), [(1, 0, 0), (0, 1, 0), (0, 0, 7)], ids=["count", "oldest", "newest"]
)
def test_a_record_that_hides_whom_it_overtook_is_found_out(
    kept: Kept, capsys: pytest.CaptureFixture[str], overtaken: int, oldest: int, newest: int
) -> None:
    """A002 is called in its turn, and the record says otherwise."""
    _append(kept, e.Called(NINE + 5 * MINUTE, "A002", 1, "ordinary", overtaken, oldest, newest))
    assert main(["explain", "A002", "--journal", str(kept.path)]) == 1
    assert f"与记录不一致,记录 {overtaken} 位,按日志重排 0 位" in capsys.readouterr().out


def test_a_call_out_of_order_cannot_pass_for_one_in_order(kept: Kept) -> None:
    _append(kept, e.Called(NINE + 5 * MINUTE, "A003", 1, "ordinary"))
    [call] = history(kept.path, "A003").calls
    assert not call.agrees
    assert [each.ticket for each in call.overtaken] == ["A002"]


@pytest.mark.req("R-CORE-07")
@pytest.mark.parametrize("rule", ["granted", "approved"])
def test_who_answers_for_a_call_out_of_order_is_named(kept: Kept, rule: str) -> None:
    """It came last and goes first, because a supervisor says so."""
    at = NINE + 5 * MINUTE
    number = kept.take("a", at)
    if rule == "granted":
        kept.ask(c.Grant(number, "突发疾病"), at + MINUTE, "desk1")
        kept.ask(c.Next(1), at + 2 * MINUTE)
    else:
        kept.ask(c.CallSpecific(1, number, "突发疾病"), at + 2 * MINUTE, "desk1")
    found = history(kept.path, number)
    [call] = found.calls
    assert (call.rule, call.because, call.agrees) == (rule, "突发疾病", True)
    assert [each.ticket for each in call.overtaken] == ["A002", "A003"]
    assert call.why.startswith("经负责人批准")
    assert f"  批准:{call.approver},理由:突发疾病" in screen(found)
    assert call.approver


def test_a_long_story_fits_on_one_screen_and_all_of_it_on_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Kept(tmp_path)
    kept.ask(c.Login(1), ISSUING)
    for n in range(40):
        kept.take("a", ISSUING + n * SECOND)
    kept.take("a", ISSUING + 60 * SECOND, "G")
    kept.ask(c.Next(1), NINE)
    kept.ask(c.Recall(1), NINE + 20 * SECOND)
    kept.ask(c.Recall(1), NINE + 40 * SECOND)
    kept.ask(c.Pass(1), NINE + 5 * MINUTE)
    assert main(["explain", "A041", "--journal", str(kept.path)]) == 0
    short = capsys.readouterr().out.splitlines()
    assert len(short) <= SCREEN
    assert any("加 --all 全部列出" in line for line in short)
    assert main(["explain", "A041", "--all", "--journal", str(kept.path)]) == 0
    full = capsys.readouterr().out.splitlines()
    assert len(full) > SCREEN
    assert not any("--all" in line for line in full)
    assert [line for line in short if "--all" not in line] == [line for line in full if line in short]


def test_earlier_calls_take_a_line_each(kept: Kept) -> None:
    """Passed and called again: the supervisor asks about the last call first."""
    kept.ask(c.Login(3), NINE + 3 * MINUTE)
    kept.ask(c.Next(3), NINE + 4 * MINUTE)
    kept.ask(c.Recall(3), NINE + 5 * MINUTE)
    kept.ask(c.Recall(3), NINE + 6 * MINUTE)
    kept.ask(c.Pass(3), NINE + 8 * MINUTE)
    kept.ask(c.ReturnTicket("C001"), NINE + 9 * MINUTE, "kiosk1")
    kept.ask(c.Next(3), NINE + 10 * MINUTE)
    found = history(kept.path, "C001")
    assert [(call.rule, call.klass) for call in found.calls] == [("ordinary", "X"), ("returned", "R")]
    lines = screen(found)
    assert lines[1].startswith("第 1 次叫号:")
    assert lines[2].startswith("第 2 次叫号:")
    assert len(lines) <= SCREEN


def test_a_file_written_by_a_newer_release_is_told_so(kept: Kept) -> None:
    kept.memory.close()
    journal = Journal.open(kept.path, boot="b")
    journal.append([Entry(NINE, 1, "x", "", "teleported", "", 0, '{"type":"teleported","at":1}')])
    journal.close()
    with pytest.raises(JournalError, match="由更新的版本写入"):
        history(kept.path, "A001")
