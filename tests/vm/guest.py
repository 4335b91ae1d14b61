"""One virtual Pi under QEMU: boots the kept image with this tree's code, hears what it reports, can lose its power."""

import contextlib
import datetime
import json
import os
import shutil
import signal
import socket
import subprocess
import tarfile
import time
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from tests.vm.image import ROOT, Image

BOOT_S: Final = 240.0
"""Until the guest's first word: on a free machine 25 s, on a busy one several times that."""
WORD_S: Final = 180.0
"""Between two words of the guest; a test that says nothing for this long has hung."""

CARRIED: Final = ("firmware_py", "drivers", "kiosk", "caller", "evaluator", "sync", "docs/examples", "setup.cfg")
CARRIED_TESTS: Final = ("tests/__init__.py", "tests/conftest.py", "tests/support", "tests/vm")


class GuestLostError(Exception):
    """The guest ended or went silent; the message carries the end of its console."""


class Guest:
    """A running virtual Pi.

    Args:
        image: what it boots.
        place: a folder for its sockets, its console's text and its own writes to the disk. A second guest in the same
            folder boots the same disk.
        orders: what ``inside/start`` finds in ``run.json``.
        clock: what its battery clock says, UTC.

    Raises:
        GuestLostError: QEMU does not start.

    The disk is a qcow2 overlay of the image. What the guest has not flushed when QEMU is killed is partly lost with
    the overlay's tables, which QEMU holds in memory until then: nearer to a power cut than a raw file, whose every
    write outlives QEMU in the host's page cache.
    """

    def __init__(self, image: Image, place: Path, orders: Mapping[str, Any], clock: datetime.datetime) -> None:
        self._console = place / "console.txt"
        self._console.unlink(missing_ok=True)
        overlay = place / "disk.qcow2"
        if not overlay.exists():
            _overlay(overlay, image.disk)
        project = place / "project.tar"
        _pack(project, orders)
        complaint = place / "qemu.txt"
        with socket.socket(socket.AF_UNIX) as door, complaint.open("wb") as stderr:
            path = place / "report"
            path.unlink(missing_ok=True)
            door.bind(str(path))
            door.listen(1)
            door.settimeout(1)
            command = _command(image, overlay, project, path, self._console, clock)
            self._qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)
            self._wire = self._answered(door, complaint)
        self._heard = b""
        self._spoke = False

    def words(self) -> Iterator[dict[str, Any]]:
        """What the guest says, one JSON object after another, until its run is done.

        Raises:
            GuestLostError: it ended before, or is silent for too long.
        """
        while True:
            line, ended, self._heard = self._heard.partition(b"\n")
            if not ended:
                self._heard = line + self._listen()
                continue
            self._spoke = True
            word = json.loads(line)
            if "done" in word:
                return
            yield word

    def cut(self) -> None:
        """The mains are gone: nothing is flushed, nobody is asked."""
        self._qemu.send_signal(signal.SIGKILL)
        self._qemu.wait()
        self._wire.close()

    def console(self, lines: int = 60) -> str:
        """The end of what stood on the guest's console."""
        with contextlib.suppress(OSError):
            return "\n".join(self._console.read_text("utf-8", "replace").splitlines()[-lines:])
        return "(no console)"

    def _answered(self, door: socket.socket, complaint: Path) -> socket.socket:
        while True:
            with contextlib.suppress(TimeoutError):
                wire, _ = door.accept()
                return wire
            if self._qemu.poll() is not None:
                raise GuestLostError(
                    f"QEMU ended with {self._qemu.returncode}: {complaint.read_text('utf-8', 'replace')}"
                )

    def _listen(self) -> bytes:
        patience = WORD_S if self._spoke else BOOT_S
        self._wire.settimeout(patience)
        try:
            heard = self._wire.recv(1 << 16)
        except TimeoutError:
            raise GuestLostError(f"silent for {patience:g} s; its console:\n{self.console()}") from None
        if not heard:
            raise GuestLostError(f"it ended by itself; its console:\n{self.console()}")
        return heard


def _overlay(overlay: Path, disk: Path) -> None:
    subprocess.run(
        ["qemu-img", "create", "-q", "-f", "qcow2", "-b", str(disk), "-F", "raw", str(overlay)],
        check=True,
    )


def _pack(tar: Path, orders: Mapping[str, Any]) -> None:
    """The tree as it stands, as a tar that is the guest's second disk."""
    with tarfile.open(tar, "w") as pack:
        for name in (*CARRIED, *CARRIED_TESTS):
            pack.add(ROOT / name, name, filter=_of_use_there)
        text = json.dumps(orders).encode()
        entry = tarfile.TarInfo("run.json")
        entry.size, entry.mtime = len(text), int(time.time())
        pack.addfile(entry, BytesIO(text))


def _of_use_there(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    other_python = "__pycache__/" in entry.name and not entry.name.endswith(".cpython-311.pyc")
    entry.uid = entry.gid = 0
    return None if other_python else entry


def _command(
    image: Image, overlay: Path, project: Path, report: Path, console: Path, clock: datetime.datetime
) -> list[str]:
    leash = shutil.which("setpriv")  # a killed test run leaves no guest behind
    return [
        *((leash, "--pdeathsig", "KILL") if leash else ()),
        *(
            "qemu-system-x86_64",
            "-accel",
            "tcg,thread=multi",
            "-cpu",
            "max",
            "-m",
            "1024",
            "-smp",
            str(min(2, os.cpu_count() or 1)),
        ),
        *(
            "-nodefaults",
            "-display",
            "none",
            "-monitor",
            "none",
            "-no-reboot",
            "-nic",
            "none",
            "-rtc",
            f"base={clock:%Y-%m-%dT%H:%M:%S}",
        ),
        *("-serial", f"file:{console}", "-device", "virtio-rng-pci", "-device", "virtio-serial-pci"),
        *("-chardev", f"socket,id=report,path={report}", "-device", "virtserialport,chardev=report,name=hall.report"),
        *("-drive", f"file={overlay},format=qcow2,if=virtio,cache=writeback"),
        *("-drive", f"file={project},format=raw,if=virtio,readonly=on"),
        *("-kernel", str(image.kernel), "-initrd", str(image.initrd)),
        *("-append", "root=/dev/vda rw console=ttyS0 quiet mitigations=off systemd.show_status=0 fsck.mode=auto"),
    ]


def ten_tomorrow() -> datetime.datetime:
    """Ten in the morning in China, when a hall is open, on a day after the one the image was made on."""
    tomorrow = datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)
    return tomorrow.replace(hour=2, minute=0, second=0)
