"""Voices: sentences made of recorded clips first, free text by a speech engine or a speech chip, one loudspeaker."""

from abc import abstractmethod

import msgspec

from drivers import Driver

CHIME = "chime"
"""The clip that asks for attention. It is also what is heard when nothing can say the sentence (R-CALL-08)."""


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

        Returns only when it was heard to its end, or cut off by ``stop``.

        Raises:
            DriverOffline: the loudspeaker is absent, hung, silent, or lost the sentence on the way.
            DriverFault: ``voice_engine`` - neither clips nor an engine can say this sentence (a chime was played
                instead, where there is one); ``voice_refused`` - a speech chip does not take it.
        """

    @abstractmethod
    def stop(self) -> None:
        """Cut off the sentence being played, from another thread. Never raises."""
