"""``textDocument/completion``: suggestions in the ordinary list, where the settings ask for it."""

from __future__ import annotations

from lsprotocol import types

from cornerman.core.completions import Completion
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.positions import PositionEncoding
from cornerman.protocol import convert
from cornerman.protocol.inline_completion import accept_command
from cornerman.protocol.language_server import CornermanServer

_LABEL_LENGTH = 60


async def completion(ls: CornermanServer, params: types.CompletionParams) -> types.CompletionList:
    """At most one item, by the deadline; the list is to be asked for again with every key."""
    session = ls.session
    snapshot = session.documents.get(params.text_document.uri)
    if snapshot is None or not session.settings.completion.popup:
        return types.CompletionList(is_incomplete=True, items=[])
    offset = convert.offset_of(snapshot, params.position, session.encoding)
    record = await session.complete(snapshot, offset, is_automatic=True)
    best = record.outcome.completion
    items = [_item(snapshot, best, offset, session.encoding)] if best is not None else []
    for item in items:
        item.command = accept_command(record)
    return types.CompletionList(is_incomplete=True, items=items)


def _item(
    snapshot: DocumentSnapshot, completion: Completion, offset: int, encoding: PositionEncoding
) -> types.CompletionItem:
    """The item replaces the word at the cursor too: clients filter by what they would replace."""
    word = _word_start(snapshot.text, offset)
    start = min(word, completion.start)
    text = snapshot.text[start : completion.start] + completion.text
    first_line, _, more = text.strip().partition("\n")
    label = first_line[:_LABEL_LENGTH] + ("…" if more or len(first_line) > _LABEL_LENGTH else "")
    return types.CompletionItem(
        label=label,
        kind=types.CompletionItemKind.Text,
        detail="Cornerman",
        filter_text=text,
        insert_text_mode=types.InsertTextMode.AsIs,
        text_edit=types.TextEdit(convert.range_of(snapshot, start, completion.end, encoding), text),
    )


def _word_start(text: str, offset: int) -> int:
    start = offset
    while start > 0 and (text[start - 1].isalnum() or text[start - 1] == "_"):
        start -= 1
    return start
