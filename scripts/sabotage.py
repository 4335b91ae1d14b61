"""Proves that the tests notice: each recorded sabotage is applied to a copy of the tree, and a test must fail.

    scripts/sabotage                     every record, as many at a time as there are cores
    scripts/sabotage --only R-CORE-07    those of one requirement; may be given more than once
    scripts/sabotage --list              what is recorded

A record counts as caught when a test that names its requirement fails in its body. A copy that cannot be imported, a
test that errs before it begins, or none that was selected proves nothing. The shared tree is never touched.
"""

import argparse
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.sabotage.records import RecordError, Sabotage, read_records  # noqa: E402
from tests.sabotage.witness import read_seen  # noqa: E402

COPIED = (
    *("firmware_py", "drivers", "kiosk", "caller", "evaluator", "sync", "tests", "docs", "scripts"),
    *("setup.cfg", "pyproject.toml", "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"),
)
LONGEST_S = 180
"""A run that takes longer hangs."""
BASELINE_S = 1800
TESTS_FAILED, NO_TESTS = 1, 5
"""Exit codes of pytest."""


class Copy:
    """A copy of the tree that can be broken and mended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running: subprocess.Popen[str] | None = None
        ignore = shutil.ignore_patterns(".*", "*.egg-info")
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=ignore, symlinks=True)
            elif source.exists():
                shutil.copy2(source, folder / name)

    def verdict(self, record: Sabotage) -> tuple[bool, str]:
        """Whether a test noticed ``record``, and which one, or why not."""
        path = self.folder / record.file
        sound = path.read_text("utf-8")
        witness = self.folder / "witness.json"
        witness.unlink(missing_ok=True)
        self._write(path, record.applied(sound))
        try:
            code, output = self.pytest([record.requirement], record.tests, LONGEST_S, "-x", "--witness", str(witness))
        finally:
            self._write(path, sound)
        seen = read_seen(witness)
        if code is None:
            return False, f"it hangs: no end after {LONGEST_S} s"
        if code == 0:
            return False, "SURVIVED: every test passes"
        if code == NO_TESTS:
            return False, f"no test of {record.requirement} in {', '.join(record.tests)}"
        if code != TESTS_FAILED or seen is None:
            return False, f"pytest ended with {code}:\n{output[-2000:]}"
        if not seen.counts:
            return False, f"no verdict: {seen.kind} in {seen.when} of {seen.test}"
        return True, seen.test if seen.kind == "AssertionError" else f"{seen.test} ({seen.kind})"

    def passes(self, requirements: Sequence[str], tests: Sequence[str]) -> str:
        """Why the unbroken copy does not pass ``tests``, "" = it does."""
        witness = self.folder / "witness.json"
        code, output = self.pytest(requirements, tests, BASELINE_S, "--maxfail=5", "--witness", str(witness))
        return "" if code in {0, NO_TESTS} else f"the unchanged tree fails:\n{output[-4000:]}"

    def pytest(
        self, requirements: Sequence[str], tests: Sequence[str], limit_s: int, *options: str
    ) -> tuple[int | None, str]:
        """Run the tests that hold one of ``requirements``: exit code (None = too long) and what was said."""
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.sabotage.witness"]
        command += [*options, *(f"--req={each}" for each in requirements), *tests]
        environment = os.environ | {"PYTHONPATH": str(self.folder)}
        environment.pop("HALL_HYPOTHESIS", None)
        environment.pop("HALL_CHAOS", None)
        with subprocess.Popen(
            command, cwd=self.folder, env=environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            self._running = process
            try:
                output, _ = process.communicate(timeout=limit_s)
            except subprocess.TimeoutExpired:
                self.kill()
                return None, process.communicate()[0]
            return process.returncode, output

    def kill(self) -> None:
        """End what runs in this copy, with everything it has started."""
        if self._running is not None and self._running.poll() is None:
            os.killpg(self._running.pid, signal.SIGKILL)

    @staticmethod
    def _write(path: Path, text: str) -> None:
        """Compiled code is known by size and second of its source, and both may stay as they were: it goes too."""
        path.write_text(text, "utf-8")
        for stale in path.parent.glob(f"__pycache__/{path.stem}.*"):
            stale.unlink()


class Tally:
    """What the workers found, printed as it comes."""

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._count = count
        self._done = 0
        self.survivors: list[str] = []

    def add(self, record: Sabotage, caught: bool, what: str, seconds: float) -> None:
        with self._lock:
            self._done += 1
            if not caught:
                self.survivors.append(f"{record}\n    {what}")
            said = f"caught by {what}" if caught else what
            print(f"{self._done:3d}/{self._count} {seconds:5.1f} s  {record}\n              {said}", flush=True)


def main() -> int:
    """0 = everything was noticed, 1 = something survived or the unchanged tree fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", default=[], metavar="ID", help="one requirement's records")
    parser.add_argument("--list", action="store_true", help="tell what is recorded, and run nothing")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="copies at a time")
    options = parser.parse_args()
    try:
        records = [each for each in read_records() if not options.only or each.requirement in options.only]
    except RecordError as error:
        print(error, file=sys.stderr)
        return 1
    if problems := [flaw for each in records if (flaw := each.flaw())]:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    if not records:
        print("no such record; scripts/sabotage --list names them", file=sys.stderr)
        return 1
    if options.list:
        print(*records, sep="\n")
        return 0
    begun = time.monotonic()
    jobs = min(max(1, options.jobs), len(records))
    with tempfile.TemporaryDirectory(prefix="hall-sabotage-") as folder:
        copies = [Copy(Path(folder) / str(number)) for number in range(jobs)]
        try:
            if problems := _baseline(copies, records):
                print(*problems, sep="\n", file=sys.stderr)
                return 1
            print(f"the unchanged tree passes, {time.monotonic() - begun:.0f} s; {len(records)} records", flush=True)
            tally = _sabotaged(copies, records)
        finally:
            for copy in copies:
                copy.kill()
    print(f"{len(records) - len(tally.survivors)} of {len(records)} caught, {time.monotonic() - begun:.0f} s")
    if tally.survivors:
        print("not caught:", *tally.survivors, sep="\n")
    return int(bool(tally.survivors))


def _baseline(copies: Sequence[Copy], records: Sequence[Sabotage]) -> list[str]:
    requirements = sorted({each.requirement for each in records})
    tests = sorted({test for each in records for test in each.tests})
    problems: list[str] = []

    def work(number: int, copy: Copy) -> None:
        if share := tests[number :: len(copies)]:
            problems.append(copy.passes(requirements, share))

    _all_at_once([threading.Thread(target=work, args=each, daemon=True) for each in enumerate(copies)])
    return [each for each in problems if each]


def _sabotaged(copies: Sequence[Copy], records: Sequence[Sabotage]) -> Tally:
    tally = Tally(len(records))
    left: queue.SimpleQueue[Sabotage] = queue.SimpleQueue()
    for record in records:
        left.put(record)

    def work(copy: Copy) -> None:
        while True:
            try:
                record = left.get_nowait()
            except queue.Empty:
                return
            begun = time.monotonic()
            try:
                caught, what = copy.verdict(record)
            except Exception as error:
                caught, what = False, f"it could not be tried: {error!r}"
            tally.add(record, caught, what, time.monotonic() - begun)

    _all_at_once([threading.Thread(target=work, args=(copy,), daemon=True) for copy in copies])
    return tally


def _all_at_once(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    sys.exit(main())
