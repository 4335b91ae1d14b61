"""Log lines as a terminal and as journald get them."""

import io
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from firmware_py.runtime import logs


@pytest.fixture(autouse=True)
def _root_logger_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # pytest's own would be closed by ``force``
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def stream(tmp_path: Path) -> Iterator[TextIO]:
    with (tmp_path / "stderr").open("w+", encoding="utf-8") as out:
        yield out


def journal_stream(stream: TextIO) -> dict[str, str]:
    end = os.fstat(stream.fileno())
    return {"JOURNAL_STREAM": f"{end.st_dev}:{end.st_ino}"}


def written(stream: TextIO) -> list[str]:
    stream.flush()
    stream.seek(0)
    return stream.read().splitlines()


def test_at_a_terminal_a_line_has_level_name_and_message(stream: TextIO) -> None:
    logs.configure({}, stream)
    logging.getLogger("kiosk.daemon").warning("printer: lost: %s", "unplugged")
    assert written(stream) == ["WARNING kiosk.daemon: printer: lost: unplugged"]


def test_under_journald_a_line_begins_with_its_priority(stream: TextIO) -> None:
    logs.configure({"HALL_LOG": "debug", **journal_stream(stream)}, stream)
    log = logging.getLogger("x")
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        log.log(level, "m")
    assert written(stream) == ["<7>x: m", "<6>x: m", "<4>x: m", "<3>x: m", "<2>x: m"]


def test_under_journald_every_line_of_a_traceback_has_the_priority(stream: TextIO) -> None:
    logs.configure(journal_stream(stream), stream)
    try:
        int("two\nlines")
    except ValueError:
        logging.getLogger("x").exception("failed")
    lines = written(stream)
    assert len(lines) > 4
    assert all(line.startswith("<3>") for line in lines)


def test_a_stream_that_is_not_journalds_gets_plain_lines(stream: TextIO) -> None:
    logs.configure({"JOURNAL_STREAM": "8:1"}, stream)
    logging.getLogger("x").error("m")
    assert written(stream) == ["ERROR x: m"]


def test_a_stream_without_a_descriptor_gets_plain_lines() -> None:
    out = io.StringIO()
    logs.configure({"JOURNAL_STREAM": "8:1"}, out)
    logging.getLogger("x").error("m")
    assert out.getvalue() == "ERROR x: m\n"


@pytest.mark.parametrize(("wanted", "kept"), [("DEBUG", 4), ("info", 3), ("WARNING", 2), ("Error", 1)])
def test_hall_log_names_the_lowest_level_kept(stream: TextIO, wanted: str, kept: int) -> None:
    logs.configure({"HALL_LOG": wanted}, stream)
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logging.getLogger("x").log(level, "m")
    assert len(written(stream)) == kept


def test_a_wrong_level_is_told_and_becomes_info(stream: TextIO) -> None:
    logs.configure({"HALL_LOG": "loud"}, stream)
    logging.getLogger("x").debug("unheard")
    (line,) = written(stream)
    assert "HALL_LOG: found 'loud'; allowed: DEBUG, INFO, WARNING, ERROR" in line


def test_configuring_twice_does_not_write_twice(stream: TextIO) -> None:
    logs.configure({}, stream)
    logs.configure({}, stream)
    logging.getLogger("x").error("m")
    assert len(written(stream)) == 1


def test_a_library_that_configures_logging_at_import_changes_nothing(stream: TextIO) -> None:
    logs.configure({}, stream)
    logging.basicConfig(level=logging.DEBUG, format="library")  # what python-escpos does
    logging.getLogger("x").debug("unheard")
    logging.getLogger("x").error("m")
    assert written(stream) == ["ERROR x: m"]
