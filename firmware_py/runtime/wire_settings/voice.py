"""``[instance.voice]``: a loudspeaker, of the hall or at one desk, and what makes it speak."""

from typing import Annotated

import msgspec
from msgspec import Meta

from firmware_py.runtime.value_kinds import Baud, DevicePath, RootedOrNone

Percent = Annotated[int, Meta(ge=0, le=100, description="percent, a whole number from 0 to 100")]


class SpeakerConfig(msgspec.Struct, frozen=True, tag_field="driver", tag="speaker"):
    """A loudspeaker on a sound card: recorded clips, else the speech engine.

    ``device`` is ALSA's, "" its default; ``clips`` "" = the pack that ships; ``engine`` = whether text without clips
    may be synthesised; ``player`` plays the WAV file on its stdin."""

    device: str = ""
    volume: Percent = 100
    clips: RootedOrNone = ""
    engine: bool = True
    player: Annotated[tuple[str, ...], Meta(min_length=1)] = ("aplay", "-q")


class Syn6288Config(msgspec.Struct, frozen=True, tag_field="driver", tag="syn6288"):
    """A SYN6288 speech chip on a serial line, with its own amplifier. ``chime`` is what its manual names the tone that
    goes before a call, "" = none."""

    port: DevicePath
    baud: Baud = 9600
    volume: Percent = 100
    chime: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z]{0,16}\Z", description="letters and digits, 16 at most")] = ""


VoiceConfig = SpeakerConfig | Syn6288Config
