"""From a press, or a code, to the slip: the asking, the answer, the paper, and what the citizen is told of each.

Whatever goes wrong on the way ends in one of two places: the citizen holds a slip, or reads and hears why not and where
to go (T01–T04).
"""

from collections.abc import Callable, Iterator

from drivers.printer import PrintResult
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.errors import DriverError
from kiosk.choices import Choice, Habits
from kiosk.codes import REPEAT_MS, command_of
from kiosk.effects import KeptSlip, PrintSlip
from kiosk.face import Face, Standing
from kiosk.last_slips import LastSlips
from kiosk.numbers_seen import NumbersSeen
from kiosk.outcomes import Outcomes
from kiosk.requests import ANSWER_MS, About, Answered, Requests
from kiosk.sign_texts import answer_text


class Taking:
    """Everything a citizen does here for a number. Times are monotonic milliseconds.

    Args:
        local: hall time → local wall time, for the paper.
    """

    def __init__(
        self,
        habits: Habits,
        requests: Requests,
        seen: NumbersSeen,
        slips: LastSlips,
        face: Face,
        local: Callable[[int], int],
    ) -> None:
        self._habits = habits
        self._requests = requests
        self._seen = seen
        self._slips = slips
        self._face = face
        self._local = local
        self._outcomes = Outcomes(requests, slips)
        self._last_code: tuple[str, int] = ("", -REPEAT_MS)

    def press(self, button: str, choice: Choice, standing: Standing, now: int) -> Iterator[object]:
        """A button that takes a number."""
        if not standing.prints:
            yield from self._face.send_away(standing, now, button=button)
            return
        confirm = choice.klass == "G" and self._habits.priority == "confirm"
        large = choice.large or (choice.klass == "G" and self._habits.large_print == "green")
        command = c.Take(choice.service, "X" if confirm else choice.klass)
        yield self._requests.ask(command, now, ANSWER_MS, About(button, large, confirm))

    def read(self, text: str, at: int, standing: Standing, now: int) -> Iterator[object]:
        """A code was held before the reader; one that stays there is one."""
        last, when = self._last_code
        self._last_code = (text, at)
        if text != last or at - when >= REPEAT_MS:
            yield from self._code(text, standing, now)

    def typed(self, text: str, standing: Standing, now: int) -> Iterator[object]:
        """A number was typed: twice is meant twice."""
        self._last_code = (text, now)
        yield from self._code(text, standing, now)

    def _code(self, text: str, standing: Standing, now: int) -> Iterator[object]:
        command = command_of(text)
        if command is None:
            yield from self._face.tell(phrases.text("kiosk.unknown_code"), now)
            return
        needs_paper = not isinstance(command, c.ReturnTicket) or command.day
        if needs_paper and not standing.prints:
            yield from self._face.send_away(standing, now)
            return
        yield self._requests.ask(command, now, ANSWER_MS)

    # --- the hall's answer --------------------------------------------------------------------------------------------

    def answered(self, asked: Answered, answer: c.Answer, standing: Standing, now: int) -> Iterator[object]:
        """A number, or why there is none."""
        taken = answer.event
        if asked.late:
            if isinstance(taken, e.Taken):  # the citizen was sent away: nobody must be waited for
                yield self._outcomes.given_up(taken.ticket, now)
            return
        if isinstance(taken, e.Taken):
            yield from self._took(taken, asked.about, standing)
        text, aloud = answer_text(answer)
        if text:
            yield from self._face.tell(text, now, button="" if answer.accepted else asked.about.button, aloud=aloud)

    def unanswered(self, asked: Answered, now: int) -> Iterator[object]:
        """The citizen has waited long enough (R-KIOSK-01)."""
        yield from self._face.tell(phrases.refusal("no_answer", {}), now, button=asked.about.button)

    def _took(self, taken: e.Taken, about: About, standing: Standing) -> Iterator[object]:
        hall = standing.hall
        large = about.large or (taken.klass == "G" and self._habits.large_print == "green")
        slip = KeptSlip(taken, self._local(taken.at), hall.hours if hall else (), large)
        day = hall.day if hall else self._seen.day
        yield from self._seen.took(taken, day)
        yield PrintSlip(taken, slip.wall_ms, slip.hours, large)
        yield self._slips.took(day, slip)

    # --- the paper ----------------------------------------------------------------------------------------------------

    def printed(self, job_id: str, result: PrintResult, standing: Standing, now: int) -> Iterator[object]:
        """The printer's word about a sheet."""
        yield from self._outcomes.printed(job_id, result, now)
        text, taken = self._outcomes.told(job_id, result)
        if taken is not None:
            yield from self._face.tell_number(taken, now)
        elif text:
            yield from self._face.tell(text, now)
        elif self._outcomes.failed(result):
            yield from self._face.send_away(standing, now)

    def not_printed(self, job_id: str, error: DriverError, standing: Standing, now: int) -> Iterator[object]:
        """The sheet was never begun."""
        yield from self._outcomes.not_printed(job_id, error, now)
        yield from self._face.send_away(standing, now)
