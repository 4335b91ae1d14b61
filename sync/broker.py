"""A mosquitto of our own for the demo and for tests: its configuration, its ACL file, its users and its process.

An installed hall runs the same configuration under systemd with TLS; who may do what comes from the same table.
"""

import base64
import contextlib
import hashlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from firmware_py.errors import HallError
from firmware_py.link import MAX_PAYLOAD, Member, acl

_START_S: Final = 5.0
_STOP_S: Final = 5.0
_POLL_S: Final = 0.01
_HASH_ROUNDS: Final = 101
"""mosquitto's own; the passwords are random and long, so that stretching them would protect nothing."""


class BrokerError(HallError):
    """The broker cannot be started; says why and what to do."""


def find_mosquitto(program: str = "mosquitto") -> str | None:
    """Where the program is; Debian puts it where only root's PATH looks."""
    return shutil.which(program) or shutil.which(program, path="/usr/sbin:/usr/local/sbin:/opt/homebrew/sbin")


def password_line(instance: str, password: str) -> str:
    """A line of mosquitto's password file (``$7$``: PBKDF2 with SHA-512)."""
    salt = secrets.token_bytes(12)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _HASH_ROUNDS)
    return f"{instance}:$7${_HASH_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


class Broker:
    """One mosquitto on a port of the loopback interface, for exactly these members.

    Args:
        directory: for its files, each readable by its owner only; made if missing.
        members: who may connect. Each gets a new random password, see ``password``.
        port: 0 = a free one, kept over restarts.
        program: mosquitto, by name or path.
        leash: put before the command; the demo ties the broker's life to its own with it.
    """

    def __init__(
        self,
        directory: Path,
        members: Sequence[Member],
        *,
        port: int = 0,
        program: str = "mosquitto",
        leash: Sequence[str] = (),
    ) -> None:
        self.directory: Final = directory
        self.host: Final = "127.0.0.1"
        self.port = port
        self._members = members
        self._program = program
        self._leash = leash
        self._passwords = {member.instance: secrets.token_urlsafe(24) for member in members}
        self._process: subprocess.Popen[bytes] | None = None

    def password(self, instance: str) -> str:
        """The instance's password.

        Raises:
            KeyError: no such member.
        """
        return self._passwords[instance]

    @property
    def password_files(self) -> str:
        """Where each member's password lies, for ``password_file`` in device.toml: the path, with ``{instance}``."""
        return str(self.directory / "secrets" / "{instance}")

    @property
    def pid(self) -> int | None:
        """The running process, or None."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Write the files, start the process and wait until it answers; it knows nothing of an earlier life.

        Raises:
            BrokerError: mosquitto is missing, runs already, ended at once, or does not answer within 5 s.
            OSError: the directory cannot be written.
        """
        program = find_mosquitto(self._program)
        if self.pid is not None:
            raise BrokerError(f"mosquitto runs already as process {self.pid}")
        if program is None:
            raise BrokerError(f"{self._program} is not installed; install mosquitto, or run without a broker")
        self.port = self.port or _free_port(self.host)
        self._write()
        with (self.directory / "mosquitto.log").open("ab") as sink:
            self._process = subprocess.Popen(
                [*self._leash, program, "-c", str(self.directory / "mosquitto.conf")],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
            )
        self._await_answer(self._process)

    def stop(self) -> None:
        """End it as systemd would; harmless when it is not running."""
        self._end(kill=False)

    def kill(self) -> None:
        """End it with kill -9: it tells no will and forgets everything."""
        self._end(kill=True)

    def _end(self, *, kill: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if not kill:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_STOP_S)
                return
        process.kill()
        process.wait()

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(int(_START_S / _POLL_S)):
            with contextlib.suppress(OSError), socket.create_connection((self.host, self.port), timeout=_START_S):
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_POLL_S)
                break
        self.kill()
        said = (self.directory / "mosquitto.log").read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
        raise BrokerError(f"mosquitto does not answer on {self.host}:{self.port}; it said: {' | '.join(said)}")

    def _write(self) -> None:
        lines = [password_line(instance, password) for instance, password in self._passwords.items()]
        files = {
            "mosquitto.conf": self._conf(),
            "hall.acl": acl(self._members),
            "passwords": "\n".join(lines) + "\n",
            **{f"secrets/{instance}": password + "\n" for instance, password in self._passwords.items()},
        }
        (self.directory / "secrets").mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            path = self.directory / name
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")

    def _conf(self) -> str:
        return f"""\
listener {self.port} {self.host}
# started by root, mosquitto would become a user who cannot read these files
user {pwd.getpwuid(os.geteuid()).pw_name}
allow_anonymous false
password_file {self.directory / "passwords"}
acl_file {self.directory / "hall.acl"}
# nobody takes over another's connection by claiming its client id
use_username_as_clientid true
# facts travel as acknowledged streams and states are republished: what a broker remembers is never trusted
persistence false
set_tcp_nodelay true
max_queued_messages 10000
max_packet_size {MAX_PAYLOAD + 64 * 1024}
sys_interval 0
log_dest stderr
log_type error
log_type warning
log_type notice
"""


def _free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port
