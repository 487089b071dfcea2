"""``workspace/executeCommand``: what ``cornerman.*`` commands an editor can run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import TypeVar

from lsprotocol import types
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cornerman.core.errors import BadInputError
from cornerman.core.positions import Position
from cornerman.protocol.inline_completion import ACCEPTED_COMMAND
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.wire import ProtocolError

EXPLAIN_COMMAND = "cornerman.explain"
WHY_COMMAND = "cornerman.why"
STATUS_COMMAND = "cornerman.status"

Command = Callable[[CornermanServer, Sequence[object]], Awaitable[object]]


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class _Accepted(_Arguments):
    id: str


class _Position(_Arguments):
    line: int = Field(ge=0)
    character: int = Field(ge=0)


class _Explain(_Arguments):
    uri: str
    position: _Position
    partial_result_token: int | str | None = Field(default=None, alias="partialResultToken")


async def execute_command(ls: CornermanServer, params: types.ExecuteCommandParams) -> object:
    """Run one of :data:`COMMANDS`."""
    command = COMMANDS.get(params.command)
    if command is None:
        raise ProtocolError(types.ErrorCodes.InvalidParams, "There is no such command.")
    return await command(ls, params.arguments or ())


async def _accepted(ls: CornermanServer, arguments: Sequence[object]) -> None:
    """``cornerman.accepted`` ID: the user took the suggestion with that id."""
    values = {"id": arguments[0]} if len(arguments) == 1 else {}
    accepted = _valid(_Accepted, values, f"{ACCEPTED_COMMAND} takes one suggestion id.")
    ls.session.accept(accepted.id)


async def _why(ls: CornermanServer, _: Sequence[object]) -> list[dict[str, object]]:
    """``cornerman.why``: how the latest requests ended, the newest first; holds no code."""
    return ls.session.recent()


async def _status(ls: CornermanServer, _: Sequence[object]) -> dict[str, object]:
    """``cornerman.status``: model, engine process and backend; pid 0 while no engine runs."""
    return asdict(await ls.session.status())


async def _explain(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, str]:
    """``cornerman.explain`` {uri, position, partialResultToken?}: explain the code there.

    The text goes out in pieces by ``$/progress`` when there is a token, and as a whole at the end.
    """
    sentence = f"{EXPLAIN_COMMAND} takes one object with uri, position and partialResultToken."
    wanted = _valid(_Explain, arguments[0] if len(arguments) == 1 else None, sentence)
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


COMMANDS: dict[str, Command] = {
    ACCEPTED_COMMAND: _accepted,
    WHY_COMMAND: _why,
    STATUS_COMMAND: _status,
    EXPLAIN_COMMAND: _explain,
}

_Model = TypeVar("_Model", bound=BaseModel)


def _valid(model: type[_Model], values: object, sentence: str) -> _Model:
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise ProtocolError(types.ErrorCodes.InvalidParams, sentence) from error
