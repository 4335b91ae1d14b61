"""An ESC/POS ticket printer that is believed only when it answers: status before a slip, a barrier behind it.

``DLE EOT`` is answered at once, whatever the printer is doing. ``GS r 1`` stands in its queue like the slip before
it and is not executed while paper is out, so its answer proves that the slip came out (hardware.md 1.4). No answer
proves nothing: the printer may keep the rest of the slip in its buffer and print it when somebody brings paper. Such
a slip is UNKNOWN, and what is left of it is cleared away before the next one.
"""

import time
from enum import StrEnum
from typing import cast

from drivers.printer import Printed, Printer, PrinterStatus, PrintResult, Slip
from drivers.printer.conversation import Conversation
from drivers.printer.library import WIDTHS_DOTS, byte_builder
from drivers.printer.replies import barrier_saw_paper_end
from drivers.printer.rows import ENCODINGS, Encoding
from drivers.printer.slip_bytes import SlipError, encode
from drivers.printer.transport import TransportLost, open_transport, parse_port
from firmware_py.errors import ConfigError, DriverFault, DriverOffline

CUT_OFF = b"\x1b@\x1dVB\x00"
"""Cuts the half slip off that a cleared buffer leaves on the paper, or it would hang on the next citizen's."""

LOOK_EVERY_S = 0.25
"""While a slip comes out: how often to ask whether it still does."""

_CLEARED_AT = frozenset((None, "paper_out", "cover_open"))


class Buffer(StrEnum):
    """What the printer may still hold from before the next slip."""

    EMPTY = "empty"
    STRANGE = "strange"
    """Whatever was sent before this process opened the wire."""
    HALF_SLIP = "half_slip"
    """A slip of ours without its barrier's answer."""


class EscposPrinter(Printer):
    """One printer on one wire, used by one thread.

    Args:
        port: ``tcp://HOST:9100``, ``serial:///dev/…?baud=19200&flow=none`` or ``file:///dev/usb/lp0``.
        width_dots: 576 for 80 mm paper, 384 for 58 mm.
        encoding: ``gb18030``, ``gbk`` or ``utf-8``: how the printer reads text.
        font: font file for characters the printer has not; without it the system's CJK fonts are searched.
        reply_timeout_s: what a status may take altogether.
        barrier_timeout_s: how long a sent slip may take to print, besides its time on a serial line.

    Raises:
        ConfigError: an argument is none of these.
    """

    def __init__(
        self,
        port: str,
        *,
        width_dots: int = 576,
        encoding: str = "gb18030",
        font: str | None = None,
        reply_timeout_s: float = 0.5,
        barrier_timeout_s: float = 5.0,
    ) -> None:
        parse_port(port)
        problems = []
        if width_dots not in WIDTHS_DOTS:
            problems.append(f"printer width_dots {width_dots}: allowed are {', '.join(map(str, WIDTHS_DOTS))}")
        if encoding not in ENCODINGS:
            problems.append(f"printer encoding {encoding!r}: allowed are {', '.join(ENCODINGS)}")
        if problems:
            raise ConfigError(problems)
        self._port = port
        self._width_dots = width_dots
        self._encoding = cast(Encoding, encoding)
        self._font = font
        self._reply_timeout_s = reply_timeout_s
        self._barrier_timeout_s = barrier_timeout_s
        self._talk: Conversation | None = None
        self._buffer = Buffer.STRANGE

    def open(self) -> None:
        """Take hold of the wire and have the printer answer. A fault such as paper out is left to ``check``.

        Raises:
            DriverOffline: the device is absent, owned by another process, or silent.
        """
        self.close()
        byte_builder(self._width_dots)  # imported now, not while a citizen waits for the first slip
        talk = self._talk = Conversation(open_transport(self._port), self._reply_timeout_s)
        status = self.status()
        if self._buffer is Buffer.STRANGE and status.online and status.fault is None:
            self._let_strange_slip_finish(talk)

    def close(self) -> None:
        """Let go of the wire; half a slip still on its way is thrown away."""
        if self._talk is not None:
            self._talk.close(discard=self._buffer is not Buffer.EMPTY)
            self._talk = None

    def status(self) -> PrinterStatus:
        """Ask ``DLE EOT`` 1 to 4. A printer that answers only the first has ``Paper.UNKNOWN``.

        Raises:
            DriverOffline: not open, the cable is out, or no answer came in ``reply_timeout_s``; the wire is let go.
        """
        if self._talk is None:
            raise DriverOffline(f"printer at {self._port} is not open")
        try:
            self._catch_up(self._talk)
            status = self._talk.ask_status()
        except TransportLost as lost:
            self.close()
            raise DriverOffline(f"printer at {self._port}: {lost}") from lost
        if status is None:
            self.close()
            raise DriverOffline(f"printer at {self._port} does not answer; check its power and cable")
        return status

    def check(self) -> None:
        """Ask, and raise what is wrong.

        Raises:
            DriverOffline: as ``status``, or it says it is offline and names no cause.
            DriverFault: ``cover_open``, ``paper_out``, ``cutter``, ``printer_error``.
        """
        status = self.status()
        if status.fault is not None:
            raise DriverFault(status.fault, f"printer at {self._port}")
        if not status.online:
            raise DriverOffline(f"printer at {self._port} says it is offline and names no cause")

    def print(self, slip: Slip) -> PrintResult:
        """Print and cut one slip (R-KIOSK-05).

        FAILED reasons: ``bad_slip``, ``no_font``, ``offline``, ``cover_open``, ``paper_out``, ``cutter``,
        ``printer_error``. UNKNOWN reasons: the last five and ``no_reply``.
        """
        try:
            job = encode(slip, width_dots=self._width_dots, encoding=self._encoding, font=self._font)
        except SlipError as error:
            return PrintResult(Printed.FAILED, "bad_slip", str(error))
        except DriverFault as fault:
            return PrintResult(Printed.FAILED, fault.reason, fault.detail)
        talk = self._talk
        if talk is None:
            return PrintResult(Printed.FAILED, "offline", f"printer at {self._port} is not open")
        try:
            self._catch_up(talk)
            status = talk.ask_status()
            self._catch_up(talk)
            # Not at a jammed knife: clearing would pass for its repair, and the next slip would run into it.
            if self._buffer is not Buffer.EMPTY and status is not None and status.fault in _CLEARED_AT:
                talk.clear_buffers()
                job = CUT_OFF + job
        except TransportLost as lost:
            self.close()
            return PrintResult(Printed.FAILED, "offline", str(lost))
        if status is None:
            self.close()
            return PrintResult(Printed.FAILED, "offline", "no answer to DLE EOT")
        if status.fault is not None or not status.online:
            return PrintResult(Printed.FAILED, status.fault or "offline", "the printer said so before the slip")
        return self._send(talk, job)

    def _send(self, talk: Conversation, job: bytes) -> PrintResult:
        before, self._buffer = self._buffer, Buffer.HALF_SLIP
        try:
            deadline = talk.send(job, self._barrier_timeout_s)
        except TransportLost as lost:
            if lost.sent == 0:
                self._buffer = before
            self.close()
            outcome = Printed.UNKNOWN if lost.sent else Printed.FAILED
            return PrintResult(outcome, "offline", f"{lost} ({lost.sent} of {len(job)} bytes sent)")
        try:
            return self._confirm(talk, deadline)
        except TransportLost as lost:
            self.close()
            return PrintResult(Printed.UNKNOWN, "offline", f"all bytes sent, then {lost}")

    def _confirm(self, talk: Conversation, deadline: float) -> PrintResult:
        """Wait for the barrier, and look at the status now and then: a printer without paper waits for ever."""
        while True:
            barrier = talk.hear_barrier(min(deadline, time.monotonic() + LOOK_EVERY_S))
            status = talk.ask_status() if barrier is None else None
            if barrier is None:
                barrier = talk.hear_barrier(0.0)  # it may have come while we asked
            if barrier is not None:
                self._buffer = Buffer.EMPTY
                if barrier_saw_paper_end(barrier):
                    return PrintResult(Printed.UNKNOWN, "paper_out", "it ran through the slip, and the paper is out")
                return PrintResult(Printed.PRINTED)
            if status is not None and status.fault is not None:
                return PrintResult(Printed.UNKNOWN, status.fault, "it stopped somewhere in the slip")
            if time.monotonic() >= deadline:
                if status is None:
                    self.close()
                    return PrintResult(Printed.UNKNOWN, "no_reply", "all bytes sent, no answer to GS r or DLE EOT")
                reason = "no_reply" if status.online else "offline"
                return PrintResult(Printed.UNKNOWN, reason, "all bytes sent, no answer to GS r")

    def _let_strange_slip_finish(self, talk: Conversation) -> None:
        """A slip sent by the process before us may still be coming out; an answered barrier is an empty buffer."""
        try:
            if talk.hear_barrier(talk.send(b"", self._reply_timeout_s)) is not None:
                self._buffer = Buffer.EMPTY
        except TransportLost as lost:
            self.close()
            raise DriverOffline(f"printer at {self._port}: {lost}") from lost

    def _catch_up(self, talk: Conversation) -> None:
        if talk.catch_up():
            self._buffer = Buffer.EMPTY  # what we gave up waiting for was only slow
