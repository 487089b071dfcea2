"""What the logs have to say. They hold no source code by construction."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from cornerman import paths
from cornerman.doctor.finding import Finding, ok, warn

_RECENT_SECONDS = 24 * 3600
_LAST_BYTES = 200_000
_LONGEST = 160


def files() -> list[Path]:
    """The logs of server and engine, as far as there are any."""
    return sorted((paths.state_dir() / "log").glob("*.log"))


def examine() -> Iterator[Finding]:
    """The latest error of each log, if it is of today."""
    is_quiet = True
    for path in files():
        if time.time() - path.stat().st_mtime > _RECENT_SECONDS:
            continue
        errors = [line for line in tail(path).splitlines() if " ERROR " in line]
        if errors:
            is_quiet = False
            said = errors[-1].partition(" ERROR ")[2][:_LONGEST]
            detail = f"{len(errors)} errors in {path.name}, the last: {said}"
            yield warn("log", detail, f"{path} has the details; `--bundle` packs it for a report")
    if is_quiet:
        yield ok("log", "no recent errors")


def tail(path: Path) -> str:
    """The end of a log."""
    try:
        return path.read_bytes()[-_LAST_BYTES:].decode("utf-8", "replace")
    except OSError:
        return ""
