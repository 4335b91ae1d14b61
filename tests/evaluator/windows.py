"""An evaluator in a test's hands, and rating windows as its controller would open them."""

from typing import TypeVar

from drivers.keypad import LevelPressed
from evaluator.rating import Evaluator, LastPress
from firmware_py.core import facts as f
from firmware_py.core.rating import nonce, proof
from firmware_py.core.views import RatingView
from firmware_py.link import LinkUp, Received, encode
from firmware_py.runtime.effects import Keep
from firmware_py.runtime.loop import Timer
from tests.hall.small_hall import NINE, TOPICS

E = TypeVar("E")

SECRET = b"the hall's secret, of 32 bytes.."
LOG = "hall-log"
ADDRESS, DESK = 9, 1
WINDOW_MS, CORRECT_MS = 60_000, 5000
LEVELS = (5, 4, 3, 2, 1)


def window(seq: int, ticket: str = "A001", *, desk: int = DESK, log: str = LOG) -> RatingView:
    """An open window."""
    return RatingView(log, seq, desk, ticket, nonce(SECRET, log, seq), NINE, WINDOW_MS, CORRECT_MS)


def no_window(seq: int, *, dark: bool = False) -> RatingView:
    return RatingView(LOG, seq, DESK, dark=dark)


def genuine(fact: f.LevelChosen) -> bool:
    """Whether the controller would believe it."""
    held = nonce(SECRET, fact.window_log, fact.window_seq)
    return fact.proof == proof(held, fact.window_log, fact.window_seq, fact.level, fact.elapsed_ms)


class Keypad:
    """The logic of desk 1's evaluator; ``now`` is its clock."""

    def __init__(self, last: LastPress | None = None, *, levels: tuple[int, ...] = LEVELS) -> None:
        self.now = 100_000
        self.logic = Evaluator(
            "desk1-eval", desk=DESK, address=ADDRESS, levels=levels, topics=TOPICS, last=last or LastPress()
        )
        self.on(LinkUp())

    def on(self, item: object) -> list[object]:
        return list(self.logic.on(item, self.now))

    def sees(self, view: RatingView) -> list[object]:
        return self.on(Received(TOPICS.rating("desk1-eval"), encode(view)))

    def press(self, level: int, *, after: int = 0) -> list[object]:
        """The key of this level, ``after`` milliseconds from now."""
        self.wait(after)
        return self.on(LevelPressed(ADDRESS, LEVELS.index(level), self.now))

    def wait(self, ms: int) -> list[object]:
        until, found = self.now + ms, list[object]()
        while (due := self.logic.due()) is not None and due <= until:
            self.now = max(self.now, due)
            found += self.on(Timer())
            moved = self.logic.due()
            assert moved is None or moved > self.now, "a timer must move on"
        self.now = until
        return found


def only(effects: list[object], kind: type[E]) -> list[E]:
    """The effects of one kind, in order."""
    return [each for each in effects if isinstance(each, kind)]


def facts(effects: list[object]) -> list[f.EdgeFact]:
    return [each.fact for each in only(effects, Keep)]


def pressed(effects: list[object]) -> f.LevelChosen:
    """The one press among them."""
    [fact] = [each for each in facts(effects) if isinstance(each, f.LevelChosen)]
    return fact
