"""``cornerman.status``: what serves this window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from cornerman.protocol.language_server import CornermanServer

STATUS_COMMAND = "cornerman.status"


async def status(ls: CornermanServer, _: Sequence[object]) -> dict[str, object]:
    """``cornerman.status``: model, engine process and backend; pid 0 while no engine runs."""
    return asdict(await ls.session.status())
