"""The ``hall`` command as a technician meets it: help with an example, exit statuses, words."""

import json
from pathlib import Path

import pytest

from firmware_py.cli import main
from firmware_py.core import events as e
from firmware_py.core.plan import DeskPlan, Plan, Service
from firmware_py.journal.record import Entry
from firmware_py.journal.store import Journal

SAMPLE = Path(__file__).parents[2] / "firmware_py" / "demo" / "hall" / "hall.toml"
PLAN = Plan("h1", "阳光厅", (Service("s", "A", "社保"),), (DeskPlan(1, ("s",)),))


def _journal(folder: Path) -> Path:
    path = folder / "journal.db"
    journal = Journal.open(path, boot="b")
    facts: list[e.HallEvent] = [
        e.Configured(1_795_312_800_000, PLAN),
        e.Taken(1_795_312_801_000, "A001", "s", "X", "kiosk1", 0),
        e.Printed(1_795_312_802_000, "A001"),
    ]
    import msgspec

    journal.append(
        [
            Entry(fact.at, 1, "kiosk1", "", str(fact.__struct_config__.tag), "", 0, msgspec.json.encode(fact).decode())
            for fact in facts
        ]
    )
    journal.close()
    return path


@pytest.mark.parametrize(
    "verb",
    [
        ["demo"],
        ["check"],
        ["status"],
        ["selftest"],
        ["drivers"],
        ["explain"],
        ["journal", "tail"],
        ["journal", "verify"],
    ],
)
def test_every_verb_has_help_with_an_example(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*verb, "--help"])
    assert ended.value.code == 0
    assert "example: hall" in capsys.readouterr().out


def test_check_prints_what_is_in_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hall.toml").write_bytes(SAMPLE.read_bytes())
    assert main(["check", "--config", str(tmp_path)]) == 0
    assert "阳光区政务服务大厅" in capsys.readouterr().out


def test_check_says_everything_that_is_wrong_at_once_and_exits_78(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SAMPLE.read_text(encoding="utf-8")
    text = text.replace('prefix = "A" ', 'prefix = "E" ').replace('services = ["realty"]', 'services = ["realtyy"]')
    text = text.replace("neighbours = [2, 1]", "neigbours = [2, 1]")
    (tmp_path / "hall.toml").write_text(text, encoding="utf-8")
    assert main(["check", "--config", str(tmp_path)]) == 78
    said = capsys.readouterr().err
    assert "prefix" in said
    assert "realty" in said
    assert "neighbours" in said
    assert main(["check", "--json", "--config", str(tmp_path)]) == 78
    assert len(json.loads(capsys.readouterr().out)["problems"]) >= 3


def test_check_without_a_file_says_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(tmp_path)]) == 78
    assert "hall.toml" in capsys.readouterr().err


def test_check_refuses_a_notice_nobody_should_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace('notice = ""', 'notice = "快点,要下班了"')
    (tmp_path / "hall.toml").write_text(text, encoding="utf-8")
    assert main(["check", "--config", str(tmp_path)]) == 78
    assert "notice" in capsys.readouterr().err


def test_the_journal_reads_as_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _journal(tmp_path)
    assert main(["journal", "tail", "-n", "2", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "A001" in lines[0]
    assert "社保" in lines[0]
    assert main(["journal", "tail", "--json", str(path)]) == 0
    assert [json.loads(line)["seq"] for line in capsys.readouterr().out.splitlines()] == [1, 2, 3]


@pytest.mark.req("R-TECH-07")
def test_verify_tells_a_whole_journal_from_an_altered_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = _journal(tmp_path)
    assert main(["journal", "verify", str(path)]) == 0
    assert "holds" in capsys.readouterr().out
    data = path.read_bytes()
    assert data.count(b'"klass":"X"') == 1
    path.write_bytes(data.replace(b'"klass":"X"', b'"klass":"G"'))
    assert main(["journal", "verify", str(path)]) == 1
    assert "BROKEN" in capsys.readouterr().out


def test_a_file_that_is_no_journal_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a journal " * 100, encoding="utf-8")
    assert main(["journal", "tail", str(path)]) == 1
    assert str(path) in capsys.readouterr().err
    assert path.read_text(encoding="utf-8").startswith("not a journal")


def test_status_without_a_broker_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hall.toml").write_bytes(SAMPLE.read_bytes())
    (tmp_path / "device.toml").write_text(
        '[link]\nhost = "127.0.0.1"\nport = 9\n\n[[instance]]\nid = "controller"\nrole = "controller"\n',
        encoding="utf-8",
    )
    assert main(["status", "--wait", "0.2", "--config", str(tmp_path)]) == 69
    assert "127.0.0.1:9" in capsys.readouterr().err
