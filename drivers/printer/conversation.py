"""One wire with a printer at its end, as long as it is open: its status, receipts for slips, clearing its buffers."""

import time

import msgspec

from drivers.printer import PrinterStatus
from drivers.printer.abilities import Abilities
from drivers.printer.hearing import Hearing
from drivers.printer.questions import QUIET_S, Questions
from drivers.printer.replies import barrier_saw_paper_end
from drivers.printer.requests import (
    BARRIER,
    CLEAR_BUFFERS,
    FORGET_ROW,
    TELL_CHANGES,
    process_id_reply,
    request_process_id,
)
from drivers.printer.transport import Transport


class Receipt(msgspec.Struct, frozen=True):
    """The printer's word that it executed everything up to the end of a slip."""

    paper_end: bool
    """It ran on although the paper had ended."""


class Conversation:
    """One open wire with a printer at its end. Every method raises ``TransportLost`` when the wire breaks.

    Args:
        wire: the wire.
        reply_timeout_s: what a status may take altogether.
        abilities: what is known of the printer; found out anew by ``get_to_know``.
        quiet_s: how long after an answer its double would have come.
    """

    def __init__(
        self, wire: Transport, reply_timeout_s: float, abilities: Abilities | None = None, quiet_s: float = QUIET_S
    ) -> None:
        self._wire = wire
        self._reply_timeout_s = reply_timeout_s
        self._quiet_s = quiet_s
        self.abilities = abilities or Abilities()
        self._heard = Hearing(wire)
        self._questions = Questions(wire, self._heard, self.abilities, reply_timeout_s=reply_timeout_s, quiet_s=quiet_s)
        self._slips = 0
        self._pending: tuple[str, bool] | None = None
        """What the last receipt consists of: a number to repeat, a barrier to answer; None = nothing is owed."""
        self._probed = ""

    def close(self, *, discard: bool) -> None:
        """End it; ``discard`` throws away what is still on its way. Never raises."""
        self._wire.close(discard=discard)

    # --- how it is ----------------------------------------------------------------------------------------------------

    def get_to_know(self, *, may_be_mute: bool = True, after_silence: bool = False) -> PrinterStatus:
        """Find out which questions it answers, and ask them.

        Args:
            may_be_mute: take the port's word for a printer that never says one itself; one that did before is ill.
            after_silence: answers to what was asked before may still be under way, and pass for those to what is asked
                now: wait whether one answer too many comes.

        Raises:
            NoAnswer: it is silent, or answers twice differently.
        """
        self.catch_up()
        return self._questions.find_out(may_be_mute=may_be_mute, after_silence=after_silence)

    def ask_status(self, *, settle: bool = False) -> PrinterStatus:
        """How it is now, within the reply time-out (twice that where noise asks for a second try).

        Args:
            settle: also wait a moment whether answers come double or late, which none of them could show by itself.

        Raises:
            NoAnswer: none came, or none that can be believed.
        """
        return self._questions.ask(settle_s=self._quiet_s if settle else 0.0)

    def catch_up(self) -> bool:
        """Take in what came unasked since the last call; True when an owed receipt was among it."""
        self._heard.drain()
        late = self._pending is not None and self._receipt() is not None and self.undisturbed
        if late:
            self._learn()
            self._pending = None
        self._heard.doubles = self._heard.doubles or bool(self._heard.real_time)
        self._heard.forget()
        return late

    @property
    def undisturbed(self) -> bool:
        """Since the last slip was sent nothing came that the printer was not asked for."""
        return (
            not self._heard.noise
            and len(set(self._heard.in_order)) <= 1
            and (len(self._heard.in_order) <= 1 or self._heard.doubles)
        )

    # --- slips --------------------------------------------------------------------------------------------------------

    def send(self, job: bytes, allowed_s: float) -> float:
        """Hand over a job and what asks for its receipt; returns the deadline for that.

        ``TransportLost.sent`` says how much of it may have left. ``allowed_s`` is meant twice, for the handing over
        and for the printing, and on a serial line grows by the time the bytes take.
        """
        self._heard.forget()
        abilities = self.abilities
        number = self._next_number() if abilities.process_id else ""
        tail = TELL_CHANGES if abilities.automatic else b""  # ESC @ at the head of the job may have ended it
        tail += request_process_id(number) if number else b""
        tail += BARRIER if abilities.barrier is not False else b""
        allowed_s += self._wire.seconds_for(len(job) + len(tail))
        self._wire.write(job + tail, time.monotonic() + allowed_s)
        self._pending = (number, abilities.barrier is not False)
        return time.monotonic() + allowed_s

    def hear_receipt(self, deadline: float) -> Receipt | None:
        """The receipt of the last job, waited for until the deadline; None also as soon as the printer tells by
        itself that it has stopped."""
        stopped = self._heard.says_stopped
        self._heard.wait(deadline, lambda: self._receipt() is not None or (not stopped and self._heard.says_stopped))
        receipt = self._receipt()
        if receipt is not None:
            self._pending = None
        return receipt

    def clear_buffers(self) -> None:
        """Have the printer forget what it has not printed yet, also while it is offline."""
        deadline = time.monotonic() + self._reply_timeout_s
        self._wire.write(CLEAR_BUFFERS, deadline)
        self._pending = None
        self._heard.blocks.clear()
        # Clones clear without a word: give them the time they would have had to answer, or the slip is cleared too.
        self._heard.wait(deadline, lambda: bool(self._heard.blocks))

    def find_end(self, half_sent: int = 0) -> bool:
        """Whether it executes commands, and nothing stands before them any more. Finds out what receipts it gives.

        Args:
            half_sent: length of a job that broke off: a printer that knows no clearing may wait for so many bytes of
                a bitmap, and is given them, white.
        """
        if self._answers_to(b""):
            return True
        return half_sent > 0 and self._answers_to(b"\x00" * half_sent)

    def _answers_to(self, padding: bytes) -> bool:
        self._heard.forget()
        number = self._probed = self._next_number()
        probe = padding + TELL_CHANGES + request_process_id(number) + FORGET_ROW + BARRIER
        deadline = time.monotonic() + self._reply_timeout_s + self._wire.seconds_for(len(probe))
        self._heard.pushed = None
        self._wire.write(probe, deadline)
        self._pending = ("", True)
        if not self._heard.wait(deadline, lambda: bool(self._heard.in_order)) or self._heard.noise:
            return False
        self._learn()
        self._pending = None
        return True

    def _learn(self) -> None:
        """The barrier was answered; whatever else it would have answered came before that."""
        self.abilities.barrier = True
        if self._probed:
            self.abilities.process_id = process_id_reply(self._probed) in self._heard.blocks
            self.abilities.automatic = self._heard.pushed is not None
            self._probed = ""

    def _receipt(self) -> Receipt | None:
        if self._pending is None:
            return None
        number, barrier = self._pending
        if number and process_id_reply(number) not in self._heard.blocks:
            return None
        if barrier and not self._heard.in_order:
            return None
        return Receipt(any(map(barrier_saw_paper_end, self._heard.in_order))) if number or barrier else None

    def _next_number(self) -> str:
        self._slips = self._slips % 9999 + 1
        return f"{self._slips:04d}"
