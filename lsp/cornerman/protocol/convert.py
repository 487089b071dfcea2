"""The only place that translates between LSP's types and ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from lsprotocol import types
from pygls.protocol import default_converter

from cornerman.core.completions import Completion
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.positions import Position, PositionEncoding

if TYPE_CHECKING:
    from cattrs import Converter

_LARGEST = 2**31 - 1
_SURROGATE = re.compile("[\ud800-\udfff]")


def lsp_converter() -> Converter:
    """The converter of pygls, made tolerant where editors are known to differ from the standard."""
    converter = default_converter()
    converter.register_structure_hook(types.Position, _position)
    converter.register_structure_hook(types.InlineCompletionTriggerKind, _trigger_kind)
    return converter


def opened(item: types.TextDocumentItem) -> DocumentSnapshot:
    """The first snapshot of a document."""
    text = plain_text(item.text)
    return DocumentSnapshot(item.uri, item.language_id, item.version, text).bounded()


def changed(
    snapshot: DocumentSnapshot,
    change: types.TextDocumentContentChangeEvent,
    version: int,
    encoding: PositionEncoding,
) -> DocumentSnapshot:
    """The snapshot after one change: of a range, or of the whole document."""
    text = plain_text(change.text)
    if not isinstance(change, types.TextDocumentContentChangePartial):
        return DocumentSnapshot(snapshot.uri, snapshot.language_id, version, text).bounded()
    if snapshot.is_too_long:
        return replace(snapshot, version=version)
    start = offset_of(snapshot, change.range.start, encoding)
    end = offset_of(snapshot, change.range.end, encoding)
    return snapshot.replace(min(start, end), max(start, end), text, version).bounded()


def to_lsp_position(position: Position) -> types.Position:
    """The same position in LSP's type."""
    return types.Position(position.line, position.character)


def offset_of(
    snapshot: DocumentSnapshot, position: types.Position, encoding: PositionEncoding
) -> int:
    """The offset of a client's position."""
    return snapshot.index.offset(Position(position.line, position.character), encoding)


def range_of(
    snapshot: DocumentSnapshot, start: int, end: int, encoding: PositionEncoding
) -> types.Range:
    """The client's range of two offsets."""
    index = snapshot.index
    return types.Range(
        to_lsp_position(index.position(start, encoding)),
        to_lsp_position(index.position(end, encoding)),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """The cursor a completion is asked for, in the text as it would be there.

    That is the document, or the document with an item taken that is selected in a list: ``chosen``
    then stands left of the cursor, for ``end - start`` characters of the document.
    """

    snapshot: DocumentSnapshot
    offset: int
    chosen: str = ""
    start: int = 0
    end: int = 0

    def in_document(self, completion: Completion) -> Completion:
        """The same completion for the document: it begins with what was chosen."""
        if not self.chosen:
            return completion
        end = self.end + completion.end - self.offset
        return Completion(self.chosen + completion.text, self.start, end)


def asked(
    snapshot: DocumentSnapshot, params: types.InlineCompletionParams, encoding: PositionEncoding
) -> Asked:
    """What a request for an inline completion asks about."""
    offset = offset_of(snapshot, params.position, encoding)
    selected = params.context.selected_completion_info
    if selected is None or not selected.text:
        return Asked(snapshot, offset)
    start = offset_of(snapshot, selected.range.start, encoding)
    end = offset_of(snapshot, selected.range.end, encoding)
    if not start <= offset <= end:
        return Asked(snapshot, offset)
    chosen = plain_text(selected.text)
    taken = snapshot.replace(start, end, chosen, snapshot.version)
    return Asked(taken, start + len(chosen), chosen, start, end)


def inline_item(
    snapshot: DocumentSnapshot,
    completion: Completion,
    accept: types.Command,
    encoding: PositionEncoding,
) -> types.InlineCompletionItem:
    """A completion with its explicit range; ``accept`` runs when the user takes it."""
    where = range_of(snapshot, completion.start, completion.end, encoding)
    return types.InlineCompletionItem(insert_text=completion.text, range=where, command=accept)


def plain_text(text: str) -> str:
    """Text that can be encoded: half a surrogate pair becomes U+FFFD.

    That changes no position, because both are equally long in every encoding.
    """
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def _position(raw: Any, _: object) -> types.Position:
    """Some clients mean "the end" by the largest number they know, beyond what LSP allows."""
    fields = cast("Mapping[str, object]", raw)
    line, character = fields["line"], fields["character"]
    if not (type(line) is int and type(character) is int):
        raise TypeError("a position is not made of integers")
    return types.Position(min(line, _LARGEST), min(character, _LARGEST))


def _trigger_kind(raw: Any, _: object) -> types.InlineCompletionTriggerKind:
    """Drafts of LSP 3.18 and VS Code's own API count from 0."""
    if type(raw) is not int:
        raise TypeError("a trigger kind is an integer")
    is_invoked = raw in {0, types.InlineCompletionTriggerKind.Invoked.value}
    kinds = types.InlineCompletionTriggerKind
    return kinds.Invoked if is_invoked else kinds.Automatic
