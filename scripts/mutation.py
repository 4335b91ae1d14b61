"""Mutation tests of the core: mutmut changes the functions, ``mutation_rows.py`` what is declared beside them.

    scripts/mutation             everything
    scripts/mutation rows        what is declared only: rows of the tables, numbers, sets
    scripts/mutation code        the functions only

Which files and which tests stands in setup.cfg, [mutmut]. A mutant that hangs counts as killed: somebody would notice.
A survivor that docs/mutation.md argues about is marked so; it counts as survived all the same.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
NOTE = ROOT / "docs" / "mutation.md"
COPIED = (
    *("firmware_py", "drivers", "kiosk", "caller", "evaluator", "sync", "tests", "docs", "scripts"),
    *("setup.cfg", "pyproject.toml"),
)
NEEDED = 0.9
SURVIVED = {0: "survived", 5: "no test runs it", 33: "no test runs it"}
"""mutmut's exit codes of what nothing noticed."""
NOT_RUN = {None, 2, 34}


class Mutant(NamedTuple):
    """One small break of ``file``; ``change`` says which, ``fate`` is "" when it was killed."""

    file: str
    change: str
    fate: str


def main() -> int:
    """Copy, break, count; 0 = enough of it was noticed, 1 = too little, 2 = the unbroken copy fails its tests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("code", "rows"), help="only this")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 1, metavar="N", help="so many at a time")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hall-mutation-") as name:
        folder = Path(name)
        _copy(folder)
        found: list[Mutant] = []
        if options.what != "rows":
            found += _code(folder, options.j)
        if options.what != "code":
            found += _rows(folder, options.j)
    return _report(found)


def _copy(folder: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.wav"))
        else:
            shutil.copy2(source, folder / name)


def _code(folder: Path, jobs: int) -> Iterator[Mutant]:
    _say("mutmut changes the functions …")
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs)]
    log = folder / "mutmut.log"
    with log.open("wb") as said:
        ran = subprocess.run(command, cwd=folder, stdout=said, stderr=subprocess.STDOUT, check=False)
    files = sorted((folder / "mutants").rglob("*.meta"))
    if ran.returncode or not files:
        _give_up(log.read_text("utf-8", "replace"))
    for meta in files:
        file = str(meta.relative_to(folder / "mutants")).removesuffix(".meta")
        for mutant, code in json.loads(meta.read_text("utf-8"))["exit_code_by_key"].items():
            if code in NOT_RUN:
                _give_up(f"{mutant} was not run: {code}")
            fate = SURVIVED.get(code, "")
            yield Mutant(file, _changed(mutant, _shown(folder, mutant)) if fate else "", fate)


def _shown(folder: Path, mutant: str) -> str:
    command = [sys.executable, "-m", "mutmut", "show", mutant]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def _changed(mutant: str, diff: str) -> str:
    """The function and the changed lines of a mutant, as the note quotes them."""
    function = mutant.rpartition("__mutmut_")[0].rpartition(".")[2].rpartition("ǁ")[2].removeprefix("x_")
    lines = [line for line in diff.splitlines() if line[:3] not in {"---", "+++"}]
    old = " ".join(line[1:].strip() for line in lines if line[:1] == "-")
    new = " ".join(line[1:].strip() for line in lines if line[:1] == "+")
    return f"{function}: `{old}` → `{new}`"


def _rows(folder: Path, jobs: int) -> Iterator[Mutant]:
    _say("mutation_rows.py changes what is declared …")
    config = ConfigParser()
    config.read(folder / "setup.cfg")
    mutmut = config["mutmut"]
    out = folder / "rows.json"
    command = [
        *(sys.executable, str(folder / "scripts" / "mutation_rows.py"), str(out), str(jobs)),
        *(file for file in mutmut["only_mutate"].split() if file.endswith(".py")),
        *("--", *mutmut["pytest_add_cli_args_test_selection"].split(), *mutmut["pytest_add_cli_args"].split()),
    ]
    environment = os.environ | {"PYTHONPATH": str(folder)}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if ran.returncode:
        _give_up(ran.stdout + ran.stderr)
    for file, change, fate in json.loads(out.read_text("utf-8")):
        yield Mutant(file, change, fate)


def _report(found: Iterable[Mutant]) -> int:
    by_file: dict[str, list[Mutant]] = {}
    for mutant in found:
        by_file.setdefault(mutant.file, []).append(mutant)
    note = NOTE.read_text("utf-8") if NOTE.exists() else ""
    enough = True
    print(f"{'file':<38} {'mutants':>7} {'killed':>7} {'survived':>8}")
    everything = [each for mutants in by_file.values() for each in mutants]
    for file, made in [*by_file.items(), ("all", everything)]:
        survived = sum(bool(each.fate) for each in made)
        killed = len(made) - survived
        print(f"{file:<38} {len(made):>7} {killed:>7} {survived:>8}  {killed / len(made):6.1%}")
        enough &= killed >= NEEDED * len(made)
    for file, mutants in by_file.items():
        survivors = [each for each in mutants if each.fate]
        if survivors:
            print(f"\n{file}")
        for each in survivors:
            argued = "argued in docs/mutation.md" if each.change in note else "NOT ARGUED"
            print(f"  {each.change}  ({each.fate}; {argued})")
    return 0 if enough else 1


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _give_up(why: str) -> None:
    _say(why[-4000:])
    sys.exit(2)


if __name__ == "__main__":
    sys.exit(main())
