"""Questions to a printer and its answers, as long as one wire is open: status, receipts for slips, clearing buffers.

Nothing that was not asked for is believed, and nothing at all while the wire carries noise: garbled answers are the
silence of a printer that talks too fast (a wrong baud rate, a bad cable, a lost power supply).
"""

import time
from typing import Final

import msgspec

from drivers.printer import PrinterStatus
from drivers.printer.abilities import Abilities
from drivers.printer.hearing import Hearing
from drivers.printer.replies import QUESTIONS, barrier_saw_paper_end, read_port_status, read_status
from drivers.printer.requests import (
    BARRIER,
    CLEAR_BUFFERS,
    FORGET_ROW,
    TELL_CHANGES,
    process_id_reply,
    request_process_id,
)
from drivers.printer.transport import Transport

QUIET_S: Final = 0.02
"""So long after an answer its double would have come; only waited for where nobody waits for paper."""


class NoAnswer(Exception):
    """The wire is whole, but nothing that can be believed came back."""

    def __init__(self, *, garbled: bool) -> None:
        self.garbled = garbled
        super().__init__(
            "answers nonsense; check the baud rate, the cable and its earth"
            if garbled
            else "does not answer; check its power and cable"
        )


class Receipt(msgspec.Struct, frozen=True):
    """The printer's word that it executed everything up to the end of a slip."""

    paper_end: bool
    """It ran on although the paper had ended."""


class Conversation:
    """One open wire with a printer at its end. Every method raises ``TransportLost`` when the wire breaks."""

    def __init__(self, wire: Transport, reply_timeout_s: float, abilities: Abilities | None = None) -> None:
        self._wire = wire
        self._reply_timeout_s = reply_timeout_s
        self.abilities = abilities or Abilities()
        self._heard = Hearing(wire)
        self._doubles = False
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
        self.abilities.questions = ()
        known: list[int] = []
        for question in QUESTIONS:
            if self._round((question,)):
                known.append(question)
            elif not known:
                break
        if not known:
            return self._ask_otherwise(find_out=True, may_be_mute=may_be_mute)
        self.abilities.questions = tuple(known)
        return self.ask_status(settle_s=self._reply_timeout_s if after_silence else QUIET_S)

    def ask_status(self, *, settle_s: float = 0.0) -> PrinterStatus:
        """How it is now, within the reply time-out (twice that where noise asks for a second try).

        Args:
            settle_s: also wait so long whether answers come double or late, which none of them could show by itself.

        Raises:
            NoAnswer: none came, or none that can be believed.
        """
        questions = self.abilities.questions
        if not questions:
            return self._ask_otherwise()
        for _ in range(2):
            noise = self._heard.noise
            answers = self._round(questions)
            if settle_s and answers:
                self._heard.listen(settle_s)
            in_step = not self._heard.real_time
            self._doubles = self._doubles or not in_step
            self._heard.real_time.clear()
            if len(answers) == len(questions) and self._heard.noise == noise and in_step:
                return read_status(answers)
            if not answers and self._heard.noise == noise:
                raise NoAnswer(garbled=False)
            self._heard.listen(QUIET_S)
            self._heard.real_time.clear()
        raise NoAnswer(garbled=True)

    def catch_up(self) -> bool:
        """Take in what came unasked since the last call; True when an owed receipt was among it."""
        self._heard.drain()
        late = self._pending is not None and self._receipt() is not None and self.undisturbed
        if late:
            self._learn()
            self._pending = None
        self._doubles = self._doubles or bool(self._heard.real_time)
        self._heard.forget()
        return late

    @property
    def undisturbed(self) -> bool:
        """Since the last slip was sent nothing came that the printer was not asked for."""
        return (
            not self._heard.noise
            and len(set(self._heard.in_order)) <= 1
            and (len(self._heard.in_order) <= 1 or self._doubles)
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

    # --- bytes --------------------------------------------------------------------------------------------------------

    def _round(self, questions: tuple[int, ...]) -> dict[int, int]:
        """Ask one by one: clones drop what comes while they answer. Stops at the first that stays unanswered."""
        deadline = time.monotonic() + self._reply_timeout_s
        answers: dict[int, int] = {}
        for question in questions:
            self._heard.real_time.clear()  # what came before the question is no answer to it
            self._wire.write(bytes((0x10, 0x04, question)), deadline)
            if not self._heard.wait(deadline, lambda: bool(self._heard.real_time)):
                return answers
            if self._doubles:
                self._heard.listen(QUIET_S)
            answer = self._heard.real_time.popleft()
            while self._heard.real_time and self._heard.real_time[0] == answer:  # it said so twice
                self._heard.real_time.popleft()
                self._doubles = True
            answers[question] = answer
            if self._heard.real_time:
                return answers
        return answers

    def _ask_otherwise(self, *, find_out: bool = False, may_be_mute: bool = True) -> PrinterStatus:
        """Of a printer that answers no ``DLE EOT``: have it tell by itself, or ask the port it hangs on."""
        if self._wire.talks_back and (find_out or self.abilities.automatic):
            deadline = time.monotonic() + self._reply_timeout_s
            before, self._heard.pushed = self._heard.pushed, None
            noise = self._heard.noise
            self._wire.write(TELL_CHANGES + FORGET_ROW, deadline)
            self._heard.wait(deadline, lambda: self._heard.pushed is not None)
            if self._heard.noise > noise:
                raise NoAnswer(garbled=True)
            told: PrinterStatus | None = self._heard.pushed
            if told is None and before is not None and before.fault is not None:
                told = self._heard.pushed = before  # offline it executes nothing, and has told why before
            if told is not None:
                self.abilities.automatic = True
                return told
        port = self._wire.port_status() if may_be_mute else None
        if port is None:
            raise NoAnswer(garbled=False)
        return read_port_status(port)

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
