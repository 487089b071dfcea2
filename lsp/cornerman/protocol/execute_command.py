"""``workspace/executeCommand``: what ``cornerman.*`` commands an editor can run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from lsprotocol import types

from cornerman.protocol.commands import COMMANDS
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.wire import ProtocolError


async def execute_command(ls: CornermanServer, params: types.ExecuteCommandParams) -> object:
    """Run one of :data:`COMMANDS`."""
    command = COMMANDS.get(params.command)
    if command is None:
        raise ProtocolError(types.ErrorCodes.InvalidParams, "There is no such command.")
    result = await command(ls, _with_token(params))
    ls.status.executed()
    return result


def _with_token(params: types.ExecuteCommandParams) -> list[object]:
    """The arguments; the one object of a command learns the token of the request's progress."""
    arguments = list(cast("Sequence[object]", params.arguments or ()))
    token = params.work_done_token
    if token is not None and not arguments:
        arguments.append({"workDoneToken": token})
    elif token is not None and len(arguments) == 1 and isinstance(arguments[0], dict):
        first = cast("dict[str, object]", arguments[0])
        arguments[0] = {"workDoneToken": token, **first}
    return arguments
