"""Asking a printer how it is: by ``DLE EOT``, by automatic status back, or by the lines of the port it hangs on.

Nothing that was not asked for is believed, and nothing at all while the wire carries noise: garbled answers are the
silence of a printer that talks too fast (a wrong baud rate, a bad cable, a lost power supply).
"""

import time
from typing import Final

from drivers.printer import PrinterStatus
from drivers.printer.abilities import Abilities
from drivers.printer.hearing import Hearing
from drivers.printer.replies import QUESTIONS, read_port_status, read_status
from drivers.printer.requests import FORGET_ROW, TELL_CHANGES
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


class Questions:
    """Asks on one open wire, and listens with the conversation's ear. Every method raises ``TransportLost`` when the
    wire breaks."""

    def __init__(
        self, wire: Transport, heard: Hearing, abilities: Abilities, *, reply_timeout_s: float, quiet_s: float
    ) -> None:
        self._wire = wire
        self._heard = heard
        self._abilities = abilities
        self._reply_timeout_s = reply_timeout_s
        self._quiet_s = quiet_s

    def find_out(self, *, may_be_mute: bool, after_silence: bool) -> PrinterStatus:
        """Which questions it answers, and what (``Conversation.get_to_know``)."""
        self._abilities.questions = ()
        known: list[int] = []
        for question in QUESTIONS:
            if self._round((question,)):
                known.append(question)
            elif not known:
                break
        if not known:
            return self._ask_otherwise(find_out=True, may_be_mute=may_be_mute)
        self._abilities.questions = tuple(known)
        return self.ask(settle_s=self._reply_timeout_s if after_silence else self._quiet_s)

    def ask(self, *, settle_s: float = 0.0) -> PrinterStatus:
        """How it is now, within the reply time-out (twice that where noise asks for a second try), and ``settle_s``
        more, in which answers that come double or late show themselves.

        Raises:
            NoAnswer: none came, or none that can be believed.
        """
        questions = self._abilities.questions
        if not questions:
            return self._ask_otherwise()
        for _ in range(2):
            noise = self._heard.noise
            answers = self._round(questions)
            if settle_s and answers:
                self._heard.listen(settle_s)
            in_step = not self._heard.real_time
            self._heard.doubles = self._heard.doubles or not in_step
            self._heard.real_time.clear()
            if len(answers) == len(questions) and self._heard.noise == noise and in_step:
                return read_status(answers)
            if not answers and self._heard.noise == noise:
                raise NoAnswer(garbled=False)
            self._heard.listen(self._quiet_s)
            self._heard.real_time.clear()
        raise NoAnswer(garbled=True)

    def _round(self, questions: tuple[int, ...]) -> dict[int, int]:
        """Ask one by one: clones drop what comes while they answer. Stops at the first that stays unanswered."""
        deadline = time.monotonic() + self._reply_timeout_s
        answers: dict[int, int] = {}
        for question in questions:
            self._heard.real_time.clear()  # what came before the question is no answer to it
            self._wire.write(bytes((0x10, 0x04, question)), deadline)
            if not self._heard.wait(deadline, lambda: bool(self._heard.real_time)):
                return answers
            if self._heard.doubles:
                self._heard.listen(self._quiet_s)
            answer = self._heard.real_time.popleft()
            while self._heard.real_time and self._heard.real_time[0] == answer:  # it said so twice
                self._heard.real_time.popleft()
                self._heard.doubles = True
            answers[question] = answer
            if self._heard.real_time:
                return answers
        return answers

    def _ask_otherwise(self, *, find_out: bool = False, may_be_mute: bool = True) -> PrinterStatus:
        """Of a printer that answers no ``DLE EOT``: have it tell by itself, or ask the port it hangs on."""
        if self._wire.talks_back and (find_out or self._abilities.automatic):
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
                self._abilities.automatic = True
                return told
        port = self._wire.port_status() if may_be_mute else None
        if port is None:
            raise NoAnswer(garbled=False)
        return read_port_status(port)
