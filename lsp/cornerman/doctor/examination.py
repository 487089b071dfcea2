"""The whole examination, in the order in which things depend on each other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from cornerman.doctor import editors, environment, logs, model, service
from cornerman.doctor.finding import Finding, Level
from cornerman.settings import load

_NEEDED_BY_THE_ENGINE = frozenset({"library", "socket", "model", "memory", "folders"})


async def examine(folder: Path) -> AsyncIterator[Finding]:
    """Everything, as it is found. ``folder`` is that of a workspace, for its settings.

    What cannot work because of what was found before is not tried.
    """
    settings, _ = load([folder])
    hindered = False
    for part in (environment.examine(folder), editors.examine(), model.examine(settings)):
        for finding in part:
            is_needed = finding.subject in _NEEDED_BY_THE_ENGINE
            hindered = hindered or (finding.level is Level.FAIL and is_needed)
            yield finding
    if not hindered:
        async for finding in service.examine(settings, folder):
            yield finding
    for finding in logs.examine():
        yield finding
