"""Ports: one thread for each driver that may block, keeping it open, doing its jobs, telling the owner how it is.

The owner's thread only submits and never waits; everything that comes of it - ``JobDone``, ``JobFailed``, ``PortDown``,
``PortUp`` - lands in its inbox. A wire that is lost is taken hold of again with growing pauses, for ever; the log has
one line when it goes and one when it is back (R-KIOSK-05's "offline" is such a state, not an error).
"""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from drivers import Driver, Put
from firmware_py.errors import DriverError, DriverFault, DriverOffline
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.clock import Clock, SystemClock
from firmware_py.runtime.loop import Crashed
from firmware_py.runtime.port_jobs import Job, JobQueue, WhenOffline
from firmware_py.runtime.port_reports import OFFLINE, JobDone, JobFailed, PortDown, PortUp, reason_of

__all__ = ["OFFLINE", "BackOff", "JobDone", "JobFailed", "PortDown", "PortThread", "PortUp"]

log = logging.getLogger(__name__)

D = TypeVar("D", bound=Driver)


class PortThread(Generic[D]):
    """The only user of one driver.

    Args:
        driver: opened, asked and closed in this port's thread alone.
        put: the owner's inbox.
        name: names the port in messages and logs.
        check_every_s: how often to ask ``driver.check`` while nothing else tells; None = only after opening.
        back_off: see ``BackOff``.
        when_offline: what becomes of jobs while the wire is gone. ``fail`` answers each with ``JobFailed`` at once
            (a slip must not come out an hour later); ``keep_latest`` keeps those of ``submit_latest`` until they are
            done or replaced (a sign must show what is true when it is back), and fails the others.
        interrupt: cuts a long job short on ``close``, from the closing thread (``Voice.stop``).
        close_s: the longest ``close`` waits for the job in hand.
        clock: monotonic time for pauses and checks.
    """

    def __init__(
        self,
        driver: D,
        put: Put,
        *,
        name: str,
        check_every_s: float | None = None,
        back_off: BackOff = BackOff(),  # noqa: B008 - frozen
        when_offline: WhenOffline = "fail",
        interrupt: Callable[[], None] | None = None,
        close_s: float = 5.0,
        clock: Clock | None = None,
    ) -> None:
        self.name = name
        self._driver = driver
        self._put = put
        self._check_every_s = check_every_s
        self._back_off = back_off
        self._interrupt = interrupt
        self._close_s = close_s
        self._clock: Clock = SystemClock() if clock is None else clock
        self._thread = threading.Thread(target=self._run, name=f"port {name}", daemon=True)

        self._turn = threading.Condition()
        """Guards the next three; everything below them belongs to the port's thread."""
        self._jobs: JobQueue[D] = JobQueue(when_offline)
        self._closing = False
        self._lost: str | None = None

        self._held = False
        self._trouble: DriverError | None = None
        self._trouble_from_check = False
        self._up = False
        self._held_since = 0
        self._pause_s = 0.0
        self._next_open = 0
        self._next_check: int | None = None

    def open(self) -> None:
        """Start the thread. Returns at once: an absent device is a ``PortDown`` in the inbox, not an error here."""
        self._thread.start()

    def close(self) -> None:
        """Drop the queued jobs, let the one in hand end, close the driver; waits at most ``close_s``."""
        with self._turn:
            self._closing = True
            self._turn.notify()
        if self._interrupt is not None:
            self._interrupt()
        if self._thread.is_alive():
            self._thread.join(self._close_s)
            if self._thread.is_alive():
                log.warning("%s: still busy after %g s; leaving it behind", self.name, self._close_s)

    def submit(self, job_id: str, job: Callable[[D], object]) -> None:
        """Have ``job`` done in its turn."""
        self._enqueue(Job(job_id, job))

    def submit_latest(self, key: str, job_id: str, job: Callable[[D], object]) -> None:
        """Have ``job`` done in its turn; one that still waits with the same ``key`` gives its place to it, unheard."""
        self._enqueue(Job(job_id, job, key))

    def lost(self, reason: str) -> None:
        """The wire went away outside a job, says somebody who reads it. From any thread."""
        with self._turn:
            self._lost = reason
            self._turn.notify()

    def wake(self) -> None:
        """Look at the clock again: for a clock that does not tick by itself."""
        with self._turn:
            self._turn.notify()

    def _enqueue(self, job: Job[D]) -> None:
        with self._turn:
            if self._closing:
                self._put(JobFailed(self.name, job.id, DriverOffline(f"{self.name} is closing")))
                return
            self._jobs.add(job)
            self._turn.notify()

    # --- everything below runs in the port's thread -------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while (step := self._next_step()) is not None:
                step()
        except Exception as error:
            log.exception("%s: ended by a bug", self.name)
            self._put(Crashed(f"port {self.name}", error))
        finally:
            self._driver.close()

    def _next_step(self) -> Callable[[], None] | None:
        """Sleep until there is something to do; None = the end."""
        with self._turn:
            while not self._closing:
                now = self._clock.mono_ms()
                if self._lost is not None:
                    return self._give_up_lost
                if not self._held:
                    if now >= self._next_open:
                        return self._take_hold
                    if self._jobs.has_stranded():
                        return self._fail_stranded
                    until: int | None = self._next_open
                else:
                    if self._next_check is not None and now >= self._next_check:
                        return self._check
                    if len(self._jobs):
                        return self._do_next
                    until = self._next_check
                self._turn.wait(None if until is None else (until - now) / 1000)
        return None

    def _take_hold(self) -> None:
        try:
            self._driver.open()
        except DriverError as error:
            self._let_go(error)
            return
        self._held, self._held_since = True, self._clock.mono_ms()
        self._check()

    def _check(self) -> None:
        try:
            self._driver.check()
        except DriverOffline as error:
            self._let_go(error)
            return
        except DriverFault as error:
            self._announce_down(error, from_check=True)
        else:
            if not self._on_trial():
                self._announce_up()
        if self._check_every_s is not None:
            self._next_check = self._clock.mono_ms() + round(self._check_every_s * 1000)

    def _on_trial(self) -> bool:
        """Whether the next job must show that the wire is back: a port that opens may still lead to a dead card."""
        with self._turn:
            return isinstance(self._trouble, DriverOffline) and len(self._jobs) > 0

    def _do_next(self) -> None:
        with self._turn:
            job = self._jobs.take()
        if job is None:  # closed meanwhile
            return
        try:
            result = job.do(self._driver)
        except DriverOffline as error:
            with self._turn:
                waits = self._jobs.put_back(job)
            if not waits:
                self._put(JobFailed(self.name, job.id, error))
            self._let_go(error)
        except DriverFault as error:
            self._put(JobFailed(self.name, job.id, error))
            self._announce_down(error, from_check=False)
        else:
            if not self._trouble_from_check:  # a printer out of paper stays so until it says otherwise
                self._announce_up()
            self._put(JobDone(self.name, job.id, result))

    def _fail_stranded(self) -> None:
        with self._turn:
            stranded = self._jobs.take_stranded()
        why = self._trouble or DriverOffline(f"{self.name} is not open")
        for job in stranded:
            self._put(JobFailed(self.name, job.id, why))

    def _give_up_lost(self) -> None:
        with self._turn:
            reason, self._lost = self._lost, None
        if self._held:
            self._let_go(DriverOffline(reason or OFFLINE))

    def _let_go(self, error: DriverError) -> None:
        """Close the driver and name the moment of the next attempt."""
        self._driver.close()
        now = self._clock.mono_ms()
        self._pause_s = self._back_off.after(self._pause_s, (now - self._held_since) / 1000 if self._held else 0.0)
        self._next_open = now + round(self._pause_s * 1000)
        self._held = False
        self._announce_down(error, from_check=False)

    def _announce_down(self, error: DriverError, *, from_check: bool) -> None:
        reason, known = reason_of(error), self._trouble and reason_of(self._trouble)
        self._trouble, self._trouble_from_check, self._up = error, from_check, False
        if reason == known:
            return
        if reason == OFFLINE:
            log.warning("%s: lost: %s; trying again until it is back", self.name, error)
        else:
            log.warning("%s: needs a person: %s", self.name, error)
        self._put(PortDown(self.name, reason, error.detail if isinstance(error, DriverFault) else str(error)))

    def _announce_up(self) -> None:
        if self._up:
            return
        log.info("%s: %s", self.name, "ready" if self._trouble is None else "back")
        self._trouble, self._trouble_from_check, self._up = None, False, True
        self._put(PortUp(self.name))
