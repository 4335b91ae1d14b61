"""A ticket printer at the far end of its cable: it prints, answers, runs out of paper, and shows what came out."""

import errno
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, get_args

import msgspec

from drivers.virtual.faults import Fault
from drivers.virtual.printer_cable import Cable, PtyCable, TcpCable
from drivers.virtual.printer_commands import Model
from drivers.virtual.printer_delay import SLOW_S, PrinterDelay
from drivers.virtual.printer_faults import Switch, switches
from drivers.virtual.printer_line import PrinterLine
from drivers.virtual.printer_mechanism import Cover, Cutter, Paper, PrinterMechanism, Upset
from drivers.virtual.printer_thread import PrinterThread
from drivers.virtual.slip_paper import PrintedSlip

if TYPE_CHECKING:
    from drivers.virtual.printer_usb import UsbBus

Wire = Literal["tcp", "pty", "usb"]
CableState = Literal["in", "out"]

KEEP_SLIPS = 500
"""Slips remembered; a demo runs for days."""
_COLUMN_DOTS = 12


class PrinterState(msgspec.Struct, frozen=True):
    """What somebody standing before the printer sees."""

    paper: Paper
    cover: Cover
    cable: CableState
    cutter: Cutter
    online: bool


class VirtualPrinter:
    """A printer with a thread of its own; every method may be called from any thread, and holds when it returns.

    Args:
        wire: ``"tcp"`` listens on 127.0.0.1, ``"pty"`` is a device file, ``"usb"`` a bus for pyusb (``usb_bus``).
        tcp_port: number to listen on; 0 takes a free one.
        width_dots: 576 or 384.
        model: what it understands (``printer_commands.Model``).
        slow_s: how late it is when it is slow.
        on_change: called in the printer's thread after every slip and every change of state; may be set later.
    """

    def __init__(
        self,
        wire: Wire = "tcp",
        *,
        tcp_port: int = 0,
        width_dots: int = 576,
        model: Model = "full",
        slow_s: float = SLOW_S,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self.on_change = on_change
        self._slips: tuple[PrintedSlip, ...] = ()
        self._line = PrinterLine()
        self._mechanism = PrinterMechanism(width_dots // _COLUMN_DOTS, self._slip_out, model, self._line.says)
        self._delay = PrinterDelay(slow_s)
        self._bytes_left: int | None = None
        self._cable_state: CableState = "in"
        self._switches = switches(
            self._mechanism,
            self._line,
            self._delay,
            unplugged=Switch(lambda: self._cable_state == "out", lambda on: self._plug("out" if on else "in")),
            silent=Switch(lambda: self._mechanism.power == "off", lambda on: self._set_power(on=not on)),
        )
        self._thread = PrinterThread(
            self._changed,
            lambda: self._delay.next_due,
            self._take_late,
            lambda: self._cable.close(),  # noqa: PLW0108 - it is made below, on the thread's selector
        )
        self._cable = self._made(wire, tcp_port)
        self._cable.plug_in()
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def port(self) -> str:
        """What ``EscposPrinter`` opens: ``tcp://127.0.0.1:N``, ``file:///…/lp0`` or ``usb://VID:PID``; the same after
        ``set_cable``."""
        return self._cable.port

    @property
    def usb_bus(self) -> "UsbBus":
        """The pyusb backend that sees this printer.

        Raises:
            ValueError: it hangs on another wire.
        """
        from drivers.virtual.printer_usb import UsbCable

        if not isinstance(self._cable, UsbCable):
            raise ValueError("this printer hangs on no USB cable")  # noqa: TRY004 - as every wrong setting here
        return self._cable.bus

    @property
    def port_status(self) -> int:
        """The three lines of its port, as the kernel's usblp reads them; without its cable there is none to read.

        Raises:
            OSError: the cable is out.
        """
        if self._cable_state == "out":
            raise OSError(errno.ENODEV, "No such device")
        return self._mechanism.port_status

    @property
    def faults(self) -> Mapping[Fault, bool]:
        return {fault: switch.is_on() for fault, switch in self._switches.items()}

    def set_fault(self, fault: Fault, on: bool) -> None:
        switch = self._switches.get(fault)
        if switch is None:
            raise ValueError(f"a printer cannot have {fault.value!r}; it can have {', '.join(self._switches)}")
        self._do(lambda: switch.turn(on))

    @property
    def hanging(self) -> str:
        """What hangs out of it, printed and not cut off."""
        return self._mechanism.hanging

    def upset_after(self, rows: int, what: Upset = "paper_out") -> None:
        """Let this happen so many rows from now; 0 rows = never mind. A row is one of text, a bitmap or a QR code."""
        if rows < 0:
            raise ValueError(f"upset_after {rows} rows: it counts rows still to come")
        self._do(lambda: self._mechanism.upset_after(rows, what))

    def pull_cable_after(self, size: int | None) -> None:
        """Pull the cable when so many bytes more have arrived; what follows them is lost. None = never mind."""
        self._do(lambda: setattr(self, "_bytes_left", size))

    @property
    def state(self) -> PrinterState:
        """Paper, cover, cable, cutter, and whether it would print now."""
        inside = self._mechanism
        return PrinterState(inside.paper, inside.cover, self._cable_state, inside.cutter, inside.online)

    @property
    def unknown_commands(self) -> dict[str, int]:
        """How often it was sent what it does not know, by the command's bytes in hexadecimal."""
        return dict(self._mechanism.unknown)

    def slips(self) -> list[PrintedSlip]:
        """What came out, oldest first, the last ``KEEP_SLIPS``; a torn piece is among them with ``partial``."""
        return list(self._slips)

    def set_paper(self, paper: Paper) -> None:
        """Take the paper out, put a new roll in, or have it near its end. A new roll prints what was waiting."""
        _allowed(paper, get_args(Paper))
        self._do(lambda: self._mechanism.load(paper))

    def set_cover(self, cover: Cover) -> None:
        """Open or close the cover; closing it goes on with the slip."""
        _allowed(cover, get_args(Cover))
        self._do(lambda: setattr(self._mechanism, "cover", cover))

    def set_cutter(self, cutter: Cutter) -> None:
        """Jam the knife: it is noticed at the next cut."""
        _allowed(cutter, get_args(Cutter))
        self._do(lambda: setattr(self._mechanism, "cutter", cutter))

    def set_cable(self, cable: CableState) -> None:
        """Pull the cable or put it back. The printer itself stays on and finishes what it has."""
        _allowed(cable, get_args(CableState))
        self._do(lambda: self._plug(cable))

    def close(self) -> None:
        """Switch off and give back port, device file and thread. May be called twice; ``slips`` stay readable."""
        if self._thread.closing:
            return
        self._thread.stop()
        self._cable_state = "out"

    def _do(self, change: Callable[[], None]) -> None:
        self._thread.do(change)

    def _take_late(self) -> None:
        for data in self._delay.due():
            self._take(data)

    def _changed(self) -> None:
        self._cable.answer(self._mechanism.work())
        self._tell()

    def _received(self, data: bytes) -> None:
        if self._bytes_left is not None:
            data = data[: self._bytes_left]
            self._bytes_left -= len(data)
        if data and not self._delay.holds_back(data):
            self._take(data)
        if self._bytes_left == 0:
            self._bytes_left = None
            self._plug("out")
            self._tell()

    def _take(self, data: bytes) -> None:
        data = self._line.hears(data)
        before = (self._slips, self.state)
        self._cable.answer(self._mechanism.receive(data))
        if before != (self._slips, self.state):
            self._tell()

    def _made(self, wire: Wire, tcp_port: int) -> Cable:
        if wire == "tcp":
            return TcpCable(self._thread.selector, self._received, tcp_port)
        if wire == "pty":
            return PtyCable(self._thread.selector, self._received)
        from drivers.virtual.printer_usb import UsbCable  # imports pyusb

        return UsbCable(self._thread.selector, self._received, lambda: self._mechanism.port_status)

    def _plug(self, cable: CableState) -> None:
        if cable == self._cable_state:
            return
        if cable == "in":
            self._cable.plug_in()
        else:
            self._cable.pull_out()
            self._delay.forget()
        self._cable_state = cable

    def _set_power(self, *, on: bool) -> None:
        was = self._mechanism.power
        self._mechanism.power = "on" if on else "off"
        if on and was == "off" and self._cable_state == "in":
            self._cable.restart()

    def _slip_out(self, slip: PrintedSlip) -> None:
        self._slips = (*self._slips, slip)[-KEEP_SLIPS:]

    def _tell(self) -> None:
        if self.on_change is not None and not self._thread.closing:
            self.on_change()


def _allowed(value: str, values: tuple[str, ...]) -> None:
    if value not in values:
        raise ValueError(f"{value!r}: allowed are {', '.join(values)}")
