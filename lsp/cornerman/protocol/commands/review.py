"""``cornerman.review``: remarks about a range, published as hints until the document changes."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from cornerman.core.actions import ActionKind, ActionRequest
from cornerman.core.errors import BadInputError
from cornerman.protocol import offers
from cornerman.protocol.action_items import range_json
from cornerman.protocol.action_kinds import REVIEW_COMMAND
from cornerman.protocol.commands.arguments import (
    ActionArguments,
    RangeArgument,
    offsets,
    only,
    valid,
)
from cornerman.protocol.convert import range_of
from cornerman.protocol.language_server import CornermanServer
from cornerman.session.actions import STALE


class _Review(ActionArguments):
    range: RangeArgument
    show: bool = False


async def review(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, object]:
    """``cornerman.review``: what a careful reader would say about a range."""
    sentence = f"{REVIEW_COMMAND} takes one object with uri and range."
    wanted = valid(_Review, only(arguments), sentence)
    session = ls.session
    snapshot = offers.require_document(ls, wanted.uri, wanted.version)
    start, end = offsets(snapshot, wanted.range, session.encoding)
    request = ActionRequest(ActionKind.REVIEW, snapshot, start, end)
    title = offers.title_of(ActionKind.REVIEW)
    async with ls.progresses.show(ls, title, wanted.work_done_token) as progress:
        comments = await session.actions.review(
            request, session.settings, lambda news: offers.report(progress, news)
        )
    if session.documents.get(wanted.uri) is not snapshot:
        raise BadInputError(STALE)
    remarks = [
        (range_of(snapshot, one.start, one.end, session.encoding), one.message) for one in comments
    ]
    _publish(ls, wanted.uri, snapshot.version, remarks)
    if wanted.show and not remarks:
        ls.inform("There is nothing to remark.")
    return {"comments": [{"range": range_json(at), "message": said} for at, said in remarks]}


def withdraw(ls: CornermanServer, uri: str) -> None:
    """Take the remarks about a document off the screen: it is not what they are about."""
    if uri in ls.reviewed:
        ls.reviewed.discard(uri)
        ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, []))


def _publish(
    ls: CornermanServer, uri: str, version: int, remarks: Sequence[tuple[types.Range, str]]
) -> None:
    hints = [
        types.Diagnostic(where, message, severity=types.DiagnosticSeverity.Hint, source="cornerman")
        for where, message in remarks
    ]
    if hints:
        ls.reviewed.add(uri)
        params = types.PublishDiagnosticsParams(uri, hints, version)
        ls.text_document_publish_diagnostics(params)
    else:
        withdraw(ls, uri)
