"""Ports that several daemons have, from their settings: signs and loudspeakers. Drivers are imported when used."""

from pathlib import Path
from typing import Final

from drivers.led import LedBus
from drivers.voice import Voice
from firmware_py.runtime.port import PortThread
from firmware_py.runtime.site import Site
from firmware_py.runtime.wire_settings.sign import SignConfig
from firmware_py.runtime.wire_settings.voice import VoiceConfig

HANZI_PX: Final = 16
"""A 汉字 of a font card is this many pixels wide."""

SIGN_CHECK_S: Final = 30.0
VOICE_CHECK_S: Final = 60.0


def sign_port(wire: SignConfig, site: Site, name: str) -> PortThread[LedBus]:
    """A sign or board; what could not be shown is shown when the wire is back."""
    from drivers.led.onbon import OnbonBus

    bus = OnbonBus(wire.port, baud=wire.baud, width_px=wire.width_px, height_px=wire.height_px)
    return PortThread(
        bus, site.put, name=name, check_every_s=SIGN_CHECK_S, when_offline="keep_latest", clock=site.clock
    )


def voice_port(wire: VoiceConfig, site: Site) -> PortThread[Voice]:
    """A loudspeaker; a sentence that cannot be said now is not said later."""
    from drivers.voice.speaker import SpeakerVoice

    voice = SpeakerVoice(
        clips=Path(wire.clips) if wire.clips else None,
        cache=Path(wire.cache) if wire.cache else site.state / "sentences",
        player=wire.player,
        engine=wire.engine,
        device=wire.device or None,
    )
    return PortThread(
        voice, site.put, name="voice", check_every_s=VOICE_CHECK_S, interrupt=voice.stop, clock=site.clock
    )
