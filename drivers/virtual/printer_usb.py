"""A USB bus with one printer on it, as pyusb sees it: the real pyusb runs above this backend (hardware.md 1.5)."""

# ruff: noqa: ARG002 - the methods are those of a pyusb backend, whatever of their arguments one device needs

import contextlib
import errno
import selectors
import socket
from array import array
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Final

from usb.backend import IBackend
from usb.core import USBError, USBTimeoutError

from drivers.virtual.printer_cable import Cable, Received

VENDOR, PRODUCT, SERIAL = 0x0416, 0x5011, "HALL0001"
OUT, IN = 0x03, 0x81
"""Not the endpoints python-escpos would guess, as on many clones."""

PortStatus = Callable[[], int]

_NUMBER: Final = 0
_PROTOCOLS: Final = (1, 2)
"""Alternate setting 0 only takes bytes, 1 talks back as well."""


def _error(number: int, what: str) -> USBError:
    return USBError(what, None, number)


class _Handle:
    """One opener, on one plugging-in of the device."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire = wire
        self.alternate = 0


class UsbBus(IBackend):  # type: ignore[misc]
    """The bus and the kernel's usblp on it. ``denied`` = this user may not open devices."""

    def __init__(self, ask_port: PortStatus) -> None:
        self.denied = False
        self.usblp_bound = True
        """Whether the kernel's driver holds the printer."""
        self.resets = 0
        self.breaks_off_after: int | None = None
        """The next transfer of more bytes than this is cut off after them, as by a cable that comes out just then."""
        self._ask_port = ask_port
        self._wire: socket.socket | None = None
        self._claimed: _Handle | None = None
        self._openers: set[_Handle] = set()

    def plug_in(self, wire: socket.socket) -> None:
        """The printer appears, and the kernel's driver takes it."""
        self._wire, self._claimed, self.usblp_bound = wire, None, True

    def pull_out(self) -> None:
        """It is gone; who has it open learns so at the next transfer."""
        if self._wire is None:
            return
        wire, self._wire = self._wire, None
        if not any(each.wire is wire for each in self._openers):
            wire.close()

    def enumerate_devices(self) -> Iterator[str]:
        if self._wire is not None:
            yield "printer"

    def get_parent(self, dev: str) -> None: ...

    def get_device_descriptor(self, dev: str) -> SimpleNamespace:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=VENDOR, idProduct=PRODUCT, bcdDevice=0x0100, iManufacturer=0, iProduct=0,
            iSerialNumber=1, bNumConfigurations=1, address=5, bus=1, port_number=2, port_numbers=(2,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: str, config: int) -> SimpleNamespace:
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=55, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: str, intf: int, alt: int, config: int) -> SimpleNamespace:
        if intf or alt >= len(_PROTOCOLS):
            raise IndexError(intf, alt)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=_NUMBER, bAlternateSetting=alt, bNumEndpoints=alt + 1,
            bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=_PROTOCOLS[alt], iInterface=0,
            extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: str, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        address = (OUT, IN)[: alt + 1][ep]
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=address, bmAttributes=2, wMaxPacketSize=64, bInterval=0,
            bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, dev: str) -> _Handle:
        if self.denied:
            raise _error(errno.EACCES, "Access denied (insufficient permissions)")
        if self._wire is None:
            raise _error(errno.ENODEV, "No such device (it may have been disconnected)")
        handle = _Handle(self._wire)
        self._openers.add(handle)
        return handle

    def close_device(self, dev_handle: _Handle) -> None:
        self._openers.discard(dev_handle)
        if self._claimed is dev_handle:
            self._claimed = None
        if dev_handle.wire is not self._wire:
            dev_handle.wire.close()

    def set_configuration(self, dev_handle: _Handle, config_value: int) -> None:
        self._alive(dev_handle)

    def get_configuration(self, dev_handle: _Handle) -> int:
        self._alive(dev_handle)
        return 1

    def set_interface_altsetting(self, dev_handle: _Handle, intf: int, altsetting: int) -> None:
        self._alive(dev_handle)
        dev_handle.alternate = altsetting

    def claim_interface(self, dev_handle: _Handle, intf: int) -> None:
        self._alive(dev_handle)
        if self.usblp_bound or self._claimed not in {None, dev_handle}:
            raise _error(errno.EBUSY, "Resource busy")
        self._claimed = dev_handle

    def release_interface(self, dev_handle: _Handle, intf: int) -> None:
        self._alive(dev_handle)
        self._claimed = None

    def reset_device(self, dev_handle: _Handle) -> None:
        self.resets += 1

    def is_kernel_driver_active(self, dev_handle: _Handle, intf: int) -> bool:
        self._alive(dev_handle)
        return self.usblp_bound

    def detach_kernel_driver(self, dev_handle: _Handle, intf: int) -> None:
        self._alive(dev_handle)
        self.usblp_bound = False

    def attach_kernel_driver(self, dev_handle: _Handle, intf: int) -> None:
        self._alive(dev_handle)
        self.usblp_bound = True

    def bulk_write(self, dev_handle: _Handle, ep: int, intf: int, data: "array[int]", timeout: int) -> int:
        wire = self._ready(dev_handle, ep, OUT, timeout)
        piece, cut_at = data.tobytes(), self.breaks_off_after
        if cut_at is not None and len(piece) > cut_at:
            wire.send(piece[:cut_at])
            raise _error(errno.EIO, "Input/Output Error")
        try:
            return wire.send(piece)
        except TimeoutError:
            raise USBTimeoutError("Operation timed out", None, errno.ETIMEDOUT) from None
        except OSError:
            raise _error(errno.ENODEV, "No such device (it may have been disconnected)") from None

    def bulk_read(self, dev_handle: _Handle, ep: int, intf: int, buff: "array[int]", timeout: int) -> int:
        wire = self._ready(dev_handle, ep, IN, timeout)
        try:
            came = wire.recv(len(buff))
        except TimeoutError:
            raise USBTimeoutError("Operation timed out", None, errno.ETIMEDOUT) from None
        except OSError:
            came = b""
        if not came:
            raise _error(errno.ENODEV, "No such device (it may have been disconnected)")
        buff[: len(came)] = array("B", came)
        return len(came)

    def ctrl_transfer(
        self,
        dev_handle: _Handle,
        bmRequestType: int,  # noqa: N803 - pyusb's names
        bRequest: int,  # noqa: N803
        wValue: int,  # noqa: N803
        wIndex: int,  # noqa: N803
        data: "array[int]",
        timeout: int,
    ) -> int:
        self._alive(dev_handle)
        if (bmRequestType, bRequest, wIndex) == (0xA1, 1, _NUMBER):
            answer = bytes((self._ask_port(),))
        elif (bmRequestType, bRequest) == (0x80, 6) and wValue >> 8 == 3:
            body = b"\x09\x04" if wValue & 0xFF == 0 else SERIAL.encode("utf-16-le")
            answer = bytes((len(body) + 2, 3)) + body
        else:
            raise _error(errno.EPIPE, "Pipe error")
        answer = answer[: len(data)]
        data[: len(answer)] = array("B", answer)
        return len(answer)

    def _alive(self, handle: _Handle) -> socket.socket:
        if self._wire is None or handle.wire is not self._wire:
            raise _error(errno.ENODEV, "No such device (it may have been disconnected)")
        return handle.wire

    def _ready(self, handle: _Handle, endpoint: int, meant: int, timeout: int) -> socket.socket:
        wire = self._alive(handle)
        if self._claimed is not handle or endpoint != meant or (meant == IN and not handle.alternate):
            raise _error(errno.EINVAL, "Invalid parameter")
        if not timeout:
            raise AssertionError("timeout 0 waits for ever")
        wire.settimeout(timeout / 1000)
        return wire


class UsbCable(Cable):
    """A USB cable; what hangs on its other end is ``bus``."""

    def __init__(self, selector: selectors.BaseSelector, received: Received, ask_port: PortStatus) -> None:
        self._selector = selector
        self._received = received
        self.bus = UsbBus(ask_port)
        self._far: socket.socket | None = None
        self.port = f"usb://{VENDOR:04x}:{PRODUCT:04x}"

    def plug_in(self) -> None:
        near, self._far = socket.socketpair()
        self._far.setblocking(False)
        self._selector.register(self._far, selectors.EVENT_READ, self._read)
        self.bus.plug_in(near)

    def pull_out(self) -> None:
        if self._far is None:
            return
        self._selector.unregister(self._far)
        self._far.close()
        self._far = None
        self.bus.pull_out()

    def restart(self) -> None:
        self.pull_out()
        self.plug_in()

    def answer(self, data: bytes) -> None:
        if self._far is not None and data:
            with contextlib.suppress(OSError):
                self._far.send(data)

    def close(self) -> None:
        self.pull_out()

    def _read(self) -> None:
        if self._far is not None:
            with contextlib.suppress(OSError):
                self._received(self._far.recv(65536))
