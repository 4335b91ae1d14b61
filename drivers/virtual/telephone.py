"""A telephone on a line: it rings as a Chinese exchange rings, is lifted and hung up, and its detectors move pins."""

import threading
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final, Literal

import msgspec

from drivers.virtual.pins import PinBoard
from drivers.virtual.ringing import Ringing, edges

_MS: Final = 1_000_000


class TelephoneState(StrEnum):
    """What the far end of the line does."""

    IDLE = "idle"
    RINGING = "ringing"
    TALKING = "talking"


class TelephoneBusy(Exception):
    """It rings or is off the hook already; nothing has changed."""


class VirtualTelephone:
    """One line's telephone and exchange, on two pins of a board, in real time.

    Args:
        board: where the detectors are.
        ring_pin: BCM number of the ring detector.
        hook_pin: BCM number of the hook detector, low when off the hook.
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
        hook_pin: int,
        *,
        ringing: Ringing | None = None,
        cadence: float = 1.0,
        leaky_hook: bool = False,
        on_change: Callable[[TelephoneState], None] | None = None,
    ) -> None:
        plan = ringing or Ringing()
        self._board = board
        self._ring_pin = ring_pin
        self._hook_pin = hook_pin
        self._cadence = cadence
        self._ringing = msgspec.structs.replace(plan, cadence_ms=[round(ms * cadence) for ms in plan.cadence_ms])
        self._leaky_hook = leaky_hook
        self._on_change = on_change
        self._lock = threading.Lock()
        self._state = TelephoneState.IDLE
        self._stop = threading.Event()
        self._call: threading.Thread | None = None

    @property
    def state(self) -> TelephoneState:
        """What it does now."""
        return self._state

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
            TelephoneBusy: it rings or is off the hook.
            ValueError: less than one ring.
        """
        if rings < 1:
            raise ValueError(f"a telephone cannot ring {rings} times")
        with self._lock:
            if self._state is not TelephoneState.IDLE:
                raise TelephoneBusy(f"the telephone is {self._state}")
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

    def lift(self) -> None:
        """Off the hook: answers if it rings, is an outgoing call if not. Lifted already: nothing."""
        with self._lock:
            if self._state is TelephoneState.TALKING:
                return
            self._stop.set()
            self._off_hook()
        self._tell(TelephoneState.TALKING)

    def hang_up(self) -> None:
        """On the hook again. A ringing telephone is on the hook: nothing."""
        with self._lock:
            if self._state is not TelephoneState.TALKING:
                return
            self._stop.set()
            self._on_hook()
        self._tell(TelephoneState.IDLE)

    def close(self) -> None:
        """End whatever goes on and put it on the hook."""
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
                self._board.drive(self._ring_pin, edge.closed, edge.at_ns)
                if self._leaky_hook:
                    self._board.drive(self._hook_pin, edge.closed, edge.at_ns)
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
            if stop.is_set():
                return
            self._on_hook()
        self._tell(TelephoneState.IDLE)

    def _off_hook(self) -> None:
        self._board.drive(self._ring_pin, low=False)
        self._board.drive(self._hook_pin, low=True)
        self._state = TelephoneState.TALKING

    def _on_hook(self) -> None:
        self._board.drive(self._ring_pin, low=False)
        self._board.drive(self._hook_pin, low=False)
        self._state = TelephoneState.IDLE

    def _tell(self, state: TelephoneState) -> None:
        if self._on_change is not None:
            self._on_change(state)


def _wait_until(stop: threading.Event, at_ns: int) -> None:
    stop.wait(max(0, at_ns - time.monotonic_ns()) / 1e9)
