"""The hall's secret, which makes rating windows unguessable (R-EVAL-04)."""

import os
import secrets
from pathlib import Path

from firmware_py.errors import ConfigError

LENGTH = 32


def read_secret(path: Path) -> bytes:
    """The secret at ``path``, made there on the first start; readable by its owner only.

    Raises:
        ConfigError: the file is there and holds no secret.
        OSError: it cannot be read or written.
    """
    if not path.exists():
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        os.replace(fresh, path)  # noqa: PTH105 - the name of the system call that makes it safe
    secret = path.read_bytes()
    if len(secret) < LENGTH:
        raise ConfigError(
            [f"{path}: {len(secret)} bytes, expected at least {LENGTH}; delete it to have a new one made"]
        )
    return secret
