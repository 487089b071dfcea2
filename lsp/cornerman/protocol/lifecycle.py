"""``initialize``, ``initialized``, ``shutdown`` and ``exit``."""

from __future__ import annotations

import asyncio
from functools import partial

from lsprotocol import types
from pydantic import ValidationError

from cornerman.protocol import configuration, workspace_folders
from cornerman.protocol.action_kinds import LSP_KINDS
from cornerman.protocol.client_process import wait_until_gone
from cornerman.protocol.client_profile import ClientProfile
from cornerman.protocol.commands import COMMANDS
from cornerman.protocol.inline_completion import update_registration
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.wire import ProtocolError, State


def initialize(ls: CornermanServer, params: object) -> types.InitializeResult:
    """Agree on the position encoding and say what this server can do."""
    try:
        ls.client = ClientProfile.model_validate(params)
    except ValidationError as error:
        sentence = "The parameters of initialize are not valid."
        raise ProtocolError(types.ErrorCodes.InvalidParams, sentence) from error
    ls.wire.state = State.RUNNING
    ls.session.encoding = ls.client.encoding
    ls.initial_options = ls.client.initialization_options
    configuration.apply(ls, None)
    workspace_folders.begin(ls)
    if ls.client.process_id is not None:
        ls.watch(wait_until_gone(ls.client.process_id))
    return types.InitializeResult(
        capabilities=_capabilities(ls),
        server_info=types.ServerInfo(ls.name, ls.version),
    )


async def initialized(ls: CornermanServer, _: object) -> None:
    """Register what the client wants registered, and ask for its settings."""
    await asyncio.gather(
        update_registration(ls), configuration.begin(ls), workspace_folders.watch(ls)
    )
    ls.settings_files.watch(partial(configuration.read_again, ls))
    ls.status.start()


def shutdown(ls: CornermanServer, _: object) -> None:
    """Answer everything that is open as cancelled; only ``exit`` is obeyed from now on."""
    ls.status.stop()
    ls.settings_files.stop()
    ls.wire.cancel_all()
    ls.wire.state = State.SHUT_DOWN


def leave(ls: CornermanServer, _: object) -> None:
    """``exit``: leave at once, whatever is still running."""
    ls.stop()


def _capabilities(ls: CornermanServer) -> types.ServerCapabilities:
    settings = ls.session.settings
    is_static = not ls.client.registers_inline_completion
    return types.ServerCapabilities(
        position_encoding=types.PositionEncodingKind(ls.session.encoding.value),
        text_document_sync=types.TextDocumentSyncOptions(
            open_close=True, change=types.TextDocumentSyncKind.Incremental
        ),
        inline_completion_provider=types.InlineCompletionOptions() if is_static else None,
        completion_provider=types.CompletionOptions() if settings.completion.popup else None,
        code_action_provider=_code_actions(ls),
        execute_command_provider=types.ExecuteCommandOptions(list(COMMANDS)),
        workspace=types.WorkspaceOptions(
            workspace_folders=types.WorkspaceFoldersServerCapabilities(
                supported=True, change_notifications=True
            )
        ),
    )


def _code_actions(ls: CornermanServer) -> bool | types.CodeActionOptions:
    if not ls.client.takes_code_actions:
        return True
    return types.CodeActionOptions(LSP_KINDS, resolve_provider=ls.client.resolves_edits or None)
