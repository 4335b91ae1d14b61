"""Wires that several daemons have, from their settings: signs and loudspeakers. Drivers are imported when used.

``…_driver`` makes the driver alone, for the daemons' ports and for ``hall selftest`` alike.
"""

from functools import partial
from pathlib import Path
from typing import Final

from drivers.led import LedBus, SignShape
from drivers.voice import Voice
from firmware_py.runtime.port import PortThread
from firmware_py.runtime.shared_wires import SignOnSharedWire
from firmware_py.runtime.site import Site
from firmware_py.runtime.wire_settings.sign import OnbonSign, SignConfig, StripSign, WeilipuSign
from firmware_py.runtime.wire_settings.voice import SpeakerConfig, Syn6288Config, VoiceConfig

VOICE_CHECK_S: Final = 60.0


def sign_driver(wire: SignConfig, *others: SignConfig) -> LedBus:
    """The bus of a sign or board and of what else hangs on the same port, not yet open.

    Everything on a port speaks one protocol at one speed: that of the first.
    """
    shapes = {each.address: SignShape(each.width_px, each.lines, each.colour) for each in (wire, *others)}
    match wire:
        case OnbonSign():
            from drivers.led.onbon import OnbonBus
            from drivers.led.onbon_frames import CARD_TYPES

            return OnbonBus(wire.port, shapes, baud=wire.baud, device_type=CARD_TYPES[wire.card])
        case StripSign():
            from drivers.led import strip_frames
            from drivers.led.one_way import OneWayBus

            counts_end = strip_frames.COUNTS_END[wire.kind]
            if wire.checksum is not None:
                counts_end = wire.checksum == "with_end"
            return OneWayBus(
                wire.port, shapes, partial(strip_frames.show, kind=wire.kind, counts_end=counts_end), baud=wire.baud
            )
        case WeilipuSign():
            from drivers.led import weilipu_frames
            from drivers.led.one_way import OneWayBus

            return OneWayBus(wire.port, shapes, lambda _, text, shape: weilipu_frames.show(text, shape), baud=wire.baud)


def sign_port(wire: SignConfig, site: Site, name: str) -> PortThread[LedBus]:
    """A sign or board, on a wire of its own or of this process; what could not be shown is shown when it is back."""
    if site.shared is None:
        sign = sign_driver(wire)
    else:
        sign = SignOnSharedWire(site.shared.signs(wire, lambda all_: sign_driver(*all_)), wire.address)
    return PortThread(
        sign, site.put, name=name, check_every_s=wire.check_s, when_offline="keep_latest", clock=site.clock
    )


def voice_driver(wire: VoiceConfig) -> Voice:
    """A loudspeaker, not yet open."""
    match wire:
        case SpeakerConfig():
            from drivers.voice.speaker import SpeakerVoice

            return SpeakerVoice(
                clips=Path(wire.clips) if wire.clips else None,
                player=wire.player,
                engine=wire.engine,
                device=wire.device or None,
                volume=wire.volume,
            )
        case Syn6288Config():
            from drivers.voice.syn6288 import Syn6288Voice

            return Syn6288Voice(wire.port, baud=wire.baud, volume=wire.volume, chime=wire.chime)


def voice_port(wire: VoiceConfig, site: Site) -> PortThread[Voice]:
    """A loudspeaker; a sentence that cannot be said now is not said later."""
    voice = voice_driver(wire)
    return PortThread(
        voice, site.put, name="voice", check_every_s=VOICE_CHECK_S, interrupt=voice.stop, clock=site.clock
    )
