"""``cornerman.stats``: figures about suggestions, for charts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from pydantic import Field

from cornerman import paths
from cornerman.protocol.commands.arguments import Arguments, only, valid
from cornerman.protocol.language_server import CornermanServer
from cornerman.statistics.report import Report, report, suggested_threshold
from cornerman.statistics.store import FILE_NAME

STATS_COMMAND = "cornerman.stats"

_ENDINGS = 50


class _Stats(Arguments):
    days: int = Field(default=30, ge=1, le=3650)


async def stats(_: CornermanServer, arguments: Sequence[object]) -> dict[str, object]:
    """``cornerman.stats``: what became of suggestions in the last days. No source code."""
    sentence = f"{STATS_COMMAND} takes at most one object with days."
    wanted = valid(_Stats, only(arguments) if arguments else {}, sentence)
    path = paths.state_dir() / FILE_NAME
    found = await asyncio.to_thread(report, path, wanted.days, _ENDINGS)
    return _as_json(found)


def _as_json(found: Report) -> dict[str, object]:
    return {
        "figures": [
            {
                "language": row.language,
                "model": row.model,
                "shown": row.shown,
                "accepted": row.accepted,
                "kept": row.kept,
                "lookedAt": row.looked_at,
                "characters": row.characters,
            }
            for row in found.figures
        ],
        "days": [
            {"date": day.date, "shown": day.shown, "accepted": day.accepted} for day in found.days
        ],
        "endings": [
            {
                "at": ending.at,
                "language": ending.language,
                "model": ending.model,
                "reason": ending.reason,
                "milliseconds": round(ending.milliseconds, 1),
            }
            for ending in found.endings
        ],
        "bands": [
            {"low": band.low, "high": band.high, "shown": band.shown, "accepted": band.accepted}
            for band in found.bands
        ],
        "threshold": suggested_threshold(found.bands),
    }
