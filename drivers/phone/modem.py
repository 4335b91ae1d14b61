"""A telephone line watched by a serial voice modem that hangs beside the telephone and never answers (hardware.md 6.5).

The modem counts the rings and tells who calls; it seldom tells that the handset was lifted. The dialogue is short
(``ATZ``, ``ATE0`` …) and each answer is waited for a bounded time; afterwards the modem speaks by itself.
"""

import contextlib
import queue
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from drivers import Put, monotonic_ms
from drivers.phone import CallerHeard, Edge, LineLost, Lines, RingHeard
from drivers.phone.modem_lines import Answered, Hook, ModemEar, Number, Rings, Said
from drivers.serial_port import Hear, SerialPort, Write
from firmware_py.errors import DriverFault, DriverOffline

ANSWER_S: Final = 2.0
"""A modem answers within a quarter of a second, after ``ATZ`` within one."""
ASK_AFTER_MS: Final = 30_000
"""A modem that has said nothing for so long is asked whether it lives; one that rings is left alone."""
CALLER_ID: Final = (("AT+VCID=1",), ("AT+FCLASS=8", "AT+VCID=1"), ("AT+FCLASS=0", "AT#CID=1"))
"""How modems are told to report callers, tried in this order until one way is taken (hardware.md 6.5)."""

_SETTLE_S: Final = 0.02
"""A word said twice comes twice at once; it must not be taken for the next command's answer."""


class ModemLines(Lines):
    """One line.

    Args:
        line: its name.
        port: device node, best a udev link; no other process may hold it meanwhile.
        put: where ``RingHeard``, ``CallerHeard``, ``Edge`` (of the hook) and ``LineLost`` go.
        baud: 115200 for a USB modem, whatever the switch says for an old one.
        init: commands of this model, sent after ``ATZ`` and ``ATE0``.
        country: T.35 code for ``AT+GCI``, "" = not set.
        hook: the telephone is plugged into the modem, and it tells of the handset: the modem is put into voice mode,
            and what it says of the hook is passed on.
        answer_s: the longest one answer may take.
        now: monotonic milliseconds.
    """

    def __init__(
        self,
        line: str,
        port: str,
        put: Put,
        *,
        baud: int = 115200,
        init: Sequence[str] = (),
        country: str = "",
        hook: bool = False,
        answer_s: float = ANSWER_S,
        now: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._line = line
        self._what = f"modem {port}"
        self._put = put
        self._init = init
        self._country = country
        self._hook = hook
        self._answer_s = answer_s
        self._now = now
        self._answers: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._heard_at = 0
        self.tells_callers = False
        """Whether the modem took one of the commands that make it report numbers. Known once it is open."""
        self._wire = SerialPort(
            port, baud, what="modem", listen=self._listen, lost=lambda reason: put(LineLost(reason))
        )

    def open(self) -> None:
        """Wake the modem and tell it what to report.

        Raises:
            DriverOffline: no such port, another process holds it, or the modem does not answer in time.
            DriverFault: ``modem_refused``, with the command it will not take.
        """
        self._wire.open()
        try:
            self._wake()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Release the port; the modem goes on as it was told. No ``LineLost`` follows a close."""
        self._wire.close()

    def check(self) -> None:
        """Ask a modem that has been quiet whether it lives.

        Raises:
            DriverOffline: closed, lost, or silent.
        """
        self._wire.check()
        if self._now() - self._heard_at >= ASK_AFTER_MS:
            self._ask("AT")

    def _wake(self) -> None:
        if not self._ask("ATZ"):  # a half command may have stood in its buffer
            self._must("ATZ")
        for command in self._wishes():
            self._must(command)
        # Hook reports come in voice mode alone, so the ways to a caller's number that would leave it are not tried.
        ways = CALLER_ID[:1] if self._hook else CALLER_ID
        self.tells_callers = any(all(self._ask(command) for command in way) for way in ways)

    def _wishes(self) -> Iterator[str]:
        yield "ATE0"
        yield "ATV1"
        yield "ATS0=0"  # whatever its profile says: a modem that answers takes the citizen's call away
        if self._country:
            yield f"AT+GCI={self._country}"
        yield from self._init
        if self._hook:
            yield "AT+FCLASS=8"

    def _must(self, command: str) -> None:
        if not self._ask(command):
            raise DriverFault("modem_refused", f"{self._what} refuses {command}")

    def _ask(self, command: str) -> bool:
        """Send a command; whether the modem took it.

        Raises:
            DriverOffline: the port is gone, or no answer came in time.
        """
        with contextlib.suppress(queue.Empty):
            while True:
                self._answers.get_nowait()
        self._wire.send(f"{command}\r".encode("ascii"))
        try:
            ok = self._answers.get(timeout=self._answer_s)
        except queue.Empty:
            raise DriverOffline(f"{self._what} does not answer {command} within {self._answer_s:g} s") from None
        with contextlib.suppress(queue.Empty):
            self._answers.get(timeout=_SETTLE_S)
        return ok

    def _listen(self, _: Write) -> Hear:
        ear = ModemEar()

        def hear(data: bytes) -> None:
            for said in ear.feed(data):
                self._heard_at = self._now()
                self._pass_on(said)

        return hear

    def _pass_on(self, said: Said) -> None:
        match said:
            case Rings():
                self._put(RingHeard(self._line, self._heard_at))
            case Number(digits):
                self._put(CallerHeard(self._line, digits, self._heard_at))
            case Hook(lifted):
                if self._hook:
                    self._put(Edge(self._line, "hook", lifted, self._heard_at))
            case Answered(ok):
                self._answers.put(ok)
