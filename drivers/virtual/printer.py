"""A ticket printer at the far end of its cable: it prints, answers, runs out of paper, and shows what came out."""

import queue
import selectors
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from types import TracebackType
from typing import Literal, Self, get_args

import msgspec

from drivers.virtual.printer_cable import Cable, PtyCable, TcpCable
from drivers.virtual.printer_mechanism import Cover, Cutter, Paper, PrinterMechanism
from drivers.virtual.slip_paper import PrintedSlip

Wire = Literal["tcp", "pty"]
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
        wire: ``"tcp"`` listens on 127.0.0.1, ``"pty"`` is a device file.
        tcp_port: number to listen on; 0 takes a free one.
        width_dots: 576 or 384.
        on_change: called in the printer's thread after every slip and every change of state; may be set later.
    """

    def __init__(
        self,
        wire: Wire = "tcp",
        *,
        tcp_port: int = 0,
        width_dots: int = 576,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        self.on_change = on_change
        self._slips: tuple[PrintedSlip, ...] = ()
        self._mechanism = PrinterMechanism(width_dots // _COLUMN_DOTS, self._slip_out)
        self._cable_state: CableState = "in"
        self._selector = selectors.DefaultSelector()
        self._errands: queue.SimpleQueue[tuple[Callable[[], None], Future[None]]] = queue.SimpleQueue()
        self._bell, self._ear = socket.socketpair()
        self._selector.register(self._ear, selectors.EVENT_READ, self._wake)
        self._cable: Cable = (
            TcpCable(self._selector, self._received, tcp_port)
            if wire == "tcp"
            else PtyCable(self._selector, self._received)
        )
        self._cable.plug_in()
        self._closing = False
        self._thread = threading.Thread(target=self._serve, name="virtual-printer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def port(self) -> str:
        """What ``EscposPrinter`` opens: ``tcp://127.0.0.1:N`` or ``file:///…/lp0``; the same after ``set_cable``."""
        return self._cable.port

    @property
    def state(self) -> PrinterState:
        """Paper, cover, cable, cutter, and whether it would print now."""
        inside = self._mechanism
        return PrinterState(inside.paper, inside.cover, self._cable_state, inside.cutter, inside.online)

    @property
    def unknown_commands(self) -> dict[str, int]:
        """How often it was sent what it does not know, by the command's bytes in hexadecimal."""
        return dict(self._mechanism.unknown)

    @property
    def out_after_lines(self) -> int:
        """Rows until the paper ends by itself; 0 = never. A row is one of text, a bitmap or a QR code."""
        return self._mechanism.rows_left

    @out_after_lines.setter
    def out_after_lines(self, rows: int) -> None:
        if rows < 0:
            raise ValueError(f"out_after_lines is {rows}; it counts rows still to come")
        self._do(lambda: setattr(self._mechanism, "rows_left", rows))

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
            if cable == self._cable_state:
                return
            if cable == "out":
                self._cable.pull_out()
            else:
                self._cable.plug_in()
            self._cable_state = cable

        self._do(change)

    def close(self) -> None:
        """Switch off and give back port, device file and thread. May be called twice; ``slips`` stay readable."""
        if self._closing:
            return
        self._do(lambda: setattr(self, "_closing", True))
        self._thread.join()
        self._selector.close()
        self._cable_state = "out"
        self._bell.close()
        self._ear.close()

    def _do(self, change: Callable[[], None]) -> None:
        if self._closing:
            raise ValueError("this printer has been closed")
        done: Future[None] = Future()
        self._errands.put((change, done))
        if threading.current_thread() is self._thread:
            self._run_errands()
        else:
            self._bell.send(b"\x00")
        done.result()

    def _serve(self) -> None:
        try:
            while not self._closing:
                for key, _ in self._selector.select():
                    key.data()
        finally:  # also when ``on_change`` raised: nobody may wait for a printer that is gone
            self._closing = True
            self._cable.close()
            self._run_errands()

    def _wake(self) -> None:
        self._ear.recv(4096)
        self._run_errands()

    def _run_errands(self) -> None:
        while not self._errands.empty():
            change, done = self._errands.get()
            try:
                change()
                self._cable.answer(self._mechanism.work())
            except Exception as error:
                done.set_exception(error)
            else:
                done.set_result(None)
            self._tell()

    def _received(self, data: bytes) -> None:
        before = (self._slips, self.state)
        self._cable.answer(self._mechanism.receive(data))
        if before != (self._slips, self.state):
            self._tell()

    def _slip_out(self, slip: PrintedSlip) -> None:
        self._slips = (*self._slips, slip)[-KEEP_SLIPS:]

    def _tell(self) -> None:
        if self.on_change is not None and not self._closing:
            self.on_change()


def _allowed(value: str, values: tuple[str, ...]) -> None:
    if value not in values:
        raise ValueError(f"{value!r}: allowed are {', '.join(values)}")
