"""A USB serial adapter in one of the guest's sockets, and the pty of what hangs on its line."""

from pathlib import Path

from tests.vm.inside.joint import Joint
from tests.vm.inside.nodes import appeared, vanished
from tests.vm.inside.usb import Gadget


class UsbSerial:
    """One with a serial number, by which udev makes its link; unplugged at first."""

    def __init__(self, pty: str, number: str = "SIGN0001") -> None:
        self.gadget = Gadget(number, f"acm.{number}", serial=number)
        self._far = Path(f"/dev/ttyGS{(self.gadget.function / 'port_num').read_text().strip()}")
        self._pty = Path(pty)
        self._joint: Joint | None = None
        self.link = Path(f"/dev/serial/by-id/usb-Hall_acm_{number}-if00")

    def plug(self, socket: int) -> Path:
        """Into that socket; the tty's own name, which depends on what else is plugged in."""
        self.gadget.plug(socket)
        appeared(self.link, self._far)
        self._joint = Joint(self._far, self._pty)
        return self.link.resolve()

    def unplug(self) -> None:
        """Out; returns when the host has noticed."""
        self._let_go()
        self.gadget.unplug()
        vanished(self.link)

    def close(self) -> None:
        """Throw it away."""
        self._let_go()
        self.gadget.close()

    def _let_go(self) -> None:
        if self._joint is not None:
            self._joint.close()
            self._joint = None
