"""``textDocument/didOpen``, ``didChange`` and ``didClose``: our copy of the open documents."""

from __future__ import annotations

import logging
from typing import cast

from lsprotocol import types

from cornerman.protocol import convert
from cornerman.protocol.commands.review import withdraw
from cornerman.protocol.language_server import CornermanServer

logger = logging.getLogger(__name__)


def did_open(ls: CornermanServer, params: types.DidOpenTextDocumentParams) -> None:
    """Keep the document from now on."""
    ls.session.put(convert.opened(params.text_document))


def did_change(ls: CornermanServer, params: types.DidChangeTextDocumentParams) -> None:
    """Apply every change, each to the result of the one before."""
    session = ls.session
    snapshot = session.documents.get(params.text_document.uri)
    if snapshot is None:
        logger.warning("dropped a change of a document that is not open")
        return
    version = params.text_document.version
    for change in params.content_changes:
        snapshot = convert.changed(snapshot, change, version, session.encoding)
    session.put(snapshot)
    withdraw(ls, snapshot.uri)


def did_close(ls: CornermanServer, params: types.DidCloseTextDocumentParams) -> None:
    """Forget the document."""
    ls.session.forget(params.text_document.uri)
    withdraw(ls, params.text_document.uri)


def distrust(ls: CornermanServer, method: str, raw: object) -> None:
    """Forget a document after a change that could not be read: the copy is wrong from now on.

    Nothing is suggested there until the editor opens it again.
    """
    if method == types.TEXT_DOCUMENT_DID_CHANGE and isinstance(raw, dict):
        document = cast("dict[str, object]", raw).get("textDocument")
        uri = cast("dict[str, object]", document).get("uri") if isinstance(document, dict) else None
        if isinstance(uri, str):
            ls.session.forget(uri)
