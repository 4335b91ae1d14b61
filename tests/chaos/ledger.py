"""What the hall's clients asked and were told: the witness against which a journal is judged after the crashes."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from firmware_py.core.commands import Answer, HallCommand
from tests.chaos.effort import PATIENCE_S


class Asked:
    """One request under its one name, however often it was sent."""

    def __init__(self, cmd_id: str, instance: str, command: HallCommand) -> None:
        self.cmd_id = cmd_id
        self.instance = instance
        self.command = command
        self.sent = 0
        self.answers: list[Answer] = []
        """All that came, in order: a repeat may be answered again."""

    @property
    def accepted(self) -> list[Answer]:
        """The answers that say the hall did it."""
        return [answer for answer in self.answers if answer.accepted]


class Ledger:
    """Written by every client's thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._asked: dict[str, Asked] = {}
        self._answered = 0
        self._events: dict[str, str] = {}
        self._failures: list[BaseException] = []

    def ask(self, cmd_id: str, instance: str, command: HallCommand) -> Asked:
        """Note a request before it is sent for the first time."""
        with self._changed:
            return self._asked.setdefault(cmd_id, Asked(cmd_id, instance, command))

    def answered(self, answer: Answer) -> None:
        """Note an answer that a client has received."""
        with self._changed:
            if found := self._asked.get(answer.cmd_id):
                found.answers.append(answer)
                self._answered += 1
                self._changed.notify_all()

    def published(self, event_id: str, kind: str) -> None:
        """Note an event that the whole hall was told; ``event_id`` is ``{log}:{seq}``."""
        with self._changed:
            self._events[event_id] = kind

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Run a client's work; what it raises fails the test."""
        try:
            yield
        except BaseException as error:
            with self._changed:
                self._failures.append(error)
                self._changed.notify_all()

    @property
    def asked(self) -> list[Asked]:
        """Every request so far."""
        with self._changed:
            return list(self._asked.values())

    @property
    def events(self) -> dict[str, str]:
        """Every event that was published: its place and its type."""
        with self._changed:
            return dict(self._events)

    def wait_answers(self, count: int) -> bool:
        """Wait for ``count`` more answers; False = they did not come."""
        with self._changed:
            wanted = self._answered + count
            self._changed.wait_for(lambda: self._answered >= wanted or self._failures, PATIENCE_S)
            self.demand_no_failure()
            return self._answered >= wanted

    def demand_no_failure(self) -> None:
        """Raise what the first failing client raised."""
        with self._changed:
            if self._failures:
                raise AssertionError("a client failed") from self._failures[0]
