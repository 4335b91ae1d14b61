"""``scripts/requirements``: which test holds which requirement, read from the markers."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIST = """
[CORE]
R-CORE-01 = "★ One writer"
R-CORE-02 = "Journal first"
[KIOSK]
R-KIOSK-01 = "One press"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("scripts", "docs", "tests/kiosk"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROOT / "scripts" / "requirements", tmp_path / "scripts")
    (tmp_path / "docs" / "requirements.toml").write_text(LIST, "utf-8")
    return tmp_path


def run(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(project / "scripts" / "requirements"), *arguments],
        capture_output=True, text=True, encoding="utf-8", timeout=30, check=False,
    )  # fmt: skip


def test_markers_on_tests_classes_modules_and_parameters_all_count(project: Path) -> None:
    (project / "tests" / "kiosk" / "test_press.py").write_text(
        "import pytest\n"
        "pytestmark = pytest.mark.req('R-KIOSK-01')\n"
        "@pytest.mark.req('R-CORE-01', 'R-CORE-02')\n"
        "def test_b(): ...\n"
        "class TestC:\n"
        "    @pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.req('R-CORE-01'))])\n"
        "    def test_a(self, x): ...\n",
        "utf-8",
    )
    assert run(project).returncode == 0
    table = (project / "docs" / "requirements.md").read_text("utf-8")
    assert "3 of 3 requirements are held by tests." in table
    held = "`kiosk/test_press.py::TestC::test_a`<br>`kiosk/test_press.py::test_b`"
    assert f"| R-CORE-01 | ★ One writer | {held} |" in table
    assert "| R-KIOSK-01 | One press | `kiosk/test_press.py` |" in table


def test_a_requirement_without_a_test_is_for_later(project: Path) -> None:
    assert run(project).returncode == 0
    assert "| R-CORE-02 | Journal first | later |" in (project / "docs" / "requirements.md").read_text("utf-8")


def test_check_says_whether_the_table_is_what_the_tests_say(project: Path) -> None:
    table = project / "docs" / "requirements.md"
    assert run(project, "--check").returncode == 1
    assert not table.exists()
    assert run(project).returncode == 0
    assert run(project, "--check").returncode == 0
    (project / "tests" / "test_new.py").write_text("@mark.req('R-CORE-02')\ndef test_new(): ...\n", "utf-8")
    before = table.read_text("utf-8")
    stale = run(project, "--check")
    assert stale.returncode == 1
    assert "stale: run scripts/requirements" in stale.stderr
    assert table.read_text("utf-8") == before


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("@mark.req('R-CORE-99')\ndef test_x(): ...\n", "tests/test_x.py::test_x: 'R-CORE-99' is no requirement"),
        ("@mark.req(ID)\ndef test_x(): ...\n", "tests/test_x.py: line 1: write the requirement itself"),
        ("def test_x(:\n", "tests/test_x.py:"),
    ],
)
def test_a_marker_that_means_nothing_is_an_error(project: Path, source: str, complaint: str) -> None:
    (project / "tests" / "test_x.py").write_text(source, "utf-8")
    for arguments in ((), ("--check",)):
        failed = run(project, *arguments)
        assert failed.returncode == 1
        assert complaint in failed.stderr
    assert not (project / "docs" / "requirements.md").exists()


def test_the_list_holds_all_requirements_in_order() -> None:
    sections = tomllib.loads((ROOT / "docs" / "requirements.toml").read_text("utf-8"))
    counts = {"CORE": 32, "KIOSK": 15, "CALL": 11, "EVAL": 13, "PHONE": 12, "DESK": 7, "SYNC": 8, "REP": 9, "TECH": 11}
    expected = [f"R-{section}-{number:02d}" for section, count in counts.items() for number in range(1, count + 1)]
    assert [requirement for section in sections.values() for requirement in section] == expected
    assert len(expected) == 118
