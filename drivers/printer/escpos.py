"""An ESC/POS ticket printer that is believed only when it answers: status before a slip, a receipt behind it.

``DLE EOT`` is answered at once, whatever the printer is doing. ``GS ( H`` and ``GS r 1`` stand in its queue like the
slip before them and are not executed while paper is out, so their answers prove that the slip came out (hardware.md
1.4). No answer proves nothing: the printer may keep the rest of the slip in its buffer and print it when somebody
brings paper. Such a slip is UNKNOWN, and what is left of it is cleared away before the next one.
"""

import contextlib
import logging
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final, cast

from drivers.printer import Paper, Printed, Printer, PrinterStatus, PrintResult, Slip
from drivers.printer.abilities import Abilities
from drivers.printer.conversation import QUIET_S, Conversation, NoAnswer, Receipt
from drivers.printer.library import WIDTHS_DOTS, byte_builder
from drivers.printer.ports import parse_port
from drivers.printer.roll import RollCounter
from drivers.printer.rows import ENCODINGS, Encoding
from drivers.printer.slip_bytes import FEED_TO_TEAR, SlipError, job_of
from drivers.printer.transport import Transport, TransportLost, open_transport
from firmware_py.errors import ConfigError, DriverFault, DriverOffline

log = logging.getLogger(__name__)

OFFLINE: Final = "offline"
CUT_OFF = b"\x1b@\x1dVB\x00"
"""Cuts the half slip off that a cleared buffer leaves on the paper, or it would hang on the next citizen's."""
PUSH_OFF = b"\x1b@" + FEED_TO_TEAR
"""The same without a knife."""

LOOK_EVERY_S = 0.25
"""Often enough for a citizen who waits before a printer that has stopped."""

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
        port: as ``ports.parse_port`` reads it.
        width_dots: 576 for 80 mm paper, 384 for 58 mm.
        encoding: ``gb18030``, ``gbk`` or ``utf-8``: how the printer reads text.
        font: font file for characters the printer has not; without it the system's CJK fonts are searched.
        cutter: whether it has a knife.
        roll: counts the paper; None = only the printer's sensors tell of its end.
        reply_timeout_s: what a status may take altogether.
        barrier_timeout_s: how long a sent slip may take to print, besides its time on a serial line.
        look_every_s: while a slip comes out, how often to ask whether it still does.
        open_wire: takes hold of ``port``.

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
        cutter: bool = True,
        roll: RollCounter | None = None,
        reply_timeout_s: float = 0.5,
        barrier_timeout_s: float = 5.0,
        look_every_s: float = LOOK_EVERY_S,
        open_wire: Callable[[str], Transport] = open_transport,
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
        self._half_sent = 0
        self._cutter = cutter
        self._roll = roll
        self._look_every_s = look_every_s
        self._open_wire = open_wire
        self._known = ""
        self._has_spoken = False
        self._fell_silent = False

    def open(self) -> None:
        """Take hold of the wire, find out what the printer can say, and have it answer. A fault such as paper out is
        left to ``check``.

        Raises:
            DriverOffline: the device is absent, owned by another process, silent, or answers nonsense.
        """
        self.close()
        byte_builder(self._width_dots)  # imported now, not while a citizen waits for the first slip
        abilities = Abilities()
        talk = self._talk = Conversation(self._open_wire(self._port), self._reply_timeout_s, abilities)
        status = self._asked(
            lambda: talk.get_to_know(may_be_mute=not self._has_spoken, after_silence=self._fell_silent)
        )
        self._fell_silent = False
        self._has_spoken = self._has_spoken or bool(abilities.questions) or abilities.automatic
        if self._buffer is not Buffer.HALF_SLIP and status.online and status.fault is None:
            self._let_strange_slip_finish(talk)
        if str(abilities) != self._known:
            self._known = str(abilities)
            log.info("printer at %s: %s", self._port, self._known)

    def close(self) -> None:
        """Let go of the wire; half a slip still on its way is thrown away."""
        if self._talk is not None:
            self._talk.close(discard=self._buffer is not Buffer.EMPTY)
            self._talk = None

    def status(self) -> PrinterStatus:
        """How it is now. A printer that answers only the first question has ``Paper.UNKNOWN``.

        Raises:
            DriverOffline: not open, the cable is out, or no answer came that can be believed; the wire is let go.
        """
        talk = self._talk
        if talk is None:
            raise DriverOffline(f"printer at {self._port} is not open")
        try:
            self._catch_up(talk)
        except TransportLost as lost:
            raise self._lost(lost) from lost
        status = self._asked(lambda: talk.ask_status(settle_s=QUIET_S))
        if self._roll is not None:
            self._roll.saw(status.paper)
        return status

    def check(self) -> None:
        """Ask, and raise what is wrong.

        Raises:
            DriverOffline: as ``status``, or it says it is offline and names no cause.
            DriverFault: ``cover_open``, ``paper_out``, ``cutter``, ``printer_error``; or ``paper_low``, with which it
                goes on printing.
        """
        status = self.status()
        if status.fault is not None:
            raise DriverFault(status.fault, f"printer at {self._port}")
        if not status.online:
            raise DriverOffline(f"printer at {self._port} says it is offline and names no cause")
        if status.paper is Paper.LOW:
            raise DriverFault("paper_low", f"printer at {self._port}: its sensor says so")
        if self._roll is not None and self._roll.low:
            raise DriverFault("paper_low", f"printer at {self._port}: about {self._roll.left_mm or 0:.0f} mm left")

    def new_roll(self) -> None:
        if self._roll is not None:
            self._roll.begin()

    def print(self, slip: Slip) -> PrintResult:
        """Print and cut one slip (R-KIOSK-05).

        FAILED reasons: ``bad_slip``, ``no_font``, ``offline``, ``cover_open``, ``paper_out``, ``cutter``,
        ``printer_error``, ``no_reply``. UNKNOWN reasons: the last six.
        """
        try:
            job = job_of(
                slip, width_dots=self._width_dots, encoding=self._encoding, font=self._font, cutter=self._cutter
            )
        except SlipError as error:
            return PrintResult(Printed.FAILED, "bad_slip", str(error))
        except DriverFault as fault:
            return PrintResult(Printed.FAILED, fault.reason, fault.detail)
        talk = self._talk
        if talk is None:
            return PrintResult(Printed.FAILED, OFFLINE, f"printer at {self._port} is not open")
        try:
            refused, prefix = self._make_ready(talk)
        except (TransportLost, NoAnswer) as lost:
            return PrintResult(Printed.FAILED, OFFLINE, str(self._lost(lost)))
        if refused is not None:
            return refused
        result = self._send(talk, prefix + job.data)
        if self._roll is not None and result.outcome is not Printed.FAILED:
            self._roll.fed(job.mm)
        return result

    def _make_ready(self, talk: Conversation) -> tuple[PrintResult | None, bytes]:
        """Ask how it is and have it forget what is left of an earlier slip; a refusal, or what to send first."""
        self._catch_up(talk)
        status = talk.ask_status()
        self._catch_up(talk)
        prefix = b""
        # Not at a jammed knife: clearing would pass for its repair, and the next slip would run into it.
        if self._buffer is not Buffer.EMPTY and status.fault in _CLEARED_AT:
            talk.clear_buffers()
            prefix = CUT_OFF if self._cutter else PUSH_OFF
        if status.fault is not None or not status.online:
            return PrintResult(Printed.FAILED, status.fault or OFFLINE, "the printer said so before the slip"), b""
        if prefix and talk.abilities.barrier is not False and not talk.find_end(self._half_sent):
            if talk.abilities.barrier:
                return PrintResult(Printed.FAILED, "no_reply", "it does not come to the end of an earlier slip"), b""
            talk.abilities.barrier = False  # it has never given one: such a printer is only asked how it is
        return None, prefix

    def _send(self, talk: Conversation, data: bytes) -> PrintResult:
        before, self._buffer, self._half_sent = self._buffer, Buffer.HALF_SLIP, len(data)
        try:
            deadline = talk.send(data, self._barrier_timeout_s)
        except TransportLost as lost:
            if lost.sent == 0:
                self._buffer = before
            self.close()
            outcome = Printed.UNKNOWN if lost.sent else Printed.FAILED
            return PrintResult(outcome, OFFLINE, f"{lost} ({lost.sent} of {len(data)} bytes sent)")
        try:
            return self._confirm(talk, deadline)
        except TransportLost as lost:
            self.close()
            return PrintResult(Printed.UNKNOWN, OFFLINE, f"all bytes sent, then {lost}")

    def _confirm(self, talk: Conversation, deadline: float) -> PrintResult:
        """Wait for the receipt, and look at the status now and then: a printer without paper waits for ever."""
        mute = not talk.abilities.can_confirm
        while True:
            receipt = talk.hear_receipt(min(deadline, time.monotonic() + self._look_every_s))
            status: PrinterStatus | None = None
            if receipt is None:
                with contextlib.suppress(NoAnswer):
                    status = talk.ask_status()
                receipt = talk.hear_receipt(0.0)  # it may have come while we asked
            if receipt is not None:
                return self._received(talk, receipt)
            if status is not None and status.fault is not None:
                return PrintResult(Printed.UNKNOWN, status.fault, "it stopped somewhere in the slip")
            if mute and status is not None and status.online:
                self._buffer = Buffer.EMPTY
                return PrintResult(Printed.UNKNOWN, "no_reply", "all bytes sent; this printer gives no receipts")
            if time.monotonic() >= deadline:
                if status is None:
                    self._lost(NoAnswer(garbled=False))
                    return PrintResult(Printed.UNKNOWN, "no_reply", "all bytes sent, then no answer at all")
                reason = "no_reply" if status.online else OFFLINE
                return PrintResult(Printed.UNKNOWN, reason, "all bytes sent, no receipt for them")

    def _received(self, talk: Conversation, receipt: Receipt) -> PrintResult:
        """A receipt is believed when the printer still answers behind it: a line whose printer lost its power, or
        that carries noise, says many things."""
        try:
            talk.ask_status()
        except NoAnswer as silence:
            self._lost(silence)
            return PrintResult(Printed.UNKNOWN, "no_reply", f"something like a receipt came, then it {silence}")
        if not talk.undisturbed:
            return PrintResult(Printed.UNKNOWN, "no_reply", "something like a receipt came amid noise")
        self._buffer = Buffer.EMPTY
        if receipt.paper_end:
            return PrintResult(Printed.UNKNOWN, "paper_out", "it ran through the slip, and the paper is out")
        return PrintResult(Printed.PRINTED)

    def _let_strange_slip_finish(self, talk: Conversation) -> None:
        """A slip sent by the process before us may still be coming out; an answered barrier is an empty buffer."""
        try:
            if talk.find_end():
                self._buffer = Buffer.EMPTY
        except TransportLost as lost:
            raise self._lost(lost) from lost

    def _asked(self, ask: Callable[[], PrinterStatus]) -> PrinterStatus:
        try:
            return ask()
        except (TransportLost, NoAnswer) as lost:
            raise self._lost(lost) from lost

    def _lost(self, why: TransportLost | NoAnswer) -> DriverOffline:
        """Let go of the wire: what comes on it from now on is too late."""
        self._fell_silent = self._fell_silent or isinstance(why, NoAnswer)
        self.close()
        return DriverOffline(f"printer at {self._port}: {why}")

    def _catch_up(self, talk: Conversation) -> None:
        if talk.catch_up():
            self._buffer = Buffer.EMPTY  # what we gave up waiting for was only slow
