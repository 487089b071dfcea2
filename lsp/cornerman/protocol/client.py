"""An editor's side of the protocol: starts ``cornerman serve`` and talks to it over stdio.

For ``cornerman try``, the benchmarks and the tests, which all see what an editor would see.
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

from cornerman import __version__
from cornerman.core.positions import LineIndex, Position, PositionEncoding
from cornerman.protocol.convert import to_lsp_position

_EXPLAIN_TOKEN = "explain"  # noqa: S105


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file as the editor holds it."""

    uri: str
    index: LineIndex
    version: int = 1


@dataclass(frozen=True, slots=True)
class Suggested:
    """An item as an editor gets it: ``text`` for the offsets ``start`` to ``end`` of the file."""

    id: str
    text: str
    start: int
    end: int


class EditorClient:
    """One editor window with one language server. ``notices`` are the messages it was shown."""

    def __init__(self) -> None:
        self._client = LanguageClient("cornerman-client", __version__)
        self._encoding = PositionEncoding.UTF16
        self._on_text: Callable[[str], None] = lambda _text: None
        self.notices: list[str] = []
        # pygls sets attributes on handlers, which a bound method does not allow.
        self._client.feature(lsp.WINDOW_SHOW_MESSAGE)(partial(self._show_message))
        self._client.feature(lsp.PROGRESS)(partial(self._progress))

    async def start(self, root: Path, options: Mapping[str, object] | None = None) -> None:
        """Start a server for the folder ``root`` with ``initializationOptions``."""
        # -m puts the working directory on the module path: never let that be a project's.
        await self._client.start_io(  # pyright: ignore[reportUnknownMemberType]  # bare **kwargs
            sys.executable, "-m", "cornerman", "serve", cwd=sys.prefix
        )
        result = await self._client.initialize_async(
            lsp.InitializeParams(
                process_id=os.getpid(),
                root_uri=root.as_uri(),
                initialization_options=dict(options or {}),
                capabilities=lsp.ClientCapabilities(
                    general=lsp.GeneralClientCapabilities(
                        position_encodings=[lsp.PositionEncodingKind.Utf8]
                    )
                ),
            )
        )
        chosen = result.capabilities.position_encoding or lsp.PositionEncodingKind.Utf16
        self._encoding = PositionEncoding(str(getattr(chosen, "value", chosen)))
        self._client.initialized(lsp.InitializedParams())

    def open(self, path: Path, language_id: str, text: str) -> OpenFile:
        """Tell the server that ``path`` is open with ``text``."""
        file = OpenFile(path.as_uri(), LineIndex(text))
        item = lsp.TextDocumentItem(file.uri, language_id, 1, text)
        self._client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return file

    def close(self, file: OpenFile) -> None:
        """Tell the server that ``file`` is not open any more."""
        document = lsp.TextDocumentIdentifier(file.uri)
        self._client.text_document_did_close(lsp.DidCloseTextDocumentParams(document))

    def edit(self, file: OpenFile, start: int, end: int, text: str) -> OpenFile:
        """Replace offsets ``start`` to ``end``, and tell the server."""
        edited = file.index.text[:start] + text + file.index.text[end:]
        first = file.index.position(start, self._encoding)
        last = file.index.position(end, self._encoding)
        changed = OpenFile(file.uri, LineIndex(edited), file.version + 1)
        where = lsp.Range(to_lsp_position(first), to_lsp_position(last))
        self._client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(changed.version, file.uri),
                [lsp.TextDocumentContentChangePartial(where, text)],
            )
        )
        return changed

    async def suggest(
        self, file: OpenFile, offset: int, *, is_invoked: bool = False
    ) -> list[Suggested]:
        """The items at ``offset``; cancelling the call cancels the request, as editors do."""
        kinds = lsp.InlineCompletionTriggerKind
        params = lsp.InlineCompletionParams(
            context=lsp.InlineCompletionContext(kinds.Invoked if is_invoked else kinds.Automatic),
            text_document=lsp.TextDocumentIdentifier(file.uri),
            position=to_lsp_position(file.index.position(offset, self._encoding)),
        )
        request_id = str(uuid.uuid4())
        method = lsp.TEXT_DOCUMENT_INLINE_COMPLETION
        asking = self._client.protocol.send_request_async(method, params, request_id)
        # An answer still comes after a cancellation, and pygls wants to hand it to somebody.
        asking.add_done_callback(_take_note)
        try:
            answer = cast("lsp.InlineCompletionResult", await asyncio.shield(asking))
        except asyncio.CancelledError:
            self._client.cancel_request(lsp.CancelParams(request_id))
            raise
        items = answer.items if isinstance(answer, lsp.InlineCompletionList) else answer or []
        return [self._suggested(file, item, offset) for item in items]

    def _suggested(self, file: OpenFile, item: lsp.InlineCompletionItem, offset: int) -> Suggested:
        start = end = offset
        if item.range is not None:
            first, last = item.range.start, item.range.end
            start = file.index.offset(Position(first.line, first.character), self._encoding)
            end = file.index.offset(Position(last.line, last.character), self._encoding)
        text = item.insert_text
        arguments = item.command.arguments if item.command else None
        number = str(arguments[0]) if arguments else ""
        return Suggested(number, text if isinstance(text, str) else text.value, start, end)

    async def complete(self, file: OpenFile, offset: int) -> str:
        """The text suggested to somebody who asks for it at ``offset``, or "" if nothing is."""
        items = await self.suggest(file, offset, is_invoked=True)
        return items[0].text if items else ""

    async def explain(self, file: OpenFile, offset: int, on_text: Callable[[str], None]) -> str:
        """Explain the code at ``offset``; ``on_text`` gets each piece as it arrives."""
        self._on_text = on_text
        position = file.index.position(offset, self._encoding)
        answer = await self.command(
            "cornerman.explain",
            {
                "uri": file.uri,
                "position": {"line": position.line, "character": position.character},
                "partialResultToken": _EXPLAIN_TOKEN,
            },
        )
        return str(cast("dict[str, object]", plain(answer)).get("text", ""))

    async def command(self, name: str, *arguments: object) -> object:
        """Run a server command and return its result as it stands on the wire."""
        return plain(
            await self._client.workspace_execute_command_async(
                lsp.ExecuteCommandParams(name, list(arguments))
            )
        )

    async def stop(self) -> None:
        """Shut the server down as an editor does when its window closes."""
        await self._client.shutdown_async(None)
        self._client.exit(None)
        await self._client.stop()

    def _show_message(self, params: lsp.ShowMessageParams) -> None:
        self.notices.append(params.message)

    def _progress(self, params: lsp.ProgressParams) -> None:
        value = plain(params.value)
        if params.token == _EXPLAIN_TOKEN and isinstance(value, dict):
            self._on_text(str(cast("dict[str, object]", value).get("text", "")))


def _take_note(asking: asyncio.Future[object]) -> None:
    if not asking.cancelled():
        asking.exception()


def plain(value: object) -> object:
    """JSON values out of what pygls makes of untyped ones (named tuples)."""
    as_dict = getattr(value, "_asdict", None)
    if callable(as_dict):
        value = as_dict()
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {key: plain(item) for key, item in items}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in cast("list[object]", value)]
    return value
