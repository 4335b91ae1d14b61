"""The recorded sabotages: small careless edits of the code, each with the requirement whose tests must notice it."""

import tomllib
from pathlib import Path

import msgspec

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]


class RecordError(ValueError):
    """A record does not fit the code; the sentence says which and what to do."""


class Sabotage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One careless edit: ``find`` stands once in ``file`` and becomes ``replace``.

    ``why`` is what the edit would do to people; ``tests`` are files or node ids in which a test that holds
    ``requirement`` must fail.
    """

    requirement: str
    why: str
    file: str
    find: str
    replace: str
    tests: tuple[str, ...]

    def applied(self, text: str) -> str:
        """``text`` of the file after the edit.

        Raises:
            RecordError: the snippet does not stand there exactly once, or the edit changes nothing.
        """
        count = text.count(self.find)
        if count != 1:
            raise RecordError(f"{self}: its snippet stands {count} times in the file, not once: record it anew")
        if self.find == self.replace:
            raise RecordError(f"{self}: it changes nothing")
        return text.replace(self.find, self.replace)

    def flaw(self) -> str:
        """Why it cannot be applied to the tree as it is, "" = it can."""
        try:
            self.applied((ROOT / self.file).read_text("utf-8"))
        except (RecordError, OSError) as error:
            return str(error)
        return ""

    def __str__(self) -> str:
        return f"{self.requirement} {self.file}: {self.why}"


class _Records(msgspec.Struct, forbid_unknown_fields=True):
    record: list[Sabotage]


def read_records() -> list[Sabotage]:
    """Every record, file by file, in the order in which they are written down.

    Raises:
        RecordError: a file of records cannot be read.
    """
    found: list[Sabotage] = []
    for path in sorted(FOLDER.glob("*.toml")):
        try:
            found += msgspec.convert(tomllib.loads(path.read_text("utf-8")), _Records).record
        except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
            raise RecordError(f"{path.relative_to(ROOT)}: {error}") from error
    return found
