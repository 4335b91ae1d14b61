"""The staff pad's driver and port from its settings. Drivers are imported when used."""

from collections.abc import Callable
from functools import partial

from drivers import Put
from drivers.keypad import PadBus
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.shared_wires import PadsOnSharedWire
from firmware_py.runtime.site import Site
from firmware_py.runtime.wire_settings.pad import EvdevPad, Ff68Pad, PadConfig

PAD_CHECK_S = 5.0


def pad_driver(wire: PadConfig, heard: Put) -> PadBus:
    """The staff pad, not yet open; for its port and for ``hall selftest``."""
    if isinstance(wire, Ff68Pad):
        from drivers.keypad.ff68_bus import Ff68Bus

        return Ff68Bus(wire.port, heard, baud=wire.baud)
    if isinstance(wire, EvdevPad):
        from drivers.keypad import evdev_pad

        return evdev_pad.EvdevPad(wire.path, heard, address=wire.address, keys=wire.meanings, more_keys=wire.digits)
    from drivers.keypad import gpio_pad

    return gpio_pad.GpioPad(
        heard,
        address=wire.address,
        keys=wire.pins,
        lamps=wire.lamps,
        beeper=wire.beeper,
        lamp_high=wire.lamp_high,
        pull_up=wire.pull_up,
        factory=wire.factory,
    )


def pad_port(wire: PadConfig, site: Site) -> InputPort[PadBus]:
    """The staff pad, reopened by itself whenever it is lost."""
    make: Callable[[Put], PadBus] = partial(pad_driver, wire)
    if site.shared is not None and isinstance(wire, Ff68Pad):
        make = partial(PadsOnSharedWire, site.shared.pads(wire.port, make), address=wire.address)
    return InputPort(make, site.put, name="pad", check_every_s=PAD_CHECK_S, clock=site.clock)
