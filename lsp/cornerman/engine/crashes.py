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
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 60.0


def note_crash() -> None:
    """The engine died, or could not start."""
    times = [*_recent(), time.time()]
    _file().write_text("\n".join(map(str, times)), "utf-8")


def check() -> None:
    """Raise while it should not be started again.

    Raises:
        EngineUnavailableError: it died several times; the text says how often, and for how long
            it is left alone.
    """
    times = _recent()
    if len(times) <= _FREE:
        return
    pause = min(_FIRST_PAUSE * 2 ** (len(times) - _FREE - 1), _LONGEST_PAUSE)
    left = times[-1] + pause - time.time()
    if left > 0:
        raise EngineUnavailableError(
            f"The engine failed {len(times)} times in the last minutes and is started again in "
            f"{left:.0f} s; its log and `cornerman engine` tell why."
        )


def _recent() -> list[float]:
    with suppress(OSError, ValueError):
        times = [float(line) for line in _file().read_text("utf-8").split()]
        return [t for t in times if 0 <= time.time() - t < _REMEMBERED_SECONDS]
    return []


def _file() -> Path:
    return endpoint.private_dir() / "crashes"
