"""``[instance.voice]``: a loudspeaker, of the hall or at one desk."""

from typing import Annotated

import msgspec
from msgspec import Meta

from firmware_py.runtime.value_kinds import RootedOrNone


class VoiceConfig(msgspec.Struct, frozen=True):
    """The loudspeaker. ``device`` is ALSA's, "" its default; ``clips`` "" = the pack that ships; ``engine`` = whether
    text without clips may be synthesised; ``cache`` "" = in the daemon's runtime directory."""

    player: Annotated[tuple[str, ...], Meta(min_length=1)] = ("aplay", "-q")
    device: str = ""
    clips: RootedOrNone = ""
    engine: bool = True
    cache: RootedOrNone = ""
