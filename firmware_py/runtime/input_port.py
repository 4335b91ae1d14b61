"""Input ports: a port whose driver reads by itself, and says so when it can read no more."""

from collections.abc import Callable

from drivers import Put
from drivers.buttons import ButtonsLost
from drivers.keypad import PadLost
from drivers.phone import LineLost
from drivers.reader import ReaderLost
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.port import BackOff, D, PortThread
from firmware_py.runtime.port_jobs import WhenOffline


class InputPort(PortThread[D]):
    """A port whose driver reads by itself: what it reads goes to the owner, what it loses brings it back.

    Args:
        make: builds the driver around the ``put`` it is given. ``ButtonsLost``, ``PadLost``, ``ReaderLost`` and
            ``LineLost`` stay here and reopen the wire; every other reading is passed on.
        put, name, …: as for ``PortThread``. A driver that says nothing when its wire goes needs ``check_every_s``.
    """

    def __init__(
        self,
        make: Callable[[Put], D],
        put: Put,
        *,
        name: str,
        check_every_s: float | None = None,
        back_off: BackOff = BackOff(),  # noqa: B008 - frozen
        when_offline: WhenOffline = "fail",
        close_s: float = 5.0,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(
            make(self._heard),
            put,
            name=name,
            check_every_s=check_every_s,
            back_off=back_off,
            when_offline=when_offline,
            close_s=close_s,
            clock=clock,
        )

    def _heard(self, item: object) -> None:
        if isinstance(item, ButtonsLost | PadLost | ReaderLost | LineLost):
            self.lost(item.reason)
        else:
            self._put(item)
