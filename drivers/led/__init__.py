"""LED signs over desks and the hall board: one text per address on a shared bus."""

from abc import abstractmethod

from drivers import Driver


class LedBus(Driver):
    """One serial bus with one or more LED cards on it; the only owner of its port."""

    @abstractmethod
    def show(self, address: int, text: str) -> None:
        """Replace what the card at ``address`` shows; an empty text blanks it. Returns when the card has answered.

        Lines of a board are separated by ``\\n``.

        Raises:
            DriverOffline: the port is gone, or nothing on the line answers.
            DriverFault: this card did not answer after the retries while others do (``led_silent``: one dead sign
                is no reason to let go of its neighbours' wire), it refused the frame (``led_refused``), the text
                cannot be encoded for it (``led_text``), or no such sign is configured (``led_address``).
        """
