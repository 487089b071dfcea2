"""``textDocument/inlineCompletion``, and its registration."""

from __future__ import annotations

import logging

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from cornerman.protocol import convert
from cornerman.protocol.language_server import CornermanServer

logger = logging.getLogger(__name__)

ACCEPTED_COMMAND = "cornerman.accepted"
_REGISTRATION_ID = "cornerman.inlineCompletion"


async def inline_completion(
    ls: CornermanServer, params: types.InlineCompletionParams
) -> types.InlineCompletionList:
    """At most one item, by the deadline; an empty list when there is nothing to suggest."""
    session = ls.session
    snapshot = session.documents.get(params.text_document.uri)
    if snapshot is None:
        logger.info("no completion: the document is not open")
        return types.InlineCompletionList(items=[])
    offset = convert.offset_of(snapshot, params.position, session.encoding)
    is_automatic = params.context.trigger_kind is types.InlineCompletionTriggerKind.Automatic

    record = await session.complete(snapshot, offset, is_automatic=is_automatic)

    if record.outcome.completion is None:
        return types.InlineCompletionList(items=[])
    accept = types.Command("Accept the suggestion", ACCEPTED_COMMAND, None, [record.id])
    return types.InlineCompletionList(
        items=[
            convert.inline_item(snapshot, record.outcome.completion, accept, session.encoding),
        ]
    )


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
