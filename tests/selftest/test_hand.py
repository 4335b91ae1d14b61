"""A driver that hangs is given up in time, and left behind."""

import threading

import pytest

from drivers import Driver
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.selftest.hand import Hand, holding


class Hanging(Driver):
    """A driver whose device hangs its kernel until ``freed``."""

    def __init__(self) -> None:
        self.freed = threading.Event()
        self.closed = threading.Event()

    def open(self) -> None:
        """At once."""

    def close(self) -> None:
        """Note it."""
        self.closed.set()

    def check(self) -> None:
        """Hang."""
        self.freed.wait()


def test_a_driver_that_does_not_come_back_is_offline_in_words() -> None:
    driver = Hanging()
    hand = Hand(driver, "printer")
    with pytest.raises(DriverOffline, match=r"printer: the driver did not come back within 0\.05 s"):
        hand.do(lambda it: it.check(), 0.05)
    with pytest.raises(DriverOffline, match="still stuck"):
        hand.do(lambda it: it.open(), 5)
    hand.close()  # returns at once
    assert not driver.closed.is_set()
    driver.freed.set()
    assert driver.closed.wait(5)


def test_what_the_driver_raises_is_raised_where_it_was_asked() -> None:
    def refuse(driver: Driver) -> None:
        raise DriverFault("paper_out", type(driver).__name__)

    driver = Hanging()
    with pytest.raises(DriverFault, match="paper_out"), holding(driver, "printer") as hand:
        hand.do(refuse, 5)
    assert driver.closed.is_set()


def test_a_driver_that_does_not_open_is_closed_all_the_same() -> None:
    class Absent(Hanging):
        def open(self) -> None:
            raise DriverOffline("not there")

    driver = Absent()
    with pytest.raises(DriverOffline, match="not there"), holding(driver, "sign"):
        pytest.fail("it was not open")
    assert driver.closed.is_set()
