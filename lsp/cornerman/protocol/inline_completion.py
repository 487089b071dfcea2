"""``textDocument/inlineCompletion``, and its registration."""

from __future__ import annotations

import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from cornerman.protocol import convert
from cornerman.protocol.language_server import CornermanServer
from cornerman.session import Record

logger = logging.getLogger(__name__)

ACCEPTED_COMMAND = "cornerman.accepted"
_REGISTRATION_ID = "cornerman.inlineCompletion"


async def inline_completion(
    ls: CornermanServer, params: types.InlineCompletionParams
) -> types.InlineCompletionList:
    """The suggestion, by the deadline, or an empty list; several when asked for by hand."""
    session = ls.session
    snapshot = session.documents.get(params.text_document.uri)
    if snapshot is None:
        logger.info("no completion: the document is not open")
        return types.InlineCompletionList(items=[])
    asked = convert.asked(snapshot, params, session.encoding)
    is_automatic = params.context.trigger_kind is types.InlineCompletionTriggerKind.Automatic

    record = await session.complete(asked.snapshot, asked.offset, is_automatic=is_automatic)

    accept = accept_command(record)
    return types.InlineCompletionList(
        items=[
            convert.inline_item(snapshot, asked.in_document(completion), accept, session.encoding)
            for completion in record.completions
        ]
    )


def accept_command(record: Record) -> types.Command:
    """What a client runs when the user takes a suggestion."""
    return types.Command("Accept the suggestion", ACCEPTED_COMMAND, None, [record.id])


async def update_registration(ls: CornermanServer) -> None:
    """Make a client with dynamic registration ask only while completion is enabled."""
    is_wanted = ls.session.settings.completion.enabled
    if not ls.client.registers_inline_completion or is_wanted is ls.registered_inline_completion:
        return
    ls.registered_inline_completion = is_wanted
    try:
        if is_wanted:
            await ls.client_register_capability_async(_registration())
        else:
            await ls.client_unregister_capability_async(_unregistration())
    except JsonRpcException:
        ls.registered_inline_completion = not is_wanted
        logger.warning("the client refused to change the registration of inline completion")


def _registration() -> types.RegistrationParams:
    options = types.InlineCompletionRegistrationOptions()
    return types.RegistrationParams(
        [types.Registration(_REGISTRATION_ID, types.TEXT_DOCUMENT_INLINE_COMPLETION, options)]
    )


def _unregistration() -> types.UnregistrationParams:
    return types.UnregistrationParams(
        [types.Unregistration(_REGISTRATION_ID, types.TEXT_DOCUMENT_INLINE_COMPLETION)]
    )
