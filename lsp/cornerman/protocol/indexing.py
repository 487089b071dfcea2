"""The progress of indexing, as the editor shows it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cornerman.protocol.language_server import CornermanServer

_TITLE = "Indexing the workspace"


class IndexingProgress:
    """Told how indexing goes on; shows it while it lasts, if it lasts."""

    def __init__(self, ls: CornermanServer) -> None:
        self._ls = ls
        self._done = self._total = 0
        self._news = asyncio.Event()
        self._showing: asyncio.Task[None] | None = None

    def __call__(self, done: int, total: int) -> None:
        """``done`` of ``total`` files are indexed; it has ended when they are equal."""
        self._done, self._total = done, total
        self._news.set()
        if done < total and (self._showing is None or self._showing.done()):
            self._showing = asyncio.ensure_future(self._show())

    async def _show(self) -> None:
        async with self._ls.progresses.show(self._ls, _TITLE, None, cancellable=False) as progress:
            while self._done < self._total:
                text = f"{self._done} of {self._total} files"
                progress.report(text, 100 * self._done // self._total)
                self._news.clear()
                await self._news.wait()
