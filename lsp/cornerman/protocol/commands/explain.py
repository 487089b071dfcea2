"""``cornerman.explain``: the code at a place, explained."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from cornerman.core.actions import ActionKind, ActionRequest, DefinitionLink
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.positions import PositionEncoding
from cornerman.protocol import offers
from cornerman.protocol.action_items import range_json
from cornerman.protocol.action_kinds import EXPLAIN_COMMAND
from cornerman.protocol.commands.arguments import (
    ActionArguments,
    DiagnosticArgument,
    PositionArgument,
    RangeArgument,
    offsets,
    only,
    problem,
    valid,
)
from cornerman.protocol.convert import range_of
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.show_text import show_text
from cornerman.protocol.wire import ProtocolError


class _Explain(ActionArguments):
    position: PositionArgument | None = None
    range: RangeArgument | None = None
    diagnostic: DiagnosticArgument | None = None
    partial_result_token: int | str | None = None
    show: bool = False


async def explain(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, object]:
    """``cornerman.explain``: what is at a position, in a range or behind a diagnostic.

    The text goes out in pieces by ``$/progress`` when there is a token, and as a whole at the end.
    """
    sentence = f"{EXPLAIN_COMMAND} takes one object with uri and position, range or diagnostic."
    wanted = valid(_Explain, only(arguments), sentence)
    snapshot = offers.require_document(ls, wanted.uri, wanted.version)
    request = _request(snapshot, wanted, ls.session.encoding)
    if request is None:
        raise ProtocolError(types.ErrorCodes.InvalidParams, sentence)
    text = await _text(ls, request, wanted)
    links = _links(request)
    if wanted.show:
        await show_text(ls, with_sources(text, links))
    definitions = [_as_json(snapshot, link, ls.session.encoding) for link in links]
    return {"text": text, "definitions": definitions}


def with_sources(text: str, links: Sequence[DefinitionLink]) -> str:
    """Markdown with links to the definitions it is about."""
    if not links:
        return text
    places = (f"[`{link.name}`]({link.uri}#L{link.first_line + 1})" for link in links)
    return f"{text.rstrip()}\n\nSee {', '.join(places)}.\n"


def _request(
    snapshot: DocumentSnapshot, wanted: _Explain, encoding: PositionEncoding
) -> ActionRequest | None:
    where, diagnostic = wanted.range, None
    if wanted.diagnostic is not None:
        diagnostic = problem(snapshot, wanted.diagnostic, encoding)
        where = where or wanted.diagnostic.range
    if where is None and wanted.position is not None:
        where = RangeArgument(start=wanted.position, end=wanted.position)
    if where is None:
        return None
    start, end = offsets(snapshot, where, encoding)
    return ActionRequest(ActionKind.EXPLAIN, snapshot, start, end, diagnostic=diagnostic)


def _links(request: ActionRequest) -> tuple[DefinitionLink, ...]:
    # Imported on first use, because an editor waits for the server to start.
    from cornerman.features.explain import definitions_used

    return definitions_used(request.snapshot, request.start, request.end)


def _as_json(
    snapshot: DocumentSnapshot, link: DefinitionLink, encoding: PositionEncoding
) -> dict[str, object]:
    index = snapshot.index
    start, end = index.line_start(link.first_line), index.line_end(link.last_line)
    where = range_of(snapshot, start, end, encoding)
    return {"name": link.name, "uri": link.uri, "range": range_json(where)}


async def _text(ls: CornermanServer, request: ActionRequest, wanted: _Explain) -> str:
    whole: list[str] = []
    session = ls.session
    title = offers.title_of(ActionKind.EXPLAIN)
    async with ls.progresses.show(ls, title, wanted.work_done_token) as progress:
        async for text in session.actions.explain(request, session.settings):
            whole.append(text)
            progress.report(f"{len(whole)} tokens")
            if wanted.partial_result_token is not None:
                ls.progress(types.ProgressParams(wanted.partial_result_token, {"text": text}))
    return "".join(whole)
