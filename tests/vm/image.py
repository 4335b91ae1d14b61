"""Builds the virtual Pi's disk once and keeps it: Debian 12, the hall's libraries, and gpio-sim as a module.

The recipe's every step is a Debian tool; the compiler is the host's and stays there. An image is kept under
``$XDG_CACHE_HOME/hall-virtual-pi`` by the hash of what went into it, and a newer one takes its place. The project's
own code is not in it: ``guest`` hands that over at each boot.
"""

import configparser
import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

from tests.vm import guest_kernel
from tests.vm.guest_kernel import SYSTEM_PATH, add_gpio_sim, fetching, run

log = logging.getLogger(__name__)

ROOT: Final = Path(__file__).resolve().parents[2]
SUITE: Final = "bookworm"
PYTHON: Final = "3.11"
PACKAGES: Final = (
    *("systemd", "systemd-sysv", "udev", "dbus", "kmod", "linux-image-amd64", "initramfs-tools"),
    *("python3", "python3-evdev", "libusb-1.0-0", "mosquitto", "espeak-ng", "alsa-utils"),
)
LEFT_OUT: Final = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/share/info/*")
PLATFORMS: Final = ("manylinux_2_36", "manylinux_2_34", "manylinux_2_28", "manylinux_2_17", "manylinux2014")
TOOLS: Final = ("mmdebstrap", "mke2fs", "dpkg-deb", "xz", "tar", "make", "gcc")
DISK_SIZE: Final = "4G"
INITIAL_MODULES: Final = ("virtio_pci", "virtio_blk", "ext4")
"""All that the initial ramdisk carries: the guest's disk is always the same, and a small one unpacks faster."""

MASKED: Final = (
    *("getty@.service", "serial-getty@.service", "systemd-networkd-wait-online.service", "mosquitto.service"),
    *("e2scrub_reap.service", "e2scrub_all.timer", "apt-daily.timer", "apt-daily-upgrade.timer", "fstrim.timer"),
    *("systemd-update-utmp.service", "systemd-pstore.service", "alsa-restore.service", "dpkg-db-backup.timer"),
)
UNIT: Final = """\
[Unit]
Description=The hall's tests on this virtual Pi
After=systemd-udevd.service dbus.service
[Service]
Type=exec
ExecStartPre=mkdir -p /opt/hall
ExecStartPre=mount -t tmpfs tmpfs /opt/hall
ExecStartPre=tar -xf /dev/vdb -C /opt/hall
ExecStart=sh /opt/hall/tests/vm/inside/start
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
[Install]
WantedBy=multi-user.target
"""
SITE: Final = "/opt/site"
"""Where the guest finds the libraries that come from PyPI."""


class CannotBuildError(Exception):
    """This machine cannot make the image; the sentence says what it lacks."""


class Image(NamedTuple):
    """What QEMU boots."""

    disk: Path
    kernel: Path
    initrd: Path


def the_image() -> Image:
    """The image of today's recipe, built now if it is not kept.

    Raises:
        CannotBuildError: tools, rights or the network are missing.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hall-virtual-pi"
    cache.mkdir(parents=True, exist_ok=True)
    name = _recipe()
    with _alone_in(cache):
        kept = cache / name
        if not kept.is_dir():
            building = Path(tempfile.mkdtemp(prefix=".building-", dir=cache))
            try:
                _build(building)
            except subprocess.CalledProcessError as error:
                raise CannotBuildError(_told(error)) from error
            else:
                _forget_others(cache, building)
                building.rename(kept)
            finally:
                shutil.rmtree(building, ignore_errors=True)
    return Image(kept / "disk.img", kept / "vmlinuz", kept / "initrd.img")


def libraries() -> list[str]:
    """What the guest installs from PyPI: the project's own requirements, lgpio, and this host's pytest."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", "utf-8")
    extras = config["options.extras_require"]
    required = config["options"]["install_requires"].strip().splitlines()
    pins = [each for each in extras["pi"].strip().splitlines() if each.startswith("lgpio")]
    tests = [f"{name}=={version(name)}" for name in ("pytest", "hypothesis")]
    return [*required, *pins, *tests]


def _recipe() -> str:
    words = [Path(name).read_text("utf-8") for name in (__file__, guest_kernel.__file__)]
    return hashlib.sha256("\n".join([*words, *libraries()]).encode()).hexdigest()[:16]


@contextlib.contextmanager
def _alone_in(cache: Path) -> Iterator[None]:
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget_others(cache: Path, building: Path) -> None:
    for each in cache.iterdir():
        if each.is_dir() and each != building:
            shutil.rmtree(each, ignore_errors=True)


def _build(into: Path) -> None:
    lacking = [tool for tool in TOOLS if shutil.which(tool, path=SYSTEM_PATH) is None]
    if lacking:
        raise CannotBuildError(f"not installed here: {', '.join(lacking)}")
    if os.geteuid() != 0:
        raise CannotBuildError(
            "its files belong to root, so only root can build it: sudo .venv/bin/python -m tests.vm.image"
        )
    root, kernel_packages = into / "root", into / "kernel"
    kernel_packages.mkdir()
    log.warning("virtual Pi: building its disk, once (two or three minutes) …")
    run(_mmdebstrap(root, kernel_packages))
    release = next((root / "lib/modules").iterdir()).name
    add_gpio_sim(root, kernel_packages, release)
    run([*_pip(), "--target", str(root / SITE.lstrip("/")), *libraries()])
    _settle(root)
    shutil.copyfile(root / "boot" / f"vmlinuz-{release}", into / "vmlinuz")
    shutil.copyfile(root / "boot" / f"initrd.img-{release}", into / "initrd.img")
    run(["mke2fs", "-q", "-t", "ext4", "-d", str(root), str(into / "disk.img"), DISK_SIZE])
    shutil.rmtree(root)
    shutil.rmtree(kernel_packages)


def _mmdebstrap(root: Path, kernel_packages: Path) -> list[str]:
    """One Debian, and beside it what its kernel's modules are built with, of the very version it has."""
    early = (
        'mkdir -p "$1/etc/initramfs-tools/conf.d" "$1/usr/share/initramfs-tools/modules.d"; '
        'echo MODULES=list > "$1/etc/initramfs-tools/conf.d/hall"; '
        f'printf "%s\\n" {" ".join(INITIAL_MODULES)} > "$1/usr/share/initramfs-tools/modules.d/hall"'
    )
    return [
        *("mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory", f"--include={','.join(PACKAGES)}"),
        *(f"--dpkgopt=path-exclude={path}" for path in LEFT_OUT),
        *(f"--setup-hook={early}", f"--customize-hook={fetching(kernel_packages)}", SUITE, str(root)),
    ]


def _pip() -> list[str]:
    """pip, asked for the guest's Python, whatever this one is; wheels only, because the guest has no compiler."""
    abis = ("cp311", "abi3", "none")
    platforms = [*(f"{name}_x86_64" for name in PLATFORMS), "any"]
    return [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"),
        *("--python-version", PYTHON, "--implementation", "cp"),
        *(word for abi in abis for word in ("--abi", abi)),
        *(word for platform in platforms for word in ("--platform", platform)),
    ]


def _settle(root: Path) -> None:
    """A machine that asks nobody anything: one unit to start, and none that only costs time."""
    (root / "etc/hostname").write_text("virtual-pi\n")
    (root / "etc/fstab").write_text("/dev/vda / ext4 defaults,noatime 0 1\n")
    units = root / "etc/systemd/system"
    (units / "hall-tests.service").write_text(UNIT)
    wants = units / "multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / "hall-tests.service").symlink_to("../hall-tests.service")
    for unit in MASKED:
        masked = units / unit
        masked.unlink(missing_ok=True)
        masked.symlink_to("/dev/null")


def _told(error: subprocess.CalledProcessError) -> str:
    last = "\n".join(str(error.output).splitlines()[-15:])
    return f"{error.cmd[0]} ended with {error.returncode}:\n{last}"


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s")
    try:
        print(the_image().disk)  # noqa: T201
    except CannotBuildError as problem:
        sys.exit(f"virtual Pi: {problem}")
