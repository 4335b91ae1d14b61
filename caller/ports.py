"""The caller's wires from their settings: a staff pad, a sign or board, the hall's voice."""

from pathlib import Path

from drivers import Put
from drivers.keypad import PadBus
from drivers.keypad.keycaps import keycaps
from drivers.led import LedBus
from drivers.voice import Voice
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.device_file import EvdevPad, Ff68Pad, SignConfig, VoiceConfig
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.port import PortThread

PAD_CHECK_S = 5.0
SIGN_CHECK_S = 30.0
VOICE_CHECK_S = 60.0


def pad_port(wire: Ff68Pad | EvdevPad, put: Put, clock: Clock) -> InputPort[PadBus]:
    """The staff pad, reopened by itself whenever it is lost."""

    def make(heard: Put) -> PadBus:
        if isinstance(wire, Ff68Pad):
            from drivers.keypad.ff68_bus import Ff68Bus

            return Ff68Bus(wire.port, heard, baud=wire.baud)
        from drivers.keypad import evdev_pad

        return evdev_pad.EvdevPad(wire.path, heard, address=wire.address, keys=wire.keys)

    return InputPort(make, put, name="pad", check_every_s=PAD_CHECK_S, clock=clock)


def pad_keys(wire: Ff68Pad | EvdevPad) -> dict[str, str]:
    """Wire key to desk key word: the usual keycaps with the hall's changes."""
    return keycaps(wire.keys) if isinstance(wire, Ff68Pad) else dict(wire.keys)


def sign_port(wire: SignConfig, put: Put, clock: Clock, name: str) -> PortThread[LedBus]:
    """A sign or board; what could not be shown is shown when the wire is back."""
    from drivers.led.onbon import OnbonBus

    bus = OnbonBus(wire.port, baud=wire.baud, width_px=wire.width_px, height_px=wire.height_px)
    return PortThread(bus, put, name=name, check_every_s=SIGN_CHECK_S, when_offline="keep_latest", clock=clock)


def voice_port(wire: VoiceConfig, cache: Path, put: Put, clock: Clock) -> PortThread[Voice]:
    """A loudspeaker; a sentence that cannot be said now is not said later."""
    from drivers.voice.speaker import SpeakerVoice

    voice = SpeakerVoice(
        clips=Path(wire.clips) if wire.clips else None,
        cache=Path(wire.cache) if wire.cache else cache,
        player=wire.player,
        engine=wire.engine,
        device=wire.device or None,
    )
    return PortThread(voice, put, name="voice", check_every_s=VOICE_CHECK_S, interrupt=voice.stop, clock=clock)
