"""The last sentences as WAV files, so that a repeat costs neither time nor writing."""

import contextlib
import hashlib
import os
from pathlib import Path

from firmware_py.errors import DriverFault


class WavCache:
    """A bounded folder of WAV files named by what made them; the least recently used go first.

    Put it on a tmpfs (a unit's RuntimeDirectory): nearly every call is a new sentence, and an SD card should not
    carry 150 KB for each.
    """

    def __init__(self, directory: Path, *, keep: int = 32) -> None:
        self._directory = directory
        self._keep = keep

    def open(self) -> None:
        """Make the folder.

        Raises:
            DriverFault: ``voice_cache``.
        """
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._fault(error) from error

    def path(self, *recipe: bytes) -> Path:
        """Where the sound made from ``recipe`` lies, or would lie."""
        digest = hashlib.sha256()
        for part in recipe:
            digest.update(len(part).to_bytes(8, "big") + part)
        return self._directory / f"{digest.hexdigest()[:32]}.wav"

    def holds(self, path: Path) -> bool:
        """Whether it lies there; marks it as used."""
        try:
            os.utime(path)
        except OSError:
            return False
        return True

    def scratch(self, path: Path) -> Path:
        """Where to make what shall lie at ``path``: beside it, not yet seen as a sound."""
        return path.with_suffix(f".{os.getpid()}.part")

    def put(self, path: Path, wav: bytes) -> Path:
        """Put a sound in place at once and whole, and drop the oldest beyond the limit.

        Raises:
            DriverFault: ``voice_cache`` - the disk is full or read-only.
        """
        part = self.scratch(path)
        try:
            part.write_bytes(wav)
            part.replace(path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise self._fault(error) from error
        self._prune(path)
        return path

    def _prune(self, newest: Path) -> None:
        dated: list[tuple[int, Path]] = []
        for path in self._directory.glob("*.wav"):
            with contextlib.suppress(OSError):
                dated.append((path.stat().st_mtime_ns, path))
        for _, path in sorted(dated)[: -self._keep]:
            if path != newest:
                path.unlink(missing_ok=True)

    def _fault(self, error: OSError) -> DriverFault:
        return DriverFault("voice_cache", f"{self._directory} cannot be written: {error}")
