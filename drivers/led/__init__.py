"""LED signs over desks and the hall board: one text per address on a shared bus."""

from abc import abstractmethod

import msgspec

from drivers import Driver

FONT_PX = 16
"""Height of a card's built-in font; a hanzi is as wide, an ASCII character half."""


class SignShape(msgspec.Struct, frozen=True):
    """What hangs at one address. ``colour`` is a word of the wire's own table; ``own`` leaves it to the sign."""

    width_px: int = 64
    lines: int = 1
    colour: str = "own"

    @property
    def height_px(self) -> int:
        """Height of the sign."""
        return self.lines * FONT_PX


class LedBus(Driver):
    """One wire with one or more signs on it; the only owner of its port. Not for two threads at once.

    Every implementation keeps the silence its protocol wants between two frames, and forgets with ``close`` what it
    has shown: whoever opens it again says anew what is true.
    """

    @abstractmethod
    def show(self, address: int, text: str) -> None:
        """Replace what the sign at ``address`` shows; an empty text blanks it.

        Lines of a board are separated by ``\\n``. Where signs answer, it returns when this one has; where they cannot,
        when the frame is on its way, which says nothing about the sign.

        Raises:
            DriverOffline: the port is gone, or nothing on the line answers.
            DriverFault: this sign did not answer after the retries while others do (``led_silent``: one dead sign
                is no reason to let go of its neighbours' wire), it refused the frame (``led_refused``), the text
                cannot be encoded for it (``led_text``), or no such sign is configured (``led_address``).
        """

    @abstractmethod
    def check(self) -> None:
        """Look after the next sign in turn, so that a call waits for one sign and not for all of them.

        One that answers is asked how it is, and shown what it missed; one that cannot is sent again what it shows,
        because it may have lost that with its power.

        Raises:
            DriverOffline: the port is gone, or nothing on the line answers.
            DriverFault: ``led_silent`` - some signs do not answer; ``led_refused``.
        """

    @abstractmethod
    def check_sign(self, address: int) -> None:
        """The same for this one sign, whoever's turn it is; what other signs do is no trouble of its own.

        Raises:
            DriverOffline: the port is gone, or nothing on the line answers.
            DriverFault: ``led_silent``, ``led_refused``.
        """
