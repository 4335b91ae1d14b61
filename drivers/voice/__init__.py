"""Voices: sentences made of recorded clips first, free text by a speech engine second, one loudspeaker behind."""

from abc import abstractmethod

import msgspec

from drivers import Driver


class Utterance(msgspec.Struct, frozen=True):
    """One sentence to be heard.

    ``words`` are clip names in order (``("chime", "qing", "A", "d0", "d0", "d1", …)``); when any clip is missing, or
    ``words`` is empty, ``text`` is synthesised instead. ``slow`` is the green profile's slower, louder reading.
    """

    text: str
    words: tuple[str, ...] = ()
    slow: bool = False


class Voice(Driver):
    """One loudspeaker and what can make it speak."""

    @abstractmethod
    def say(self, utterance: Utterance) -> None:
        """Play the sentence to its end. Blocks at most its length plus the engine's time-out.

        Raises:
            DriverOffline: the sound card is absent or the player failed.
            DriverFault: ``voice_engine`` - neither clips nor an engine can say this sentence; ``voice_cache`` - what
                was made of it cannot be stored.
        """

    @abstractmethod
    def stop(self) -> None:
        """Cut off the sentence being played, from another thread. Never raises."""
