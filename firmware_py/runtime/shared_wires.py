"""One driver, several owners: what hangs on one wire is opened once for all the instances of a process that use it.

A bus belongs to one process (design 4). Where the pads, evaluators and signs of a row of desks hang on the same wire,
their instances run together in it; each keeps its name, its journal and its place on the link, and holds the wire
through a driver of this module as if it were alone. Whoever opens first opens the wire, whoever closes last closes it,
and a wire that was lost is taken hold of again by the first who tries.
"""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Generic, TypeVar

from drivers import Driver, Put
from drivers.keypad import Glow, KeyPressed, LevelPressed, PadBus
from drivers.led import LedBus
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.runtime.wire_settings.sign import SignConfig

D = TypeVar("D", bound=Driver)


class SharedWire(Generic[D]):
    """One driver and who holds it; every method from any thread.

    Args:
        make: builds the driver around the ``put`` it is given, when it is opened for the first time: by then every
            instance has said what hangs on the wire.
    """

    def __init__(self, make: Callable[[Put], D]) -> None:
        self._make = make
        self._driver: D | None = None
        self._holders: dict[object, Put] = {}
        self._turn = threading.Lock()

    def join(self, holder: object, put: Put) -> None:
        """Hold the wire, opening it if nobody does or if it was lost, and hear what it brings.

        Raises:
            DriverOffline: as the driver's ``open``.
            DriverFault: as the driver's ``open``.
        """
        with self._turn:
            if self._driver is None:
                self._driver = self._make(self._heard)
            if not self._holders or self._lost(self._driver):
                self._driver.open()
            self._holders[holder] = put

    def leave(self, holder: object) -> None:
        """Let go of it; the last one closes it. Whoever does not hold it may leave, too."""
        with self._turn:
            held = self._holders.pop(holder, None) is not None
            if held and not self._holders and self._driver is not None:
                self._driver.close()

    def require(self, holder: object) -> D:
        """The driver, for a verb that several threads may use at once.

        Raises:
            DriverOffline: not held.
        """
        if holder not in self._holders or self._driver is None:
            raise DriverOffline("the wire is not open")
        return self._driver

    @contextlib.contextmanager
    def turn(self, holder: object) -> Iterator[D]:
        """The driver, for one thread at a time.

        Raises:
            DriverOffline: not held.
        """
        with self._turn:
            yield self.require(holder)

    def _lost(self, driver: D) -> bool:
        try:
            driver.check()
        except DriverOffline:
            return True
        except DriverFault:  # something on the wire needs a person; its own instance will hear of it
            return False
        return False

    def _heard(self, item: object) -> None:
        for put in list(self._holders.values()):  # in the reading thread, which must not wait for who is opening
            put(item)


class SharedWires:
    """The wires of one process, by their ports."""

    def __init__(self) -> None:
        self._pads: dict[str, SharedWire[PadBus]] = {}
        self._pads_on: Counter[str] = Counter()
        self._signs: dict[str, tuple[SharedWire[LedBus], list[SignConfig]]] = {}

    def pads(self, port: str, make: Callable[[Put], PadBus]) -> SharedWire[PadBus]:
        """The bus on ``port``, asked for once by each who hangs on it; the first to ask says how it is made."""
        wire = _plain(port)
        self._pads_on[wire] += 1
        return self._pads.setdefault(wire, SharedWire(make))

    def signs(self, sign: SignConfig, make: Callable[[Sequence[SignConfig]], LedBus]) -> SharedWire[LedBus]:
        """The signs on this one's port; ``make`` builds the bus of them all."""
        wire = _plain(sign.port)
        found = self._signs.get(wire)
        if found is None:
            members: list[SignConfig] = []
            found = self._signs[wire] = (SharedWire(lambda _: make(members)), members)
        found[1].append(sign)
        return found[0]

    def pads_on(self, port: str) -> int:
        """How many pads and evaluators hang on this port's bus."""
        return self._pads_on[_plain(port)]


class PadsOnSharedWire(PadBus):
    """The pad or evaluator of one instance on a bus with others: it hears its own address and none else."""

    def __init__(self, wire: SharedWire[PadBus], put: Put, address: int) -> None:
        self._wire = wire
        self._put = put
        self._address = address

    def open(self) -> None:
        self._wire.join(self, self._heard)

    def close(self) -> None:
        self._wire.leave(self)

    def check(self) -> None:
        self._wire.require(self).check_at(self._address)

    def show_digits(self, address: int, waiting: int | None, ticket: str) -> None:
        self._wire.require(self).show_digits(address, waiting, ticket)

    def beep(self, address: int, times: int = 1, *, long: bool = False) -> None:
        self._wire.require(self).beep(address, times, long=long)

    def light(self, address: int, lamp: str, how: Glow) -> None:
        self._wire.require(self).light(address, lamp, how)

    def invite(self, address: int) -> None:
        self._wire.require(self).invite(address)

    def rest(self, address: int) -> None:
        self._wire.require(self).rest(address)

    def _heard(self, item: object) -> None:
        if not isinstance(item, KeyPressed | LevelPressed) or item.address == self._address:
            self._put(item)


class SignOnSharedWire(LedBus):
    """The sign of one instance on a line with others: it answers for its own sign alone."""

    def __init__(self, wire: SharedWire[LedBus], address: int) -> None:
        self._wire = wire
        self._address = address

    def open(self) -> None:
        self._wire.join(self, _nothing_to_hear)

    def close(self) -> None:
        self._wire.leave(self)

    def show(self, address: int, text: str) -> None:
        with self._wire.turn(self) as bus:
            bus.show(address, text)

    def check(self) -> None:
        self.check_sign(self._address)

    def check_sign(self, address: int) -> None:
        with self._wire.turn(self) as bus:
            bus.check_sign(address)


def _plain(port: str) -> str:
    """The port's name as ``device_checks`` compares it: two spellings of one path are one wire."""
    return str(PurePosixPath(port))


def _nothing_to_hear(_: object) -> None:
    """A sign says nothing unasked."""
