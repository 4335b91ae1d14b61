"""A ticket printer at the far end of its cable: it prints, answers, runs out of paper, and shows what came out."""

import errno
import time
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, get_args

import msgspec

from drivers.virtual.faults import Fault
from drivers.virtual.printer_cable import Cable, PtyCable, TcpCable
from drivers.virtual.printer_commands import Model
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
SLOW_S = 1.0
"""A slow printer is so late with everything: later than a driver waits for a status."""
ROWS_BEFORE_THE_END = 3
"""A roll that ends in the next slip ends here."""
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
        self._slow_s = slow_s
        self._slow = False
        self._late: deque[tuple[float, bytes]] = deque()
        self._bytes_left: int | None = None
        self._cable_state: CableState = "in"
        self._thread = PrinterThread(
            self._changed,
            self._next_late,
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
        inside = self._mechanism
        return {
            Fault.PAPER_LOW: inside.paper == "low",
            Fault.PAPER_OUT: inside.paper == "out",
            Fault.PAPER_OUT_MID_SLIP: inside.rows_left > 0 and inside.upset == "paper_out",
            Fault.COVER_OPEN: inside.cover == "open",
            Fault.CUTTER: inside.cutter == "jammed",
            Fault.UNPLUGGED: self._cable_state == "out",
            Fault.SILENT: inside.power == "off",
            Fault.GARBAGE: self._line.garbled,
            Fault.LOST_BYTES: self._line.loses,
            Fault.SLOW: self._slow,
            Fault.DUPLICATE: self._line.doubles,
        }

    def set_fault(self, fault: Fault, on: bool) -> None:
        match fault:
            case Fault.PAPER_LOW:
                self.set_paper("low" if on else "ok")
            case Fault.PAPER_OUT:
                self.set_paper("out" if on else "ok")
            case Fault.PAPER_OUT_MID_SLIP:
                self.upset_after(ROWS_BEFORE_THE_END if on else 0)
            case Fault.COVER_OPEN:
                self.set_cover("open" if on else "closed")
            case Fault.CUTTER:
                self.set_cutter("jammed" if on else "ok")
            case Fault.UNPLUGGED:
                self.set_cable("out" if on else "in")
            case Fault.SILENT:
                self._do(lambda: self._set_power(on=not on))
            case Fault.GARBAGE:
                self._do(lambda: setattr(self._line, "garbled", on))
            case Fault.LOST_BYTES:
                self._do(lambda: setattr(self._line, "loses", on))
            case Fault.SLOW:
                self._do(lambda: setattr(self, "_slow", on))
            case Fault.DUPLICATE:
                self._do(lambda: setattr(self._line, "doubles", on))
            case _:
                raise ValueError(f"a printer cannot have {fault.value!r}; it can have {', '.join(self.faults)}")

    @property
    def hanging(self) -> str:
        """What hangs out of it, printed and not cut off."""
        return self._mechanism.hanging

    def upset_after(self, rows: int, what: Upset = "paper_out") -> None:
        """Let this happen so many rows from now; 0 rows = never mind. A row is one of text, a bitmap or a QR code."""
        if rows < 0:
            raise ValueError(f"upset_after {rows} rows: it counts rows still to come")

        def change() -> None:
            self._mechanism.rows_left, self._mechanism.upset = rows, what

        self._do(change)

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

        def change() -> None:
            if paper == "out":
                self._mechanism.end_roll()
            else:
                self._mechanism.paper = paper

        self._do(change)

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

        def change() -> None:
            if cable == "out":
                self._pull_out()
            elif self._cable_state == "out":
                self._cable.plug_in()
                self._cable_state = "in"

        self._do(change)

    def close(self) -> None:
        """Switch off and give back port, device file and thread. May be called twice; ``slips`` stay readable."""
        if self._thread.closing:
            return
        self._thread.stop()
        self._cable_state = "out"

    def _do(self, change: Callable[[], None]) -> None:
        self._thread.do(change)

    def _next_late(self) -> float | None:
        return self._late[0][0] if self._late else None

    def _take_late(self) -> None:
        while self._late and self._late[0][0] <= time.monotonic():
            self._take(self._late.popleft()[1])

    def _changed(self) -> None:
        self._cable.answer(self._mechanism.work())
        self._tell()

    def _received(self, data: bytes) -> None:
        if self._bytes_left is not None:
            data = data[: self._bytes_left]
            self._bytes_left -= len(data)
        if data and (self._slow or self._late):  # nothing overtakes what is late
            due = time.monotonic() + self._slow_s if self._slow else self._late[-1][0]
            self._late.append((due, data))
        elif data:
            self._take(data)
        if self._bytes_left == 0:
            self._bytes_left = None
            self._pull_out()
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

    def _pull_out(self) -> None:
        if self._cable_state == "in":
            self._cable_state = "out"
            self._cable.pull_out()
            self._late.clear()

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
