"""Where pins come from: the header of this Pi, or, when the configuration says so, a board behind a socket.

gpiozero's own choice of a factory falls through to whatever loads; here the configuration names one and anything
else is an error. Factories are shared within a process, because gpiozero keeps one table of pins for the chip and
closing one ``LGPIOFactory`` would close every pin of the other.
"""

import errno
import importlib
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Final

from gpiozero.exc import GPIOPinInUse, GPIOZeroError, PinInvalidPin
from gpiozero.pins import Factory

from drivers import monotonic_ms
from firmware_py.errors import ConfigError, DriverOffline

_SOCKET: Final = "socket:"
_A_DAY_MS: Final = 86_400_000

_open: dict[str, tuple[Factory, int]] = {}
_opening = threading.Lock()


def pin_factory(spec: str) -> Factory:
    """The factory of ``spec``; give it back with ``let_go(spec)``.

    Args:
        spec: ``"gpio"``, this Pi's header through lgpio, or ``"socket:/path"``, a board behind a Unix socket.

    Raises:
        ConfigError: any other spec.
        DriverOffline: no such hardware, no lgpio, no permission, or no board at the socket.
    """
    with _opening:
        factory, holders = _open.get(spec) or (_build(spec), 0)
        _open[spec] = (factory, holders + 1)
    return factory


def let_go(spec: str) -> None:
    """Give a factory back; the last holder closes it."""
    with _opening:
        factory, holders = _open.pop(spec)
        if holders > 1:
            _open[spec] = (factory, holders - 1)
        else:
            factory.close()


def _build(spec: str) -> Factory:
    if spec == "gpio":
        return _header()
    if spec.startswith(_SOCKET):
        far_end = importlib.import_module(
            "drivers.virtual.socket_pins"
        )  # by name: no real back-end depends on a far end
        return far_end.SocketFactory(spec.removeprefix(_SOCKET))
    raise ConfigError([f'pins {spec!r}: allowed are "gpio" and "socket:/path/of/the/board"'])


def _header() -> Factory:
    try:
        from gpiozero.pins.lgpio import LGPIOFactory
    except (ImportError, OSError) as error:
        raise DriverOffline(
            f"gpio: lgpio cannot be loaded ({error}); apt install python3-lgpio and set LG_WD to a writable directory"
        ) from error
    try:
        return LGPIOFactory()
    except pin_errors() as error:
        raise DriverOffline(
            f"gpio: no pin header here ({error}); run on a Pi, with this user in the group gpio"
        ) from error


def pin_errors() -> tuple[type[Exception], ...]:
    """What a pin can raise. lgpio's own error is no OSError and exists only once lgpio is loaded."""
    lgpio = sys.modules.get("lgpio")
    return (OSError, GPIOZeroError) if lgpio is None else (OSError, GPIOZeroError, lgpio.error)


def take_pins(spec: str, wanted: Iterable[tuple[str, int, Callable[[], object]]]) -> str:
    """Build what stands on each pin - (what it is, pin, how it is built) - until one cannot be had.

    Returns why, in words that say what to do; "" = all are taken. Words and no error to raise from: its traceback would
    keep gpiozero's half-made device alive, and with it the pin's reservation.
    """
    for what, pin, build in wanted:
        try:
            build()
        except pin_errors() as error:
            return f"{what}, pin {pin} of {spec}: {_why(error)}"
    return ""


def _why(error: Exception) -> str:
    if isinstance(error, GPIOPinInUse):
        return "this process uses it already; every pin needs a key of its own in device.toml"
    if isinstance(error, PinInvalidPin):
        return "the header has no such pin; device.toml wants BCM numbers"
    if "busy" in str(error).lower() or getattr(error, "errno", None) == errno.EBUSY:
        return "another process holds it; gpioinfo says which, and one daemon may own a pin"
    return str(error)


def edge_ms(ticks: float) -> int:
    """An edge's own time in monotonic milliseconds, from gpiozero's ticks (seconds).

    Kernels before 5.7 stamp edges with wall time; a stamp a day or more from now is that, and becomes now.
    """
    at = int(ticks * 1000 + 1e-4)  # the nudge keeps 1234.567 s from becoming 1234566 ms
    now = monotonic_ms()
    return at if abs(at - now) < _A_DAY_MS else now
