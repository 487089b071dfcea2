"""Text for editors that have no panel of ours: a Markdown file, opened in the editor."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import time
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from cornerman import paths
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.replies import says_yes

_FOLDER = "texts"
_KEPT_SECONDS = 24 * 3600
_KEPT_FILES = 20
_MESSAGE_CHARS = 1000

_numbers = itertools.count(1)


async def show_text(ls: CornermanServer, text: str) -> None:
    """Open ``text``, which is Markdown; as a message where the client opens no files."""
    if ls.client.shows_documents:
        path = await asyncio.to_thread(_write, text)
        params = types.ShowDocumentParams(path.as_uri(), take_focus=False)
        with contextlib.suppress(JsonRpcException):
            if says_yes(await ls.window_show_document_async(params), "success"):
                return
    cut = text if len(text) <= _MESSAGE_CHARS else text[:_MESSAGE_CHARS].rstrip() + " …"
    ls.inform(cut)


def _write(text: str) -> Path:
    """A new file that only the user can read; old ones go."""
    folder = paths.cache_dir() / _FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _tidy(folder)
    path = folder / f"cornerman-{os.getpid()}-{next(_numbers)}.md"
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path


def _tidy(folder: Path) -> None:
    files = [(path.stat().st_mtime, path) for path in folder.glob("cornerman-*.md")]
    newest_first = sorted(files, reverse=True)
    oldest = time.time() - _KEPT_SECONDS
    for number, (modified, path) in enumerate(newest_first, start=1):
        if modified < oldest or number >= _KEPT_FILES:
            path.unlink(missing_ok=True)
