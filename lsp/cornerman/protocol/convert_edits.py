"""Edits and diagnostics, between LSP's types and ours."""

from __future__ import annotations

from collections.abc import Collection

from lsprotocol import types

from cornerman.core.actions import Diagnostic, FileEdit, Offer, Severity
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.positions import PositionEncoding
from cornerman.protocol.client_profile import ClientProfile
from cornerman.protocol.convert import offset_of, plain_text, range_of

_ANNOTATION = "cornerman"


def workspace_edit(
    offer: Offer, client: ClientProfile, encoding: PositionEncoding, opened: Collection[str]
) -> types.WorkspaceEdit:
    """The edits of an offer in the best form the client takes.

    ``opened`` has the URIs of the open documents; only their versions mean something.
    """
    if not client.takes_document_changes:
        return types.WorkspaceEdit(
            changes={edit.uri: _text_edits(edit, encoding) for edit in offer.edits}
        )
    # A plugin that shows the edit itself has asked its user already when it applies it.
    annotation = _ANNOTATION if client.confirms_edits and not client.plugin.previews_edits else None
    changes: list[
        types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile
    ] = []
    for edit in offer.edits:
        if edit.creates and client.creates_files:
            options = types.CreateFileOptions(overwrite=False, ignore_if_exists=False)
            changes.append(types.CreateFile(edit.uri, "create", options, annotation))
        changes.append(_document_edit(edit, annotation, encoding, opened))
    return types.WorkspaceEdit(
        document_changes=changes,
        change_annotations=None if annotation is None else {annotation: _annotation(offer)},
    )


def problem_of(
    snapshot: DocumentSnapshot, diagnostic: types.Diagnostic, encoding: PositionEncoding
) -> Diagnostic:
    """A diagnostic of another server, in offsets of ``snapshot``."""
    start = offset_of(snapshot, diagnostic.range.start, encoding)
    end = offset_of(snapshot, diagnostic.range.end, encoding)
    severity = diagnostic.severity or types.DiagnosticSeverity.Error
    return Diagnostic(
        min(start, end),
        max(start, end),
        plain_text(diagnostic.message),
        Severity(int(severity)),
        plain_text(diagnostic.source or ""),
        plain_text(str(diagnostic.code)) if diagnostic.code is not None else "",
    )


def _document_edit(
    edit: FileEdit, annotation: str | None, encoding: PositionEncoding, opened: Collection[str]
) -> types.TextDocumentEdit:
    edits: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = []
    for one in _text_edits(edit, encoding):
        if annotation is None:
            edits.append(one)
        else:
            edits.append(types.AnnotatedTextEdit(annotation, one.range, one.new_text))
    version = edit.snapshot.version if edit.uri in opened else None
    document = types.OptionalVersionedTextDocumentIdentifier(edit.uri, version)
    return types.TextDocumentEdit(document, edits)


def _text_edits(edit: FileEdit, encoding: PositionEncoding) -> list[types.TextEdit]:
    return [
        types.TextEdit(range_of(edit.snapshot, one.start, one.end, encoding), one.text)
        for one in edit.edits
    ]


def _annotation(offer: Offer) -> types.ChangeAnnotation:
    passed = [check.name for check in offer.checks if check.passed]
    checked = f"Checked: {', '.join(passed)}." if passed else None
    return types.ChangeAnnotation(
        offer.title, needs_confirmation=True, description=offer.warning or checked
    )
