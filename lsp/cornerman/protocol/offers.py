"""Edits from the request to the editor: made, converted, and applied if asked to."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from cornerman.core.actions import ActionKind, ActionRequest, Offer, OfferStatus, Progress
from cornerman.core.documents import TOO_LONG, DocumentSnapshot
from cornerman.core.errors import BadInputError
from cornerman.protocol.convert_edits import workspace_edit
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.progress import WorkProgress
from cornerman.protocol.replies import says_yes
from cornerman.session.actions import STALE

_UNDECLARED_SECONDS = 20.0

_TITLES = {
    ActionKind.EXPLAIN: "Explaining",
    ActionKind.FIX: "Fixing",
    ActionKind.DOCUMENT: "Documenting",
    ActionKind.TEST: "Writing tests",
    ActionKind.TODO: "Completing",
    ActionKind.REVIEW: "Reviewing",
}


def title_of(kind: ActionKind) -> str:
    """What the progress of an action is called."""
    return _TITLES.get(kind, "Refactoring")


def require_document(ls: CornermanServer, uri: str, version: int | None = None) -> DocumentSnapshot:
    """The open document, in that version if one is given.

    Raises:
        BadInputError: it is not open, has changed since, or is too long.
    """
    snapshot = ls.session.documents.get(uri)
    if snapshot is None:
        raise BadInputError("The document is not open; open it in the editor first.")
    if version is not None and version != snapshot.version:
        raise BadInputError(STALE)
    if snapshot.is_too_long:
        raise BadInputError(TOO_LONG)
    return snapshot


async def make(ls: CornermanServer, request: ActionRequest, token: int | str | None) -> Offer:
    """The offer for a request, with its progress on the screen.

    Raises:
        CornermanError: the engine or the model failed.
    """
    session = ls.session
    async with ls.progresses.show(ls, title_of(request.kind), token) as progress:
        return await session.actions.offer(
            replace(request, documents=dict(session.documents)),
            session.settings,
            lambda news: report(progress, news),
        )


def report(progress: WorkProgress, news: Progress) -> None:
    """Show how far an action is: its words, tokens and speed."""
    parts = [news.message] if news.message else []
    if news.tokens:
        parts.append(f"{news.tokens} tokens")
    if news.tokens_per_second:
        parts.append(f"{news.tokens_per_second:.0f} tokens/s")
    progress.report(", ".join(parts))


def current(ls: CornermanServer, offer: Offer) -> Offer:
    """The offer, refused if one of its open documents is not what it was made for any more."""
    documents = ls.session.documents
    for edit in offer.edits:
        now = documents.get(edit.uri)
        if now is not None and now.text != edit.snapshot.text:
            return _refused(offer, STALE)
    return offer


def edit_of(ls: CornermanServer, offer: Offer) -> types.WorkspaceEdit:
    """The edit as this client takes it."""
    session = ls.session
    return workspace_edit(offer, ls.client, session.encoding, session.documents)


async def apply(ls: CornermanServer, offer: Offer) -> Offer:
    """Have the editor make the edit; refused if it does not.

    It may take its time to ask the user, unless it has not even said that it makes edits.
    """
    params = types.ApplyWorkspaceEditParams(edit_of(ls, offer), offer.title)
    seconds = None if ls.client.applies_edits else _UNDECLARED_SECONDS
    try:
        result = await asyncio.wait_for(ls.workspace_apply_edit_async(params), seconds)
    except (JsonRpcException, asyncio.TimeoutError):
        return _refused(offer, "This editor cannot apply an edit that a server makes.")
    if not says_yes(result, "applied"):
        return _refused(offer, "The editor did not apply the edit.")
    created = [edit.uri for edit in offer.edits if edit.creates]
    if created and not ls.client.creates_files:
        name = created[0].rsplit("/", 1)[-1]
        ls.inform(f"{name} is new; save it to keep it.")
    return offer


def _refused(offer: Offer, reason: str) -> Offer:
    return replace(offer, status=OfferStatus.REFUSED, reason=reason, edits=())
