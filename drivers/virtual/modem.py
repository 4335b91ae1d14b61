"""A voice modem on a pty, beside a telephone: it obeys AT commands, says RING once a ring, and tells who calls."""

import contextlib
import os
import select
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from drivers.virtual.faults import Fault
from drivers.virtual.modem_settings import CallerId, ModemSettings
from drivers.virtual.pty_wire import PtyWire

NOISE: Final = b"\x00\xfe\x8a\x10~NO\x7f"
LOSES_EVERY: Final = 5
"""On a bad cable every fifth byte is missing, either way."""


class VirtualModem:
    """One modem, in real time. It wakes up with the profile of a careless owner: echo on, answering at the first ring.

    Args:
        link: a stable name for the pty, made when the cable is put in, removed when it is pulled.
        caller_id: see ``modem_settings.CallerId``.
        reports_handset: the telephone hangs on the modem, which tells of its handset in voice mode.
        slow_s: how late everything is with ``Fault.SLOW``.
    """

    def __init__(
        self,
        link: Path,
        *,
        caller_id: CallerId = "+VCID",
        reports_handset: bool = False,
        slow_s: float = 0.5,
    ) -> None:
        self.settings = ModemSettings(caller_id)
        """What it was told."""
        self._reports_handset = reports_handset
        self._slow_s = slow_s
        self._state = threading.Condition()
        self._faults = dict.fromkeys(
            (
                *(Fault.UNPLUGGED, Fault.SILENT, Fault.GARBAGE, Fault.LOST_BYTES),
                *(Fault.SLOW, Fault.REFUSES, Fault.DUPLICATE),
            ),
            False,
        )
        self.commands: list[str] = []
        """Every command line it has heard since it was switched on, without what ends it."""
        self.rings = 0
        """Rings of the call that is coming in."""
        self.answered = 0
        """Calls it took away from the telephone because nobody had forbidden it (S0)."""
        self._typed = bytearray()
        self._passed = 0
        self._outgoing: list[tuple[float, bytes]] = []
        self._wire = PtyWire(link)
        self._wake = -1
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Switch it on and put the cable in.

        Raises:
            OSError: no pty, or the link cannot be made.
        """
        self._wire.plug_in()
        woken, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._run, args=(woken,), name="virtual modem", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take everything away."""
        thread, wake = self._thread, self._wake
        self._thread, self._wake = None, -1
        if thread is not None:
            os.close(wake)
            thread.join()
        self._wire.pull_out()

    @property
    def path(self) -> str:
        """The port the host opens."""
        return self._wire.path

    @property
    def faults(self) -> Mapping[Fault, bool]:
        """Every fault a modem can have, and whether it has it now."""
        with self._state:
            return MappingProxyType(dict(self._faults))

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Break or mend. A modem that is pulled loses its power and forgets what it was told.

        Raises:
            ValueError: a modem cannot have that fault.
        """
        with self._state:
            if fault not in self._faults:
                raise ValueError(f"a modem cannot have {fault}")
            self._faults[fault] = on
            if fault is Fault.UNPLUGGED:
                self.settings.reset()
                self._poke()
                self._state.wait_for(lambda: self._wire.plugged != on or self._thread is None)

    def ring(self, number: str = "") -> None:
        """One ring of the telephone; the first one is followed by who calls, where the exchange tells and the modem was
        asked. Returns at once."""
        with self._state:
            self.rings += 1
            if 0 < self.settings.answers_at <= self.rings:
                self.answered += 1
            self._say("RING")
            if number and self.rings == 1 and self.settings.tells_callers:
                self._say("DATE = 1121", "TIME = 0905", f"NMBR = {number}", "NAME = O")
        self._poke()

    def stop_ringing(self) -> None:
        """The caller gives up, or somebody lifts a telephone the modem does not see: it says nothing of either."""
        with self._state:
            self.rings = 0

    def lift(self) -> None:
        """The handset of the telephone that hangs on the modem is lifted."""
        self._handset(b"H")

    def hang_up(self) -> None:
        """It is put down."""
        self._handset(b"h")

    def send(self, data: bytes) -> None:
        """Put these bytes on the wire."""
        with self._state:
            self._send(data)
        self._poke()

    def wait_for_command(self, command: str, timeout_s: float = 5.0) -> bool:
        """Wait until it has heard a command; False when it did not come in time."""
        with self._state:
            return self._state.wait_for(lambda: command in self.commands, timeout_s)

    # --- under the lock -----------------------------------------------------------------------------------------------

    def _handset(self, code: bytes) -> None:
        with self._state:
            self.rings = 0
            if self._reports_handset and self.settings.in_voice:
                self._send(b"\x10" + code)
        self._poke()

    def _say(self, *lines: str) -> None:
        for line in lines:
            self._send(f"\r\n{line}\r\n".encode("ascii"))

    def _send(self, data: bytes) -> None:
        if self._faults[Fault.SILENT]:
            return
        data *= 2 if self._faults[Fault.DUPLICATE] else 1
        if self._faults[Fault.GARBAGE]:
            data = NOISE + data + NOISE
        self._outgoing.append((time.monotonic() + (self._slow_s if self._faults[Fault.SLOW] else 0.0), data))

    def _through_the_cable(self, data: bytes) -> bytes:
        if not self._faults[Fault.LOST_BYTES]:
            return data
        arrived = bytes(byte for place, byte in enumerate(data, self._passed + 1) if place % LOSES_EVERY)
        self._passed += len(data)
        return arrived

    def _hear(self, data: bytes) -> None:
        for byte in self._through_the_cable(data):
            if self.settings.echoes:
                self._send(bytes([byte]))
            if byte != ord("\r"):
                self._typed.append(byte)
                continue
            line = self._typed.decode("latin-1")
            self._typed.clear()
            if line[:2].upper() == "AT":
                self.commands.append(line)
                self._answer(not self._faults[Fault.REFUSES] and self.settings.obey(line[2:].upper()))

    def _answer(self, ok: bool) -> None:
        if self.settings.speaks_words:
            self._say("OK" if ok else "ERROR")
        else:
            self._send(b"0\r" if ok else b"4\r")

    # --- the modem's own thread ---------------------------------------------------------------------------------------

    def _poke(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wake, b"!")

    def _run(self, woken: int) -> None:
        while True:
            with self._state:
                patience = max(0.0, self._outgoing[0][0] - time.monotonic()) if self._outgoing else None
            ready, _, _ = select.select([woken, self._wire.far] if self._wire.plugged else [woken], [], [], patience)
            if woken in ready and not os.read(woken, 4096):
                break
            with self._state:
                if self._wire.far in ready and not self._faults[Fault.UNPLUGGED]:
                    self._hear(os.read(self._wire.far, 4096))
                if self._wire.plugged == self._faults[Fault.UNPLUGGED]:
                    (self._wire.pull_out if self._wire.plugged else self._wire.plug_in)()
                    self._outgoing.clear()
                self._deliver()
                self._state.notify_all()
        os.close(woken)

    def _deliver(self) -> None:
        now = time.monotonic()
        while self._outgoing and self._outgoing[0][0] <= now:
            self._wire.send(self._through_the_cable(self._outgoing.pop(0)[1]))
