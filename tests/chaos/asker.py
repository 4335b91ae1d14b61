"""One instance on a real link that asks the controller, and repeats the same request until it is answered."""

import queue
import time
from collections.abc import Callable
from typing import Final

from firmware_py.core.commands import Answer, HallCommand, Request
from firmware_py.core.views import DeskView
from firmware_py.link import Link, Received, decode
from tests.chaos.effort import PATIENCE_S
from tests.chaos.ledger import Ledger

RETRY_S: Final = 0.1
"""Ten times as often as a real kiosk: repeats of one cmd_id are what must stay harmless."""


class Asker:
    """Belongs to its client's thread. ``patterns`` are topics of desk states."""

    def __init__(self, link: Link, ledger: Ledger, *patterns: str) -> None:
        self.instance: Final = link.instance
        self.view: DeskView | None = None
        """The newest desk state heard."""
        self._link = link
        self._ledger = ledger
        self._inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._answer_topic = link.topics.answer(link.instance)
        self._answers: dict[str, Answer] = {}
        self._count = 0
        for pattern in (self._answer_topic, *patterns):
            link.subscribe(pattern)
        link.open(self._inbox.put)

    def close(self) -> None:
        """Leave."""
        self._link.close()

    def ask(self, command: HallCommand) -> Answer:
        """The first answer to the command, however often it takes to get one."""
        self._count += 1
        return self.insist(f"{self.instance}.{self._count}", command)

    def insist(self, cmd_id: str, command: HallCommand) -> Answer:
        """Ask under this name, again and again, until an answer comes."""
        asked = self._ledger.ask(cmd_id, self.instance, command)
        self._answers.pop(cmd_id, None)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self._link.send(Request(cmd_id, command)):
                asked.sent += 1
            if self._until(lambda: cmd_id in self._answers, RETRY_S):
                return self._answers.pop(cmd_id)
        raise AssertionError(f"nobody answered {cmd_id} {command}")

    def bring_about(self, command: HallCommand, *not_yet: str) -> Answer:
        """Ask under one name until it is accepted, through these refusals.

        Under one name, because a repeat that is still on its way after a refusal may be decided anew and accepted.
        """
        answer = self.ask(command)
        while answer.refusal in not_yet:
            self.listen(0.3)
            answer = self.insist(answer.cmd_id, command)
        assert answer.accepted, (command, answer)
        return answer

    def see(self, condition: Callable[[DeskView], bool]) -> None:
        """Wait until the desk's state is so."""
        if not self._until(lambda: self.view is not None and condition(self.view), PATIENCE_S):
            raise AssertionError(f"{self.instance} never saw it; it sees {self.view}")

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Listen until something is so that nobody will tell this instance."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < deadline, f"{self.instance} waited in vain"
            self.listen(0.01)

    def listen(self, seconds: float) -> None:
        """Do nothing else for a while."""
        self._until(lambda: False, seconds)

    def _until(self, condition: Callable[[], bool], seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not condition():
            try:
                item = self._inbox.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return False
            if isinstance(item, Received) and item.topic == self._answer_topic:
                answer = decode(item.payload, Answer)
                self._ledger.answered(answer)
                self._answers[answer.cmd_id] = answer
            elif isinstance(item, Received) and item.payload:
                self.view = decode(item.payload, DeskView)
        return True
