"""An ESC/POS ticket printer that is believed only when it answers: its status before a slip, a receipt behind it.

``DLE EOT`` is answered at once, whatever the printer is doing (hardware.md 1.3); how a slip is known to have come out
is told in ``handover``.
"""

import logging
from collections.abc import Callable
from typing import Final, cast

from drivers.printer import Paper, Printed, Printer, PrinterStatus, PrintResult, Slip
from drivers.printer.abilities import Abilities
from drivers.printer.conversation import Conversation
from drivers.printer.handover import OFFLINE, Handover
from drivers.printer.library import WIDTHS_DOTS, byte_builder
from drivers.printer.ports import parse_port
from drivers.printer.questions import QUIET_S, NoAnswer
from drivers.printer.roll import RollCounter
from drivers.printer.rows import ENCODINGS, Encoding
from drivers.printer.slip_bytes import SlipError, job_of
from drivers.printer.transport import Transport, TransportLost, open_transport
from firmware_py.errors import ConfigError, DriverFault, DriverOffline

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.25
"""Often enough for a citizen who waits before a printer that has stopped."""


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
        quiet_s: how long after an answer its double would have come.
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
        quiet_s: float = QUIET_S,
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
        self._quiet_s = quiet_s
        self._cutter = cutter
        self._roll = roll
        self._slips = Handover(cutter=cutter, barrier_timeout_s=barrier_timeout_s, look_every_s=look_every_s)
        self._talk: Conversation | None = None
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
        talk = self._talk = Conversation(self._open_wire(self._port), self._reply_timeout_s, abilities, self._quiet_s)
        status = self._asked(
            lambda: talk.get_to_know(may_be_mute=not self._has_spoken, after_silence=self._fell_silent)
        )
        self._fell_silent = False
        self._has_spoken = self._has_spoken or bool(abilities.questions) or abilities.automatic
        try:
            self._slips.begin(talk, status)
        except TransportLost as lost:
            raise self._lost(lost) from lost
        if str(abilities) != self._known:
            self._known = str(abilities)
            log.info("printer at %s: %s", self._port, self._known)

    def close(self) -> None:
        """Let go of the wire; half a slip still on its way is thrown away."""
        if self._talk is not None:
            self._talk.close(discard=self._slips.unfinished)
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
            self._slips.catch_up(talk)
        except TransportLost as lost:
            raise self._lost(lost) from lost
        status = self._asked(lambda: talk.ask_status(settle=True))
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
        handed = self._slips.hand_over(talk, job.data)
        if handed.lost is not None:
            self._lost(handed.lost)
        if self._roll is not None and handed.result.outcome is not Printed.FAILED:
            self._roll.fed(job.mm)
        return handed.result

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
