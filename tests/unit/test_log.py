"""The log holds what Cornerman says, and only the kind of everything else."""

from __future__ import annotations

import logging
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from cornerman.core.errors import BadInputError
from cornerman.core.positions import LineIndex
from cornerman.log import log_to

SECRET = "SECRET_SOURCE_4711"


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    before, level, excepthook = root.handlers[:], root.level, threading.excepthook
    path = tmp_path / "deep" / "the.log"
    log_to(path, "debug")
    yield path
    for handler in root.handlers:
        handler.close()
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(capture=False)
    logging.raiseExceptions = True
    threading.excepthook = excepthook


def test_own_words_are_kept(log: Path) -> None:
    logging.getLogger("cornerman.session").debug("hello \ud800")
    assert "DEBUG cornerman.session: hello \\ud800" in log.read_text()


def test_foreign_words_are_withheld(log: Path) -> None:
    logging.getLogger("asyncio").error("failed: %s", SECRET)
    logging.getLogger("cornermanlike").error(SECRET)
    warnings.warn(SECRET, stacklevel=1)
    text = log.read_text()
    assert "ERROR asyncio: (text withheld)" in text
    assert SECRET not in text


def test_the_protocol_library_says_nothing_at_all(log: Path) -> None:
    logging.getLogger("pygls.protocol.json_rpc").critical(SECRET)
    assert log.read_text() == ""


def test_exceptions_are_kinds_and_places(log: Path) -> None:
    try:
        try:
            LineIndex(SECRET).line_start(5)
        except IndexError as error:
            raise ValueError(SECRET) from error
    except ValueError:
        logging.getLogger("cornerman").exception("it failed")
    text = log.read_text()
    assert "it failed\nValueError at no line of ours <- IndexError at core/positions.py:" in text
    assert SECRET not in text
    assert "Traceback" not in text


def test_threads_that_fail_are_logged_without_their_words(log: Path) -> None:
    def fail() -> None:
        raise ValueError(SECRET)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert "a thread has failed\nValueError" in log.read_text()
    assert SECRET not in log.read_text()


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"^The log file .* cannot be written \(.*--log-file.$"):
        log_to(tmp_path, "info")
