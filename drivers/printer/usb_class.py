"""A printer on the USB bus without the kernel's usblp: pyusb, with endpoints read from the printer's own descriptors.

For printers whose kernel driver is missing or misbehaves. Unlike python-escpos's connector it guesses no endpoint,
never waits for ever (``timeout=0``) and never resets the device, which on many clones loses the next slip
(hardware.md 1.5).
"""

import contextlib
import errno
import time
from typing import TYPE_CHECKING, Final, Protocol

from drivers.printer.ports import UsbPort
from drivers.printer.transport import Transport, TransportLost, in_words

if TYPE_CHECKING:
    from usb.backend import IBackend

PRINTER_CLASS: Final = 7
GET_PORT_STATUS: Final = (0xA1, 0x01)
"""Request type and number of the printer class, which usblp's LPGETSTATUS asks as well."""

SLICE_BYTES: Final = 4096
"""One transfer. A printer without paper stops taking bytes inside one."""
SLICE_MS: Final = 250
POLL_MS: Final = 1
"""The shortest wait for what may lie there unread."""
_BULK: Final = 2
_PROTOCOL_RANK: Final = {2: 0, 1: 1, 3: 2}
"""Bidirectional before one-way before IEEE 1284.4; IPP over USB (4) speaks no ESC/POS."""


class _Endpoint(Protocol):
    bEndpointAddress: int  # noqa: N815 - pyusb's names are those of the USB standard
    bmAttributes: int  # noqa: N815


class _Interface(Protocol):
    bInterfaceNumber: int  # noqa: N815
    bAlternateSetting: int  # noqa: N815
    bInterfaceClass: int  # noqa: N815
    bInterfaceProtocol: int  # noqa: N815

    def endpoints(self) -> tuple[_Endpoint, ...]: ...


class _Device(Protocol):
    bNumConfigurations: int  # noqa: N815
    serial_number: str | None

    def get_active_configuration(self) -> tuple[_Interface, ...]: ...
    def set_configuration(self) -> None: ...
    def set_interface_altsetting(self, interface: int, alternate_setting: int) -> None: ...
    def is_kernel_driver_active(self, interface: int) -> bool: ...
    def detach_kernel_driver(self, interface: int) -> None: ...
    def attach_kernel_driver(self, interface: int) -> None: ...
    def write(self, endpoint: int, data: bytes, timeout: int) -> int: ...
    def read(self, endpoint: int, size: int, timeout: int) -> bytes: ...
    def ctrl_transfer(self, kind: int, request: int, value: int, index: int, length: int, timeout: int) -> bytes: ...


class UsbTransport(Transport):
    """One claimed printer interface."""

    def __init__(self, device: _Device, interface: _Interface, *, kernel_driver_was_there: bool) -> None:
        self._device = device
        self._number = interface.bInterfaceNumber
        self._out, self._in = _endpoints(interface)
        self._give_back = kernel_driver_was_there
        self._open = True
        self.talks_back = self._in is not None

    def write(self, data: bytes, deadline: float) -> None:
        from usb.core import USBError, USBTimeoutError

        if self._out is None:
            raise TransportLost("it has no way in for bytes")
        sent = 0
        while sent < len(data):
            left_ms = round((deadline - time.monotonic()) * 1000)
            if left_ms <= 0:
                raise TransportLost(f"it took only {sent} of {len(data)} bytes in time", sent)
            piece = data[sent : sent + SLICE_BYTES]
            try:
                sent += self._device.write(self._out, piece, max(1, min(SLICE_MS, left_ms)))
            except USBTimeoutError:
                continue  # not a byte of the slice: libusb tells of those it moved
            except USBError as error:  # how much of the slice had left, nobody says
                raise TransportLost(in_words(error), sent + len(piece)) from error

    def read(self, deadline: float) -> bytes:
        from usb.core import USBError, USBTimeoutError

        if self._in is None:
            return b""
        while True:
            left_ms = round((deadline - time.monotonic()) * 1000)
            try:
                data = bytes(self._device.read(self._in, 512, max(POLL_MS, min(SLICE_MS, left_ms))))
            except USBTimeoutError:
                data = b""
            except USBError as error:
                raise TransportLost(in_words(error)) from error
            if data or time.monotonic() >= deadline:
                return data

    def port_status(self) -> int | None:
        from usb.core import USBError

        try:
            answer = self._device.ctrl_transfer(*GET_PORT_STATUS, 0, self._number, 1, SLICE_MS)
        except USBError as error:
            if error.errno in {errno.ENODEV, errno.ENOENT}:
                raise TransportLost(in_words(error)) from error
            return None  # a printer without this request stalls it
        return answer[0] if len(answer) else None

    def close(self, *, discard: bool = False) -> None:  # noqa: ARG002 - nothing waits on its way
        if not self._open:
            return
        self._open = False
        _let_go(self._device, self._number, attach=self._give_back)


def open_usb(port: UsbPort, backend: "IBackend | None") -> Transport:
    """Find the printer and claim its interface; the kernel's usblp is asked to step aside and called back on close.

    Raises:
        OSError: absent, not ours to open, held by another process, no printer, or libusb is not installed.
    """
    device = _find(port, backend or _this_machine())
    interface = _printer_interface(device)
    number = interface.bInterfaceNumber
    with contextlib.suppress(NotImplementedError):
        if device.is_kernel_driver_active(number):
            device.detach_kernel_driver(number)
            return _claim(device, interface, kernel_driver_was_there=True)
    return _claim(device, interface, kernel_driver_was_there=False)


def _claim(device: _Device, interface: _Interface, *, kernel_driver_was_there: bool) -> Transport:
    import usb.util

    number = interface.bInterfaceNumber
    try:
        usb.util.claim_interface(device, number)
        if interface.bAlternateSetting:
            device.set_interface_altsetting(number, interface.bAlternateSetting)
        return UsbTransport(device, interface, kernel_driver_was_there=kernel_driver_was_there)
    except BaseException:
        _let_go(device, number, attach=kernel_driver_was_there)
        raise


def _let_go(device: _Device, number: int, *, attach: bool) -> None:
    import usb.util
    from usb.core import USBError

    with contextlib.suppress(USBError):  # what is unplugged needs no release
        usb.util.release_interface(device, number)
    with contextlib.suppress(USBError, NotImplementedError):
        if attach:
            device.attach_kernel_driver(number)
    usb.util.dispose_resources(device)


def _this_machine() -> "IBackend":
    from usb.backend import libusb1

    backend: IBackend | None = libusb1.get_backend()
    if backend is None:
        raise OSError("libusb is missing; install libusb-1.0-0, or use the kernel's file:///dev/usb/lp0")
    return backend


def _find(port: UsbPort, backend: "IBackend") -> _Device:
    import usb.core

    name = f"{port.vendor:04x}:{port.product:04x}"
    found: list[_Device] = list(
        usb.core.find(find_all=True, backend=backend, idVendor=port.vendor, idProduct=port.product)
    )
    if not found:
        raise FileNotFoundError(errno.ENOENT, f"no {name} on the USB bus")
    if port.serial:
        numbers = [_serial_of(device) for device in found]
        if port.serial not in numbers:
            raise FileNotFoundError(errno.ENOENT, f"no {name} with serial {port.serial}, only {', '.join(numbers)}")
        return found[numbers.index(port.serial)]
    if len(found) > 1:
        numbers = [_serial_of(device) for device in found]
        raise OSError(f"{len(found)} printers are {name}; write usb://{name}/SERIAL with one of: {', '.join(numbers)}")
    return found[0]


def _serial_of(device: _Device) -> str:
    from usb.core import USBError

    try:
        return device.serial_number or "none"
    except (USBError, ValueError):  # pyusb: no access, no language
        return "unreadable"


def _printer_interface(device: _Device) -> _Interface:
    from usb.core import USBError

    try:
        configuration = device.get_active_configuration()
    except USBError as error:
        if error.errno in {errno.EACCES, errno.EPERM, errno.EBUSY, errno.ENODEV}:
            raise
        device.set_configuration()  # the kernel left it without one
        configuration = device.get_active_configuration()
    printers = [
        each
        for each in configuration
        if each.bInterfaceClass == PRINTER_CLASS
        and each.bInterfaceProtocol in _PROTOCOL_RANK
        and _endpoints(each)[0] is not None
    ]
    if not printers:
        raise OSError("this USB device is no ESC/POS printer: it has no printer interface that takes bytes")
    return min(printers, key=lambda each: _PROTOCOL_RANK[each.bInterfaceProtocol])


def _endpoints(interface: _Interface) -> tuple[int | None, int | None]:
    """The bulk endpoints out and in; None for one it has not."""
    bulk = [each.bEndpointAddress for each in interface.endpoints() if each.bmAttributes & 0x03 == _BULK]
    return (
        next((address for address in bulk if not address & 0x80), None),
        next((address for address in bulk if address & 0x80), None),
    )
