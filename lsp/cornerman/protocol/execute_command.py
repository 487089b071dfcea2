"""``workspace/executeCommand``: what ``cornerman.*`` commands an editor can run."""

from __future__ import annotations

from lsprotocol import types

from cornerman.protocol.commands import COMMANDS
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.wire import ProtocolError


async def execute_command(ls: CornermanServer, params: types.ExecuteCommandParams) -> object:
    """Run one of :data:`COMMANDS`."""
    command = COMMANDS.get(params.command)
    if command is None:
        raise ProtocolError(types.ErrorCodes.InvalidParams, "There is no such command.")
    return await command(ls, params.arguments or ())
