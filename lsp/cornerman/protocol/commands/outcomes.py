"""``cornerman.accepted`` and ``cornerman.why``: what became of suggestions."""

from __future__ import annotations

from collections.abc import Sequence

from cornerman.protocol.commands.arguments import Arguments, valid
from cornerman.protocol.inline_completion import ACCEPTED_COMMAND
from cornerman.protocol.language_server import CornermanServer

WHY_COMMAND = "cornerman.why"


class _Accepted(Arguments):
    id: str


async def accepted(ls: CornermanServer, arguments: Sequence[object]) -> None:
    """``cornerman.accepted`` ID: the user took the suggestion with that id."""
    values = {"id": arguments[0]} if len(arguments) == 1 else {}
    accepted = valid(_Accepted, values, f"{ACCEPTED_COMMAND} takes one suggestion id.")
    ls.session.accept(accepted.id)


async def why(ls: CornermanServer, _: Sequence[object]) -> list[dict[str, object]]:
    """``cornerman.why``: how the latest requests ended, the newest first; holds no code."""
    return ls.session.recent()
