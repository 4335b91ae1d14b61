"""What is inside the virtual printer: bytes go in, answers come out, and paper moves if there is any.

Written from the printer's side of hardware.md 1.3 and 1.4 and sharing nothing with ``drivers.printer``. It is a
strict printer: Chinese mode is off until ``FS &``, its font has only two-byte characters, it obeys real-time
commands wherever they stand (also in the middle of a bitmap), and without paper it executes nothing.
"""

from collections import Counter
from collections.abc import Callable
from typing import Literal

from drivers.virtual.printer_commands import BUFFER_BYTES, CommandReader, Incomplete
from drivers.virtual.printer_interface import Arriving
from drivers.virtual.slip_paper import PrintedSlip, SlipPaper

Paper = Literal["ok", "low", "out"]
Cover = Literal["open", "closed"]
Cutter = Literal["ok", "jammed"]


class PrinterMechanism:
    """The printer without its wire. Not thread-safe.

    Args:
        columns: characters of 12 dots that fit in a row.
        slip_out: called with every slip that leaves.
    """

    def __init__(self, columns: int, slip_out: Callable[[PrintedSlip], None]) -> None:
        self.paper: Paper = "ok"
        self.cover: Cover = "closed"
        self.cutter: Cutter = "ok"
        self.rows_left = 0
        """The paper ends after so many rows more; 0 = it lasts."""
        self.unknown: Counter[str] = Counter()
        """Commands it did not know, in hexadecimal, and what came when its buffer was full (``overflow``)."""
        self._slip_out = slip_out
        self._paper = SlipPaper(columns)
        self._arriving = Arriving()
        self._commands = CommandReader(self._paper, self.unknown, self._answer, self._cut)
        self._replies = bytearray()
        self._cut_failed = False

    @property
    def online(self) -> bool:
        """It can print."""
        return self.paper != "out" and self.cover == "closed" and not self._cut_failed

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the wire; returns what the printer answers to them."""
        for item in self._arriving.feed(data):
            if item.kind == "real_time":
                self._obey_at_once(item.data)
            else:
                self._keep(item.data)
        return self.work()

    def work(self) -> bytes:
        """Execute what is in the buffer as far as paper, cover and knife allow; returns the answers."""
        self._cut_failed = self._cut_failed and self.cutter == "jammed"
        while self.online and self._commands.buffer:
            rows = self._paper.rows_printed
            try:
                self._commands.execute_next()
            except Incomplete:
                break
            self._use_up(self._paper.rows_printed - rows)
        replies = bytes(self._replies)
        self._replies.clear()
        return replies

    def end_roll(self) -> None:
        """No paper from now on; what was printed of a slip falls out."""
        self.paper = "out"
        self.rows_left = 0
        self._part(roll_ended=True)

    def _use_up(self, rows: int) -> None:
        if not self.rows_left or not rows:
            return
        self.rows_left = max(0, self.rows_left - rows)
        if not self.rows_left:
            self.end_roll()

    def _part(self, *, roll_ended: bool) -> None:
        slip = self._paper.part(roll_ended=roll_ended)
        if slip is not None:
            self._slip_out(slip)

    def _keep(self, data: bytes) -> None:
        room = BUFFER_BYTES - len(self._commands.buffer)
        if len(data) > room:
            self.unknown["overflow"] += len(data) - room
        self._commands.buffer += data[:room]

    def _answer(self, question: int) -> None:
        """``GS r``: the paper sensor, or the drawer's switch."""
        if question in {1, 49}:
            self._replies.append({"ok": 0x00, "low": 0x03, "out": 0x0F}[self.paper])
        elif question in {2, 50}:
            self._replies.append(0x00)

    def _cut(self, command: bytes) -> bool:
        """The knife; False when it is stuck, and stays where it is until somebody frees it."""
        self._cut_failed = self.cutter == "jammed"
        if not self._cut_failed:
            self._paper.record(command)
            self._part(roll_ended=False)
        return not self._cut_failed

    def _obey_at_once(self, command: bytes) -> None:
        match command[1], command[2]:
            case 0x04, question:
                self._replies.append(self._real_time_status(question))
            case 0x05, 1:
                self._cut_failed = False
            case 0x05, 2:
                self._clear()
            case 0x14, 8:
                self._clear()
                self._replies += b"\x37\x25\x00"
            case _:
                pass  # a pulse for a cash drawer, power off

    def _clear(self) -> None:
        self._commands.buffer.clear()
        self._paper.tear()
        self._cut_failed = False

    def _real_time_status(self, question: int) -> int:
        no_paper = self.paper == "out"
        match question:
            case 1:
                return 0x16 | (0x00 if self.online else 0x08)
            case 2:
                return (
                    0x12
                    | (0x04 if self.cover == "open" else 0)
                    | (0x20 if no_paper else 0)
                    | (0x40 if self._cut_failed else 0)
                )
            case 3:
                return 0x12 | (0x08 if self._cut_failed else 0)
            case _:
                return {"ok": 0x12, "low": 0x1E, "out": 0x7E}[self.paper]
