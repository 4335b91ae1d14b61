"""Where a daemon stands: its hall, its place on the link, its folder and clock; and the loop put together there."""

import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from firmware_py.core.plan import Plan
from firmware_py.link import Link
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.loop import Logic, Loop, Resource
from firmware_py.runtime.on_link import OnLink
from firmware_py.runtime.sd_notify import Notifier
from firmware_py.runtime.shared_wires import SharedWires


@dataclass(frozen=True)
class Site:
    """What every daemon is given beside its own settings.

    ``state`` is the daemon's folder, ``boot`` this boot's id, ``on_crash`` is told of a bug that ended the loop (else
    it raises). ``shared`` are the wires of a process with several daemons, None where this one is alone. ``inbox`` is
    made here, because drivers and link put into it before the loop exists.
    """

    plan: Plan
    link: Link
    state: Path
    clock: Clock
    notify: Notifier
    boot: str
    on_crash: Callable[[str, Exception], None] | None = None
    shared: SharedWires | None = None
    inbox: queue.SimpleQueue[object] = field(default_factory=queue.SimpleQueue)

    @property
    def put(self) -> Callable[[object], None]:
        """Leaves an item in the inbox."""
        return self.inbox.put

    def loop(
        self,
        logic: Logic,
        perform: Callable[[object], None],
        *,
        resources: Sequence[Resource],
        patterns: Sequence[str],
    ) -> Loop:
        """The daemon's loop: ``resources`` open in this order, then the link with these subscriptions."""
        return Loop(
            self.link.instance,
            logic,
            lambda effect, _: perform(effect),
            clock=self.clock,
            notify=self.notify,
            inbox=self.inbox,
            resources=[*resources, OnLink(self.link, self.inbox.put, patterns)],
            alive=lambda: self.link.alive(self.clock.mono_ms()),
            on_crash=self.on_crash,
        )
