"""Logging: to a file, and never what a user wrote.

Only Cornerman's own loggers get their words into the log, and their messages are written with
care. The texts of other libraries' records and of foreign exceptions may quote anything, so of
those only the kind is kept.
"""

from __future__ import annotations

import logging
import logging.handlers
import threading
import traceback
from pathlib import Path
from types import TracebackType

from cornerman.core.errors import BadInputError
from cornerman.paths import state_dir

LEVELS = ("debug", "info", "warning", "error")

_PACKAGE = __name__.partition(".")[0]
_FOLDER = Path(__file__).parent
_FORMAT = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"
_MAX_BYTES = 2_000_000

# Their records hold whole messages.
_SILENT = ("pygls", "lsprotocol", "cattrs")


def log_to(path: Path | None, level: str, default: Path | None = None) -> None:
    """Send the process's log to ``path``, which the user has named, or else to ``default``.

    Without either it is ``log/server.log`` in the state folder. A default that cannot be written
    (a full disk, a home that is read-only) costs the log, not the work.

    Raises:
        BadInputError: ``path`` cannot be written.
    """
    target = path or default or state_dir() / "log" / "server.log"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.handlers.RotatingFileHandler(
            target, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8", errors="backslashreplace"
        )
    except OSError as error:
        if path is not None:
            reason = error.strerror or "unknown reason"
            raise BadInputError(
                f"The log file {target} cannot be written ({reason}); choose another by --log-file."
            ) from error
        handler = logging.NullHandler()
    handler.setFormatter(_DiscreetFormatter(_FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_PACKAGE).setLevel(level.upper())
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    logging.captureWarnings(capture=True)
    # A failing log must not write records to standard error, which editors keep.
    logging.raiseExceptions = False
    threading.excepthook = _log_thread_error


class _DiscreetFormatter(logging.Formatter):
    """Writes what is ours, and only the kind of everything else."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        if record.name != _PACKAGE and not record.name.startswith(f"{_PACKAGE}."):
            record.message = "(text withheld)"
        return super().formatMessage(record)

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have cached the full traceback in the record.
        record.exc_text = None
        record.stack_info = None
        return super().format(record)

    def formatException(  # noqa: N802  (logging's name)
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None]
        | tuple[None, None, None],
    ) -> str:
        return " <- ".join(_kinds(ei[1]))


def _kinds(error: BaseException | None) -> list[str]:
    """Type and place in our own code of an error and of those that led to it."""
    kinds: list[str] = []
    while error is not None and len(kinds) < 8:
        kinds.append(f"{type(error).__name__} at {_place(error)}")
        error = error.__cause__ or error.__context__
    return kinds


def _place(error: BaseException) -> str:
    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        path = Path(frame.f_code.co_filename)
        if _FOLDER in path.parents:
            return f"{path.relative_to(_FOLDER).as_posix()}:{line}"
    return "no line of ours"


def _log_thread_error(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        logger = logging.getLogger(__name__)
        logger.error("a thread has failed", exc_info=args.exc_value)
