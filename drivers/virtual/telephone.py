"""A telephone on a line: it rings as a Chinese exchange rings, is lifted and hung up, and its detectors move pins."""

import threading
import time
from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

import msgspec

from drivers.virtual.faults import Fault
from drivers.virtual.line_detectors import BREAKS, Detector, LineDetectors
from drivers.virtual.pins import PinBoard
from drivers.virtual.ringing import Ringing, edges

_MS: Final = 1_000_000


class TelephoneState(StrEnum):
    """What the far end of the line does."""

    IDLE = "idle"
    RINGING = "ringing"
    TALKING = "talking"


class TelephoneBusy(Exception):
    """It rings or is off the hook already, or its line is cut; nothing has changed."""


class VirtualTelephone:
    """One line's telephone and exchange, on the pins of a board, in real time.

    Args:
        board: where the detectors are (``LineDetectors``).
        ring_pin: BCM number of the ring detector.
        hook_pin: BCM number of the hook detector, low when off the hook; None where none is fitted.
        second_pin: that of the ring detector of the telephone's line 2, if any.
        loop_pin: that of the detector of the exchange's voltage, low while there is some, if any.
        ringing: how it rings.
        cadence: scale of bursts and silences for tests; the frequency stays, so below about 0.3 a burst is too short
            to be a ring (R-PHONE-01).
        leaky_hook: the hook detector sees the ringing current too, as a cheap one does (hardware.md 6.2).
        on_change: told the new state, in the thread that changed it.
    """

    def __init__(
        self,
        board: PinBoard,
        ring_pin: int,
        hook_pin: int | None,
        *,
        second_pin: int | None = None,
        loop_pin: int | None = None,
        ringing: Ringing | None = None,
        cadence: float = 1.0,
        leaky_hook: bool = False,
        on_change: Callable[[TelephoneState], None] | None = None,
    ) -> None:
        plan = ringing or Ringing()
        fitted: dict[Detector, int | None] = {
            "ring": ring_pin,
            "hook": hook_pin,
            "second": second_pin,
            "loop": loop_pin,
        }
        self._detectors = LineDetectors(board, {each: pin for each, pin in fitted.items() if pin is not None})
        self._cadence = cadence
        self._ringing = msgspec.structs.replace(plan, cadence_ms=[round(ms * cadence) for ms in plan.cadence_ms])
        self._leaky_hook = leaky_hook
        self._on_change = on_change
        self._lock = threading.Lock()
        self._state = TelephoneState.IDLE
        self._stop = threading.Event()
        self._call: threading.Thread | None = None
        self._faults = dict.fromkeys((*BREAKS, Fault.STUCK_HOOK, Fault.NO_LOOP), False)
        self._detectors.drive("loop", True)

    @property
    def state(self) -> TelephoneState:
        """What it does now."""
        return self._state

    @property
    def faults(self) -> Mapping[Fault, bool]:
        """Every fault this line can have, and whether it has it now."""
        with self._lock:
            return MappingProxyType(dict(self._faults))

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Break or mend: its detectors (``BREAKS``), the handset beside the telephone, the line cut in the street.

        Raises:
            ValueError: a telephone line cannot have that fault.
        """
        with self._lock:
            if fault not in self._faults:
                raise ValueError(f"a telephone line cannot have {fault}")
            if self._faults[fault] == on:
                return
            self._faults[fault] = on
            if fault is Fault.NO_LOOP and on and self._state is TelephoneState.RINGING:
                self._stop.set()
                self._on_hook()
        match fault:
            case Fault.STUCK_HOOK:
                (self.lift if on else self.hang_up)()
            case Fault.NO_LOOP:
                self._detectors.drive("loop", not on)
                self._tell(self._state)
            case _:
                self._detectors.set_fault(fault, on)

    def ring(
        self,
        rings: int,
        then: Literal["answer", "stop"] = "stop",
        *,
        answer_ms: int = 500,
        talk_ms: int | None = 5000,
    ) -> None:
        """Somebody calls. Returns at once.

        Args:
            rings: how often it rings.
            then: ``"answer"``: lifted ``answer_ms`` after the last burst's end; ``"stop"``: the caller gives up there.
            answer_ms: scaled by ``cadence``; past the silence it would ring again, so keep it below 4000.
            talk_ms: after which it is hung up, scaled by ``cadence``; None waits for ``hang_up()``.

        Raises:
            TelephoneBusy: it rings or is off the hook, or the line is cut.
            ValueError: less than one ring.
        """
        if rings < 1:
            raise ValueError(f"a telephone cannot ring {rings} times")
        with self._lock:
            if self._state is not TelephoneState.IDLE:
                raise TelephoneBusy(f"the telephone is {self._state}")
            if self._faults[Fault.NO_LOOP]:
                raise TelephoneBusy("the line is cut")
            self._state = TelephoneState.RINGING
            self._stop = threading.Event()
            call = self._call = threading.Thread(
                target=self._play,
                args=(self._stop, rings, answer_ms if then == "answer" else None, talk_ms),
                name="telephone",
                daemon=True,
            )
        self._tell(TelephoneState.RINGING)
        call.start()

    def ring_at_once(self, rings: int, start_ns: int, *, until_ns: int | None = None, line_2: bool = False) -> None:
        """The edges of so many rings, the first at ``start_ns``: they carry their times, nobody waits.

        Args:
            rings: how many.
            start_ns: monotonic nanoseconds.
            until_ns: when the ringing is cut, by an answer or a caller giving up; None lets the last ring end.
            line_2: somebody else calls, on the telephone's second line.
        """
        for edge in edges(rings, self._ringing, start_ns=start_ns, until_ns=until_ns):
            self._detectors.drive("second" if line_2 else "ring", edge.closed, edge.at_ns)

    def hook_at_once(self, lifted: bool, at_ns: int) -> None:
        """The edge of a lift, or of hanging up, at its own time."""
        self._detectors.drive("hook", lifted, at_ns)

    def lift(self) -> None:
        """Off the hook: answers if it rings, is an outgoing call if not. Lifted already: nothing."""
        with self._lock:
            if self._state is TelephoneState.TALKING:
                return
            self._stop.set()
            self._off_hook()
        self._tell(TelephoneState.TALKING)

    def hang_up(self) -> None:
        """On the hook again. One that rings is on the hook, one whose handset lies beside it stays off: nothing."""
        with self._lock:
            if self._state is not TelephoneState.TALKING or self._faults[Fault.STUCK_HOOK]:
                return
            self._stop.set()
            self._on_hook()
        self._tell(TelephoneState.IDLE)

    def close(self) -> None:
        """End whatever goes on and put it on the hook."""
        self._detectors.close()
        with self._lock:
            self._stop.set()
            self._on_hook()
            call, self._call = self._call, None
        if call is not None and call.is_alive() and call is not threading.current_thread():
            call.join()

    def _play(self, stop: threading.Event, rings: int, answer_ms: int | None, talk_ms: int | None) -> None:
        """One call from the exchange's side. Whoever sets ``stop`` has taken the call out of its hands."""
        start = time.monotonic_ns()
        for edge in edges(rings, self._ringing, start_ns=start):
            _wait_until(stop, edge.at_ns)
            with self._lock:
                if stop.is_set():
                    return
                self._detectors.drive("ring", edge.closed, edge.at_ns)
                if self._leaky_hook:
                    self._detectors.drive("hook", edge.closed, edge.at_ns)
        ended = start + ((rings - 1) * self._ringing.cycle_ms + self._ringing.on_ms) * _MS
        _wait_until(stop, ended + round((answer_ms or 0) * self._cadence) * _MS)
        with self._lock:
            if stop.is_set():
                return
            if answer_ms is None:
                self._state = TelephoneState.IDLE
            else:
                self._off_hook()
            state = self._state
        self._tell(state)
        if state is TelephoneState.IDLE or talk_ms is None:
            return
        stop.wait(talk_ms * self._cadence / 1000)
        with self._lock:
            if stop.is_set() or self._faults[Fault.STUCK_HOOK]:
                return
            self._on_hook()
        self._tell(TelephoneState.IDLE)

    def _off_hook(self) -> None:
        self._detectors.drive("ring", False)
        self._detectors.drive("hook", True)
        self._state = TelephoneState.TALKING

    def _on_hook(self) -> None:
        self._detectors.drive("ring", False)
        self._detectors.drive("hook", False)
        self._state = TelephoneState.IDLE

    def _tell(self, state: TelephoneState) -> None:
        if self._on_change is not None:
            self._on_change(state)


def _wait_until(stop: threading.Event, at_ns: int) -> None:
    stop.wait(max(0, at_ns - time.monotonic_ns()) / 1e9)
