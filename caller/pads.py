"""The staff pad's port from its settings, and what its keys mean."""

from drivers import Put
from drivers.keypad import PadBus
from drivers.keypad.keycaps import keycaps
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.site import Site
from firmware_py.runtime.wire_settings.pad import EvdevPad, Ff68Pad

PAD_CHECK_S = 5.0


def pad_port(wire: Ff68Pad | EvdevPad, site: Site) -> InputPort[PadBus]:
    """The staff pad, reopened by itself whenever it is lost."""

    def make(heard: Put) -> PadBus:
        if isinstance(wire, Ff68Pad):
            from drivers.keypad.ff68_bus import Ff68Bus

            return Ff68Bus(wire.port, heard, baud=wire.baud)
        from drivers.keypad import evdev_pad

        return evdev_pad.EvdevPad(wire.path, heard, address=wire.address, keys=wire.keys)

    return InputPort(make, site.put, name="pad", check_every_s=PAD_CHECK_S, clock=site.clock)


def pad_keys(wire: Ff68Pad | EvdevPad) -> dict[str, str]:
    """Wire key to desk key word: the usual keycaps with the hall's changes."""
    return keycaps(wire.keys) if isinstance(wire, Ff68Pad) else dict(wire.keys)
