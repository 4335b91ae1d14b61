"""Who has a device already: this Pi's daemons by their command lines, other programs by the files they hold open."""

import glob
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

from firmware_py.runtime.device_file import AnyInstance
from firmware_py.runtime.programs import PROGRAMS, TOGETHER

PROC: Final = Path("/proc")


class Holder(msgspec.Struct, frozen=True):
    """A process; ``unit`` is set when it is one of the hall's daemons."""

    pid: int
    program: str
    unit: str = ""


def unit_of(instance: AnyInstance) -> str:
    """The systemd unit of an instance, or of all it runs together with."""
    names, name = _program_of(instance)
    return f"{names[0]}@{name}"


def daemon_of(instance: AnyInstance, config: Path, proc: Path = PROC) -> Holder | None:
    """The running daemon of this instance, started with this configuration folder; None = it does not run."""
    names, name = _program_of(instance)
    for pid, words in _processes(proc):
        if (
            _program(words) in names
            and _option(words, "--id") == name
            and _folder(_option(words, "--config") or "/etc/hall", pid, proc) == config.resolve()
        ):
            return Holder(pid, _program(words), unit_of(instance))
    return None


def holder_of(wire: str, proc: Path = PROC) -> Holder | None:
    """Another process that has a device node open; ``wire`` may be a pattern. None = nobody that may be seen."""
    wanted = {os.path.realpath(path) for path in paths_of(wire)}
    for pid, words in _processes(proc):
        for file in glob.iglob(f"{proc}/{pid}/fd/*"):  # noqa: PTH207 - gives nothing where there is no permission
            try:
                held = os.readlink(file)  # noqa: PTH115
            except OSError:
                continue
            if held in wanted:
                program = _program(words)
                return Holder(pid, program, _unit(program, words))
    return None


def paths_of(wire: str) -> list[str]:
    """The device nodes that a wire's name stands for now."""
    return glob.glob(wire) if glob.has_magic(wire) else [wire] if os.path.exists(wire) else []  # noqa: PTH110, PTH207


def _unit(program: str, words: Sequence[str]) -> str:
    name = _option(words, "--id")
    unit = next((names[0] for names in (TOGETHER, *PROGRAMS.values()) if program in names), "")
    return f"{unit}@{name}" if unit and name else ""


def _processes(proc: Path) -> Iterator[tuple[int, list[str]]]:
    """Every other process with its command line."""
    for folder in proc.iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid():
            try:
                line = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if line:
                yield int(folder.name), line.rstrip("\0").split("\0")


def _program(words: Sequence[str]) -> str:
    """The module behind ``python -m``, or the script behind ``python``, or the program itself."""
    if not Path(words[0]).name.startswith("python"):
        return Path(words[0]).name
    if "-m" in words[:-1]:
        return words[words.index("-m") + 1]
    return next((Path(word).name for word in words[1:] if not word.startswith("-")), Path(words[0]).name)


def _option(words: Sequence[str], name: str) -> str:
    for place, word in enumerate(words):
        if word == name:
            return words[place + 1] if place + 1 < len(words) else ""
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return ""


def _folder(given: str, pid: int, proc: Path) -> Path:
    """The folder a process means: a relative one is below its own."""
    try:
        home = os.readlink(proc / str(pid) / "cwd")  # noqa: PTH115
    except OSError:
        home = "/"
    return Path(home, given).resolve()


def _program_of(instance: AnyInstance) -> tuple[tuple[str, str], str]:
    """What runs it, and under which ``--id``."""
    if instance.together:
        return TOGETHER, instance.together
    return PROGRAMS[str(instance.__struct_config__.tag)], instance.id
