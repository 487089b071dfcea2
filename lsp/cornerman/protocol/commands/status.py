"""``cornerman.status``: what serves this window."""

from __future__ import annotations

from collections.abc import Sequence

from cornerman.protocol.language_server import CornermanServer

STATUS_COMMAND = "cornerman.status"


async def status(ls: CornermanServer, _: Sequence[object]) -> dict[str, object]:
    """``cornerman.status``: the state, the model and its engine; pid 0 while no engine runs."""
    now, engine = await ls.status.now()
    return {
        **now.as_json(),
        "pid": engine.pid,
        "backend": engine.backend,
        "version": engine.version,
    }
