"""What is inside the virtual printer: bytes go in, answers come out, and paper moves if there is any.

Written from the printer's side of hardware.md 1.3 and 1.4 and sharing nothing with ``drivers.printer``. It is a
strict printer: Chinese mode is off until ``FS &``, its font has only two-byte characters, it obeys real-time
commands wherever they stand (also in the middle of a bitmap), and without paper it executes nothing.
"""

from collections import Counter
from collections.abc import Callable
from typing import Literal

from drivers.virtual.printer_commands import BUFFER_BYTES, CommandReader, Incomplete, Model
from drivers.virtual.printer_interface import Arriving
from drivers.virtual.slip_paper import PrintedSlip, SlipPaper

Paper = Literal["ok", "low", "out"]
Cover = Literal["open", "closed"]
Cutter = Literal["ok", "jammed"]
Power = Literal["on", "off"]
Upset = Literal["paper_out", "cover_open", "power_off"]
"""What may happen in the middle of a slip."""


class PrinterMechanism:
    """The printer without its wire. Not thread-safe.

    Args:
        columns: characters of 12 dots that fit in a row.
        slip_out: called with every slip that leaves.
        model: what it understands.
        say: makes what goes on the wire of the answers it gives at once.
    """

    def __init__(
        self,
        columns: int,
        slip_out: Callable[[PrintedSlip], None],
        model: Model = "full",
        say: Callable[[list[bytes]], bytes] = b"".join,
    ) -> None:
        self.paper: Paper = "ok"
        self.cover: Cover = "closed"
        self.cutter: Cutter = "ok"
        self.rows_left = 0
        """After so many rows more ``upset`` happens; 0 = it does not."""
        self.upset: Upset = "paper_out"
        self.unknown: Counter[str] = Counter()
        """Commands it did not know, in hexadecimal, and what came when its buffer was full (``overflow``)."""
        self._power: Power = "on"
        self._slip_out = slip_out
        self._model = model
        self._say = say
        self._paper = SlipPaper(columns)
        self._arriving = Arriving()
        self._commands = CommandReader(self._paper, self.unknown, self._answer, self._cut, model)
        self._replies: list[bytes] = []
        self._cut_failed = False
        self._tells_changes = False
        self._told = b""

    @property
    def online(self) -> bool:
        """It can print."""
        return self._power == "on" and self.paper != "out" and self.cover == "closed" and not self._cut_failed

    @property
    def hanging(self) -> str:
        """What stands on the paper that has not been cut off."""
        return self._paper.hanging

    @property
    def power(self) -> Power:
        """Without it bytes come to nothing, and what it had not printed is forgotten; the paper stays where it is."""
        return self._power

    @power.setter
    def power(self, power: Power) -> None:
        if power == "off":
            self._clear()
            self._arriving = Arriving()
            self._commands.reset()
            self._replies.clear()
            self._tells_changes = False
        self._power = power

    @property
    def port_status(self) -> int:
        """The lines of its port, IEEE 1284: 0x08 no error, 0x10 selected, 0x20 paper end."""
        no_paper = self.paper == "out"
        return (
            (0x08 if self.cover == "closed" and not self._cut_failed and not no_paper else 0)
            | (0x10 if self.online else 0)
            | (0x20 if no_paper else 0)
        )

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the wire; returns what the printer answers to them."""
        if self._power == "off":
            return b""
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
        self._tell_change()
        replies = [] if self._model == "mute" or self._power == "off" else self._replies
        self._replies = []
        return self._say(replies) if replies else b""

    def load(self, paper: Paper) -> None:
        """A roll like this is in it from now on. Without any, what was printed of a slip falls out."""
        self.paper = paper
        if paper == "out":
            self.rows_left = 0
            self._part(roll_ended=True)

    def upset_after(self, rows: int, what: Upset) -> None:
        """Let this happen so many rows from now; 0 = never mind."""
        self.rows_left, self.upset = rows, what

    def _use_up(self, rows: int) -> None:
        if not self.rows_left or not rows:
            return
        self.rows_left = max(0, self.rows_left - rows)
        if self.rows_left:
            return
        match self.upset:
            case "paper_out":
                self.load("out")
            case "cover_open":
                self.cover = "open"
            case "power_off":
                self.power = "off"

    def _part(self, *, roll_ended: bool) -> None:
        slip = self._paper.part(roll_ended=roll_ended)
        if slip is not None:
            self._slip_out(slip)

    def _keep(self, data: bytes) -> None:
        room = BUFFER_BYTES - len(self._commands.buffer)
        if len(data) > room:
            self.unknown["overflow"] += len(data) - room
        self._commands.buffer += data[:room]

    def _answer(self, command: bytes) -> None:
        """``GS r``: the paper sensor, or the drawer's switch; ``GS a``: tell changes; ``GS ( H``: repeat a number."""
        match command[:2], command[2:3]:
            case b"\x1dr", b"\x01" | b"1":
                self._replies.append({"ok": b"\x00", "low": b"\x03", "out": b"\x0f"}[self.paper])
            case b"\x1dr", b"\x02" | b"2":
                self._replies.append(b"\x00")
            case b"\x1da", n:
                self._tells_changes = n != b"\x00"
                self._told = b""
                self._tell_change()
            case b"\x1d(", b"H" if command[3:7] == b"\x06\x0000" and len(command) == 11:
                self._replies.append(b"\x37\x22" + command[7:] + b"\x00")
            case _:
                pass

    def _tell_change(self) -> None:
        """The four bytes of automatic status back, when they are others than the last."""
        now = bytes(
            (
                0x14 | (0 if self.online else 0x08) | (0x20 if self.cover == "open" else 0),
                0x08 if self._cut_failed else 0,
                {"ok": 0x00, "low": 0x03, "out": 0x0F}[self.paper],
                0x0F,
            )
        )
        if self._tells_changes and now != self._told:
            self._told = now
            self._replies.append(now)

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
                self._replies.append(bytes((self._real_time_status(question),)))
            case 0x05, 1:
                self._cut_failed = False
            case 0x05, 2 if self._model != "simple":
                self._clear()
            case 0x14, 8 if self._model == "full":
                self._clear()
                self._replies.append(b"\x37\x25\x00")
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
