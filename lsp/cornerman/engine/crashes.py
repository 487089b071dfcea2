"""How often the engine has died lately, in a file that all windows of the user share."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine import endpoint

_REMEMBERED_SECONDS = 300.0
# A crash or two are bad luck, and cost one suggestion each.
_FREE = 2
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0


def note_crash() -> None:
    """The engine died, or could not start."""
    times = [*_recent(), time.time()]
    # On a full disk it is forgotten: that must not keep an engine from being started.
    with suppress(OSError):
        _file().write_text("\n".join(map(str, times)), "utf-8")


def check() -> None:
    """Raise while it should not be started again.

    Raises:
        EngineUnavailableError: it died several times. The text is the same each time, so that
            the user is told once.
    """
    times = _recent()
    if len(times) <= _FREE:
        return
    pause = min(_FIRST_PAUSE * 2 ** (len(times) - _FREE - 1), _LONGEST_PAUSE)
    if times[-1] + pause > time.time():
        raise EngineUnavailableError(
            "The engine failed several times in the last minutes and is left alone for up to "
            f"{_LONGEST_PAUSE:.0f} s; its log and `cornerman engine` tell why."
        )


def _recent() -> list[float]:
    with suppress(OSError, ValueError):
        times = [float(line) for line in _file().read_text("utf-8").split()]
        return [t for t in times if 0 <= time.time() - t < _REMEMBERED_SECONDS]
    return []


def _file() -> Path:
    return endpoint.private_dir() / "crashes"
