"""gpio-sim for the guest's kernel: Debian leaves it out, and two files of its source make it a module.

The compiler is the host's and stays there; headers and source are the packages of the very version the guest runs.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

SYSTEM_PATH: Final = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
_SOURCE: Final = "linux-source-6.1"


def fetching(into: Path) -> str:
    """mmdebstrap's hook that downloads the kernel's source, headers and build tools; ``$1`` is the guest's root."""
    return (
        f'cd {shlex.quote(str(into))} && release=$(ls "$1/lib/modules") && '
        f'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get download -q {_SOURCE} linux-kbuild-6.1 '
        '"linux-headers-$release" "linux-headers-${release%-amd64}-common"'
    )


def add_gpio_sim(root: Path, packages: Path, release: str) -> None:
    """Compile the module and put it into the guest.

    Args:
        root: the guest's files.
        packages: where ``fetching`` put the packages.
        release: the kernel's, as ``uname -r`` says it.

    Raises:
        CalledProcessError: a step failed.
    """
    headers, module = packages / "headers", packages / "module"
    module.mkdir()
    for package in packages.glob("linux-headers-*.deb"):
        run(["dpkg-deb", "-x", str(package), str(headers)])
    for package in packages.glob("linux-kbuild-*.deb"):
        run(["dpkg-deb", "-x", str(package), str(headers)])
    source = next(packages.glob("linux-source-*.deb"))
    wanted = [
        f"{_SOURCE}/{each}" for each in ("drivers/gpio/gpio-sim.c", "drivers/gpio/gpiolib.h", "kernel/irq/irq_sim.c")
    ]
    unpack = (
        f"dpkg-deb --fsys-tarfile {shlex.quote(str(source))} | tar -xO ./usr/src/{_SOURCE}.tar.xz | xz -dc"
        f" | tar -x --occurrence=1 -C {shlex.quote(str(packages))} {' '.join(wanted)}"
    )
    run(["sh", "-c", unpack])  # the tar stops at the third file, and what feeds it ends with the pipe
    shutil.copyfile(packages / _SOURCE / "drivers/gpio/gpiolib.h", module / "gpiolib.h")
    shutil.copyfile(packages / _SOURCE / "drivers/gpio/gpio-sim.c", module / "gpio_sim_lines.c")
    simulator = (packages / _SOURCE / "kernel/irq/irq_sim.c").read_text("utf-8").splitlines()
    text = "\n".join(line for line in simulator if not line.startswith("EXPORT_SYMBOL")) + "\n"
    # irq_to_desc is not exported to modules; the two it is made of are
    text = text.replace("irq_to_desc(irqnum)", "irq_data_to_desc(irq_get_irq_data(irqnum))")
    (module / "irq_sim.c").write_text(text, "utf-8")
    (module / "Makefile").write_text("obj-m := gpio-sim.o\ngpio-sim-y := gpio_sim_lines.o irq_sim.o\n", "utf-8")
    tree = headers / "usr/src" / f"linux-headers-{release}"
    makefile = tree / "Makefile"
    makefile.write_text(makefile.read_text("utf-8").replace("/usr/src/", f"{headers}/usr/src/"), "utf-8")
    run(["make", "-s", "-C", str(tree), f"M={module}", "CC=gcc", "modules"])
    place = root / "lib/modules" / release / "extra"
    place.mkdir()
    shutil.copyfile(module / "gpio-sim.ko", place / "gpio-sim.ko")
    run(["chroot", str(root), "depmod", release])


def run(command: Sequence[str]) -> None:
    """Run a program that finds Debian's system tools.

    Raises:
        CalledProcessError: it failed; its output is with the error.
    """
    subprocess.run(
        command,
        check=True,
        env={**os.environ, "PATH": SYSTEM_PATH},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
