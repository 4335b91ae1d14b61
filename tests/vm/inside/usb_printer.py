"""A USB ticket printer in one of the guest's sockets: the kernel's gadget with ``drivers.virtual``'s printer inside."""

from pathlib import Path
from typing import Final

from drivers.virtual.printer import VirtualPrinter
from tests.vm.inside.joint import Joint
from tests.vm.inside.nodes import appeared, vanished
from tests.vm.inside.usb import Gadget

LP0: Final = Path("/dev/usb/lp0")
SOCKET: Final = 1
VENDOR, PRODUCT, SERIAL = 0x04B8, 0x0E15, "0001"

_FAR: Final = Path("/dev/g_printer0")


class UsbPrinter:
    """Unplugged at first."""

    def __init__(self) -> None:
        settings = {"pnp_string": "MFG:Hall;MDL:virtual;CLS:PRINTER;", "q_len": "4"}
        self.gadget = Gadget("printer", "printer.a", settings, vendor=VENDOR, product=PRODUCT, serial=SERIAL)
        self.inside = VirtualPrinter("pty")
        self.joint: Joint | None = None

    def plug(self, *, stall_after: int | None = None) -> None:
        """Into its socket; ``stall_after`` as ``Joint``'s."""
        self.gadget.plug(SOCKET)
        appeared(LP0, _FAR)
        self.joint = Joint(_FAR, Path(self.inside.port.removeprefix("file://")), stall_after=stall_after)

    def unplug(self) -> None:
        """Out; returns when the host has noticed."""
        self.cut_off()
        self.gadget.unplug()
        vanished(LP0)

    def cut_off(self) -> None:
        """Nobody inside takes bytes or answers any more; the cable stays."""
        if self.joint is not None:
            self.joint.close()
            self.joint = None

    def close(self) -> None:
        """Throw it away."""
        self.cut_off()
        self.gadget.close()
        self.inside.close()
