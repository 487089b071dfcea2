"""``cornerman.explain``: the code at a place, explained."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from cornerman.core.errors import BadInputError
from cornerman.core.positions import Position
from cornerman.protocol.commands.arguments import Arguments, PositionArgument, only, valid
from cornerman.protocol.language_server import CornermanServer

EXPLAIN_COMMAND = "cornerman.explain"


class _Explain(Arguments):
    uri: str
    position: PositionArgument
    partial_result_token: int | str | None = None


async def explain(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, str]:
    """``cornerman.explain`` {uri, position, partialResultToken?}: explain the code there.

    The text goes out in pieces by ``$/progress`` when there is a token, and as a whole at the end.
    """
    sentence = f"{EXPLAIN_COMMAND} takes one object with uri, position and partialResultToken."
    wanted = valid(_Explain, only(arguments), sentence)
    session = ls.session
    snapshot = session.documents.get(wanted.uri)
    if snapshot is None:
        raise BadInputError("The document is not open; open it in the editor first.")
    position = Position(wanted.position.line, wanted.position.character)
    offset = snapshot.index.offset(position, session.encoding)

    whole = ""
    async for text in session.explain(snapshot, offset):
        whole += text
        if wanted.partial_result_token is not None:
            ls.progress(types.ProgressParams(wanted.partial_result_token, {"text": text}))
    return {"text": whole}
