"""Configuration files for tests: a small hall and the shipped devices, changed by a line."""

from pathlib import Path

from firmware_py.errors import ConfigError
from firmware_py.runtime.config import load, load_device, load_hall

ROOT = Path(__file__).parents[2]
HALL = Path(__file__).with_name("hall.toml").read_text(encoding="utf-8")
EXAMPLES = {
    name: (ROOT / f"docs/examples/device-{name}.toml").read_text(encoding="utf-8")
    for name in ("controller", "kiosk", "desk")
}


def changed(text: str, old: str, new: str) -> str:
    """The text with its first ``old`` replaced; a test that changes nothing would prove nothing."""
    if old not in text:
        raise ValueError(f"{old!r} does not stand in the file")
    return text.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    """The line in which ``part`` begins, counted from 1."""
    return text[: text.index(part)].count("\n") + 1


def written(directory: Path, hall: str | bytes | None = None, device: str | bytes | None = None) -> tuple[Path, Path]:
    """Both files in a directory."""
    paths = directory / "hall.toml", directory / "device.toml"
    for path, content in zip(paths, (hall, device), strict=True):
        if content is not None:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return paths


def problems_of_hall(directory: Path, text: str | bytes) -> list[str]:
    """What is wrong with a ``hall.toml``, without the name of the file; empty when nothing is."""
    path, _ = written(directory, hall=text)
    try:
        load_hall(path)
    except ConfigError as error:
        return [problem.removeprefix(f"{path}:").strip() for problem in error.problems]
    return []


def problems_of_device(directory: Path, text: str | bytes, hall: str | None = HALL) -> list[str]:
    """What is wrong with a ``device.toml``, by itself or beside a hall."""
    hall_path, path = written(directory, hall=hall, device=text)
    try:
        load_device(path, None if hall is None else load_hall(hall_path))
    except ConfigError as error:
        return [problem.removeprefix(f"{path}:").strip() for problem in error.problems]
    return []


def problems_of_both(directory: Path, hall: str | bytes, device: str | bytes) -> list[str]:
    """What is wrong with both files."""
    try:
        load(*written(directory, hall, device))
    except ConfigError as error:
        return error.problems
    return []
