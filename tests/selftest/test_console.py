"""The technician's terminal: questions wait so long and no longer, and a pipe answers nothing."""

import io
import os
import pty
import queue
from collections.abc import Iterator
from typing import TextIO

import pytest

from firmware_py.selftest.console import Terminal


@pytest.fixture
def keyboard() -> Iterator[tuple[int, TextIO]]:
    """What is typed, and the terminal it is typed at."""
    typed, seen = pty.openpty()
    with os.fdopen(seen, encoding="utf-8") as answers:
        yield typed, answers
    os.close(typed)


@pytest.mark.parametrize(("typed", "means"), [(b"\n", True), (b"y\n", True), (b"n\n", False), ("否\n".encode(), False)])
def test_an_empty_line_agrees_and_n_does_not(keyboard: tuple[int, TextIO], typed: bytes, means: bool) -> None:
    out = io.StringIO()
    os.write(keyboard[0], typed)
    assert Terminal(out, keyboard[1]).agrees("亮了吗?", 5) is means
    assert "亮了吗?(回车=是,n=否)" in out.getvalue()


def test_two_questions_take_a_line_each(keyboard: tuple[int, TextIO]) -> None:
    terminal = Terminal(io.StringIO(), keyboard[1])
    os.write(keyboard[0], b"\nn\n")
    assert [terminal.agrees("一?", 5), terminal.agrees("二?", 5)] == [True, False]


def test_a_question_nobody_answers_is_given_up(keyboard: tuple[int, TextIO]) -> None:
    assert Terminal(io.StringIO(), keyboard[1]).agrees("亮了吗?", 0.01) is None


def test_a_pipe_is_not_asked() -> None:
    out = io.StringIO()
    assert Terminal(out, io.StringIO("y\n")).agrees("亮了吗?", 5) is None
    assert out.getvalue() == ""


def test_a_reading_is_waited_for_and_given_up() -> None:
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    terminal = Terminal(io.StringIO())
    assert terminal.reading(inbox, 0.01) is None
    inbox.put("key")
    assert terminal.reading(inbox, 5) == "key"
