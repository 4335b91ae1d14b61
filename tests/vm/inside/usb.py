"""USB devices made of Linux gadget functions on the simulated sockets of dummy_hcd: really plugged in, really pulled.

The host side of each is a real device of this kernel (``/dev/usb/lp0``, ``/dev/ttyACM0``, an input device with its
by-path link), the far side a file that plays the device (``/dev/g_printer0``, ``/dev/ttyGS0``, ``/dev/hidg0``).
"""

import fcntl
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tests.vm.inside.nodes import appeared

_GADGETS: Final = Path("/sys/kernel/config/usb_gadget")

KEYBOARD: Final = bytes.fromhex(
    "05010906a101050719e029e71500250175019508810295017508810395057501050819012905910295017503910395067508150025650507"
    "190029658100c0"
)
"""The boot keyboard of the HID standard (appendix E.6): eight bytes a report, six keys at once."""

KEYS: Final = {
    **{f"KEY_KP{digit}": 0x58 + digit for digit in range(1, 10)},
    "KEY_KP0": 0x62,
    "KEY_KPENTER": 0x58,
    "KEY_KPDOT": 0x63,
    "KEY_NUMLOCK": 0x53,
}
"""Usages of HID's keyboard page."""

_SET_PRINTER_STATUS: Final = 0xC0016722
"""GADGET_SET_PRINTER_STATUS of linux/usb/g_printer.h: _IOWR('g', 0x22, unsigned char)."""


class Gadget:
    """One USB device with one function.

    Args:
        name: of the gadget, unique.
        function: ``hid.a``, ``printer.a``, ``acm.a``: the kernel's function and an instance of it.
        settings: the function's attributes.
        serial: its serial number; "" as cheap devices have it: none.
    """

    def __init__(
        self,
        name: str,
        function: str,
        settings: Mapping[str, bytes | str] | None = None,
        *,
        vendor: int = 0x1D6B,
        product: int = 0x0104,
        serial: str = "",
    ) -> None:
        self.root: Final = _GADGETS / name
        self.root.mkdir()
        (self.root / "idVendor").write_text(f"{vendor:#06x}")
        (self.root / "idProduct").write_text(f"{product:#06x}")
        strings = self.root / "strings/0x409"
        strings.mkdir()
        (strings / "manufacturer").write_text("Hall")
        (strings / "product").write_text(function.partition(".")[0])
        if serial:
            (strings / "serialnumber").write_text(serial)
        self.function: Final = self.root / "functions" / function
        self.function.mkdir()
        for key, value in (settings or {}).items():
            (self.function / key).write_bytes(value if isinstance(value, bytes) else value.encode())
        configuration = self.root / "configs/c.1"
        configuration.mkdir()
        self._link = configuration / function
        self._link.symlink_to(self.function)
        self._configuration = configuration
        self._host_port: Path | None = None

    def plug(self, socket: int) -> None:
        """Put its cable into a socket; the kernel enumerates it after this returns (``nodes.appeared``)."""
        (self.root / "UDC").write_text(f"dummy_udc.{socket}")
        self._host_port = Path(f"/sys/devices/platform/dummy_hcd.{socket}")

    def unplug(self) -> None:
        """Pull its cable; harmless when it is out.

        The host's drivers lose the device first and the gadget its host second: the other way round, this kernel's
        dummy_hcd may hand a transfer back to a gadget that is gone (seen as a crash of the guest).
        """
        if self._host_port is None:
            return
        for device in self._host_port.glob("usb*/*-1/remove"):
            device.write_text("1")
        (self.root / "UDC").write_text("\n")
        self._host_port = None

    def close(self) -> None:
        """Throw the device away."""
        self.unplug()
        self._link.unlink()
        self._configuration.rmdir()
        self.function.rmdir()
        (self.root / "strings/0x409").rmdir()
        self.root.rmdir()


class UsbPad:
    """A cheap USB number pad: no serial number, a boot keyboard's reports."""

    def __init__(self, name: str) -> None:
        settings = {"protocol": "1", "subclass": "1", "report_length": "8", "report_desc": KEYBOARD}
        self.gadget = Gadget(name, f"hid.{name}", settings, product=0x0105)
        self.socket = -1

    @staticmethod
    def path(socket: int) -> Path:
        """The by-path link of a pad in that socket."""
        return Path(f"/dev/input/by-path/platform-dummy_hcd.{socket}-usb-0:1:1.0-event-kbd")

    def plug(self, socket: int) -> None:
        """Into that socket; returns when the pad has its node."""
        self.gadget.plug(socket)
        self.socket = socket
        appeared(self.path(socket))

    def hold(self, *keys: str) -> None:
        """These keys are down from now on, all others up."""
        _, minor = (self.gadget.function / "dev").read_text().split(":")
        report = bytes([0, 0, *(KEYS[key] for key in keys)]).ljust(8, b"\0")
        far = os.open(f"/dev/hidg{int(minor)}", os.O_WRONLY)
        try:
            os.write(far, report)
        finally:
            os.close(far)

    def press(self, key: str) -> None:
        """Down and up."""
        self.hold(key)
        self.hold()


def set_port_status(printer: int, status: int) -> None:
    """What a printer gadget's far end answers to the class request for its port status."""
    fcntl.ioctl(printer, _SET_PRINTER_STATUS, status)  # by value, whatever its number says of a pointer
