"""Everybody at once: kiosks, desks with their evaluators, and a board that hears what the whole hall is told."""

import random
import threading
from pathlib import Path

from firmware_py.link import Received, decode
from firmware_py.link.payloads import PublicEvent
from tests.chaos.effort import PATIENCE_S
from tests.chaos.keypad import Keypad
from tests.chaos.killable_hall import BOARD, DESKS, KIOSKS, KillableHall, evaluator
from tests.chaos.ledger import Ledger
from tests.chaos.players import Clerk, Kiosk


class Board:
    """Hears every event the hall is told."""

    def __init__(self, hall: KillableHall, ledger: Ledger) -> None:
        self._link = hall.link(BOARD)
        self._ledger = ledger
        self._link.subscribe(self._link.topics.event("+"))
        self._link.open(self._hear)

    def close(self) -> None:
        """Leave."""
        self._link.close()

    def _hear(self, item: object) -> None:
        if isinstance(item, Received):
            event = decode(item.payload, PublicEvent)
            self._ledger.published(event.id, event.type)


class Crowd:
    """The people of one hall; ``work`` lets them loose, without it a test leads each by the hand."""

    def __init__(self, hall: KillableHall, ledger: Ledger, state: Path, *, seed: int, desks: int = len(DESKS)) -> None:
        self.clerks: list[Clerk] = []
        self._ledger = ledger
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._board = Board(hall, ledger)
        self.kiosks = [Kiosk(hall, kiosk, ledger, random.Random(f"{seed} {kiosk}")) for kiosk in KIOSKS]
        for desk in DESKS[:desks]:
            keypad = Keypad(hall.link(evaluator(desk)), desk, state, hall.clock_offset, ledger)
            self.clerks.append(Clerk(hall, desk, keypad, ledger, random.Random(f"{seed} {desk}")))

    @property
    def players(self) -> "list[Kiosk | Clerk]":
        """Whoever asks."""
        return [*self.kiosks, *self.clerks]

    @property
    def journals(self) -> list[Path]:
        """Of the evaluators."""
        return [clerk.keypad.journal for clerk in self.clerks]

    def work(self) -> None:
        """Everybody begins, with people waiting already."""
        self.kiosks[0].visits(3 * len(self.clerks))
        for player in self.players:
            thread = threading.Thread(target=self._working, args=(player,), name=player.asker.instance)
            self._threads.append(thread)
            thread.start()

    def finish(self) -> None:
        """Nobody begins anything new; everything asked is still answered, every press still delivered."""
        self._rest()
        self._ledger.demand_no_failure()
        for clerk in self.clerks:
            clerk.await_delivery()

    def close(self) -> None:
        """Everybody leaves."""
        self._rest()
        for player in self.players:
            player.asker.close()
        for clerk in self.clerks:
            clerk.keypad.close()
        self._board.close()

    def _rest(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(2 * PATIENCE_S)

    def _working(self, player: Kiosk | Clerk) -> None:
        with self._ledger.watching():
            player.work(self._stop)
