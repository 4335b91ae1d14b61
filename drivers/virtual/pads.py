"""The far end of a pad bus: staff pads and evaluators behind a pty whose cable can be pulled."""

import contextlib
import os
import select
import threading
import time
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from drivers.virtual.faults import Fault
from drivers.virtual.pad_devices import EVALUATOR, PAD, STUCK_S, PadDevices, PadFace
from drivers.virtual.pad_line import LATE_S, PadLine
from drivers.virtual.pty_wire import PtyWire


class VirtualPads:
    """One bus, in real time. A press that cannot be sent is tried again and then forgotten, as by the devices.

    Args:
        pads: addresses with a staff pad.
        evaluators: addresses with an evaluator; usually the same ones.
        link: a stable name for the pty, made at ``open`` and at ``replug``, removed at ``unplug``.
        on_change: told the address whose face changed, in the bus's thread.
        ack_s: how long a device waits for its answer before it sends again.
        lit_s: how long an evaluator stays lit without a press.
        stuck_s: how often a stuck key is sent.
        late_s: how late everything arrives on a slow bus.
    """

    def __init__(
        self,
        pads: Collection[int],
        evaluators: Collection[int] = (),
        *,
        link: Path | None = None,
        on_change: Callable[[int], None] | None = None,
        ack_s: float = 0.15,
        lit_s: float = 60.0,
        stuck_s: float = STUCK_S,
        late_s: float = LATE_S,
    ) -> None:
        self._bus = PadDevices(pads, evaluators, ack_s, lit_s, stuck_s)
        self._on_change = on_change
        self._state = threading.Condition()
        self._wanted = False
        self._noise = b""
        self._line = PadLine(self._bus, late_s)
        self._wire = PtyWire(link)
        self._wake = -1
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Give the devices power and put the cable in.

        Raises:
            OSError: no pty, or the link cannot be made.
        """
        self.close()
        self._wire.plug_in()
        self._wanted = True
        woken, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._run, args=(woken,), name="virtual pads", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take everything away."""
        thread, wake = self._thread, self._wake
        self._thread, self._wake = None, -1
        if thread is not None:
            os.close(wake)
            thread.join()

    def __enter__(self) -> "VirtualPads":
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def path(self) -> str:
        """The port the host opens: the link, or else the pty, whose name may change with each ``replug``."""
        return self._wire.path

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._wire.plugged

    @property
    def faults(self) -> Mapping[Fault, bool]:
        """Every fault the bus can have, and whether it has it now."""
        with self._state:
            return {Fault.UNPLUGGED: not self._wanted, **self._line.faults}

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Let the bus break so, or mend it (``pad_line``).

        Raises:
            ValueError: it cannot have that fault.
        """
        if fault is Fault.UNPLUGGED:
            self._plug(not on)
            return
        with self._state:
            self._line.set_fault(fault, on)
        self._poke()

    def press(self, address: int, key: str) -> None:
        """Press a key of a staff pad, by its wire name: ``"0C"``, ``"06+0F"``. Returns at once.

        Raises:
            ValueError: no pad at this address, or no key name.
        """
        self._press(address, PAD, _key(key))

    def press_level(self, address: int, position: int) -> None:
        """Press a key of an evaluator, 0…4 from the left, lit or not. Returns at once.

        Raises:
            ValueError: no evaluator at this address, or no such key.
        """
        if not 0 <= position <= 4:
            raise ValueError(f"an evaluator has no key {position}")
        self._press(address, EVALUATOR, bytes([position]))

    def stick(self, address: int, key: str) -> None:
        """A key of a staff pad jams: it is sent anew every ``stuck_s`` until ``unstick``."""
        with self._state:
            self._bus.jam(address, _key(key))
        self._poke()

    def unstick(self, address: int) -> None:
        """The jammed key comes free."""
        with self._state:
            self._bus.jam(address, None)

    def corrupt(self, frames: int = 1) -> None:
        """Noise: the next frames leave with a wrong checksum."""
        with self._state:
            self._bus.faults["corrupt"] = frames

    def duplicate(self, frames: int = 1) -> None:
        """A device in doubt: the next frames leave twice in a row."""
        with self._state:
            self._bus.faults["duplicate"] = frames

    def lose_answers(self, answers: int = 1) -> None:
        """Noise the other way: the host's next acknowledgements are not heard."""
        with self._state:
            self._bus.faults["deaf"] = answers

    def garbage(self, data: bytes) -> None:
        """Put these bytes on the wire."""
        with self._state:
            self._noise += data
        self._poke()

    def unplug(self) -> None:
        """Pull the cable; the devices keep their power and go on trying. Returns when it is out."""
        self._plug(False)

    def replug(self) -> None:
        """Put the cable in again. Returns when it is in."""
        self._plug(True)

    def face(self, address: int) -> PadFace:
        """Everything to be seen at this address."""
        with self._state:
            return self._bus.faces[address]

    def digits(self, address: int) -> str:
        """The six digits shown, blanks for dark ones."""
        return self.face(address).digits

    def beeps(self, address: int) -> int:
        """How often it has beeped."""
        return self.face(address).beeps

    def invited(self, address: int) -> bool:
        """Whether the evaluator is lit: invited, not answered yet, and not yet tired of waiting."""
        return self.face(address).invited

    def idle(self) -> bool:
        """Whether every press was sent and answered, or given up."""
        return self._bus.idle

    def wait_for(self, predicate: Callable[[], bool], timeout_s: float = 5.0) -> bool:
        """Wait until something is to be seen on the faces; False when it did not come in time."""
        with self._state:
            return self._state.wait_for(predicate, timeout_s)

    def _press(self, address: int, kind: int, data: bytes) -> None:
        with self._state:
            self._bus.press(address, kind, data)
        self._poke()

    def _plug(self, wanted: bool) -> None:
        with self._state:
            self._wanted = wanted
            self._poke()
            self._state.wait_for(lambda: self.plugged == wanted or self._thread is None)

    def _poke(self) -> None:
        with contextlib.suppress(OSError):
            os.write(self._wake, b"!")

    def _run(self, woken: int) -> None:
        while True:
            with self._state:
                patience = self._line.patience(time.monotonic())
            wires = [woken, self._wire.far] if self.plugged else [woken]
            ready, _, _ = select.select(wires, [], [], patience)
            if woken in ready and not os.read(woken, 4096):
                break
            with self._state:
                heard = os.read(self._wire.far, 4096) if self._wire.far in ready else b""
                if self._wanted != self.plugged:
                    (self._wire.plug_in if self._wanted else self._wire.pull_out)()
                self._wire.send(self._noise + self._line.turn(heard, time.monotonic()))
                self._noise = b""
                changed, self._bus.changed = self._bus.changed, set()
                self._state.notify_all()
            for address in changed:
                if self._on_change is not None:
                    self._on_change(address)
        os.close(woken)
        with self._state:
            self._wire.pull_out()
            self._state.notify_all()


def _key(name: str) -> bytes:
    data = bytes.fromhex(name.replace("+", ""))
    if not data:
        raise ValueError("a key has a name, such as 0C or 06+0F")
    return data
