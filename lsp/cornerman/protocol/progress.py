"""Work-done progress: what the editor shows while something takes long, and its cancel button."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from cornerman.protocol.language_server import CornermanServer

logger = logging.getLogger(__name__)

_SECONDS_UNSHOWN = 1.0
_SECONDS_BETWEEN_REPORTS = 0.25


class WorkProgress:
    """The progress of one piece of work. Reports before it is shown replace each other."""

    def __init__(self, ls: CornermanServer, title: str, *, cancellable: bool) -> None:
        self._ls = ls
        self._title = title
        self._cancellable = cancellable
        self._token: int | str | None = None
        self._latest: tuple[str, int | None] = ("", None)
        self._reported = 0.0

    def report(self, message: str, percentage: int | None = None) -> None:
        """Say how far the work is; calls in quick succession are thinned out.

        ``percentage`` is from 0 to 100; give it always or never.
        """
        self._latest = (message, percentage)
        now = asyncio.get_running_loop().time()
        if self._token is not None and now - self._reported >= _SECONDS_BETWEEN_REPORTS:
            self._reported = now
            self._send(
                types.WorkDoneProgressReport(
                    message=message, percentage=percentage, cancellable=self._cancellable
                )
            )

    def begin(self, token: int | str) -> None:
        """Show the work from now on."""
        self._token = token
        message, percentage = self._latest
        self._send(
            types.WorkDoneProgressBegin(
                self._title,
                cancellable=self._cancellable,
                message=message or None,
                percentage=percentage,
            )
        )

    def end(self) -> None:
        """Take the work off the screen, if it was on it."""
        if self._token is not None:
            self._send(types.WorkDoneProgressEnd())
            self._token = None

    def _send(self, value: object) -> None:
        if self._token is not None:
            self._ls.progress(types.ProgressParams(self._token, value))


class Progresses:
    """The tokens in use, each with the task that its cancellation ends."""

    def __init__(self) -> None:
        self._tasks: dict[int | str, asyncio.Task[object]] = {}
        self._numbers = itertools.count(1)

    @asynccontextmanager
    async def show(
        self,
        ls: CornermanServer,
        title: str,
        token: int | str | None,
        *,
        cancellable: bool = True,
    ) -> AsyncGenerator[WorkProgress]:
        """Around the work of the current task.

        With the client's ``token`` it is shown at once; without one under a token of the
        server's own after a second, if the client can. The client's cancel button cancels the
        task. However the work ends, its token is free afterwards.
        """
        progress = WorkProgress(ls, title, cancellable=cancellable)
        task = asyncio.current_task()
        delayed: asyncio.Task[None] | None = None
        if task is not None and token is None and ls.client.creates_progress:
            token = f"cornerman/{next(self._numbers)}"
            delayed = asyncio.ensure_future(_begin_later(ls, progress, token))
        elif token is not None:
            progress.begin(token)
        if task is not None and token is not None and cancellable:
            self._tasks[token] = task
        try:
            yield progress
        finally:
            if delayed is not None:
                delayed.cancel()
            if token is not None and self._tasks.get(token) is task:
                del self._tasks[token]
            progress.end()

    def cancel(self, token: int | str) -> None:
        """End the work with that token, if there is any."""
        task = self._tasks.get(token)
        if task is not None:
            task.cancel()


def cancel_progress(ls: CornermanServer, params: types.WorkDoneProgressCancelParams) -> None:
    """``window/workDoneProgress/cancel``: end the work; its request is answered as cancelled."""
    ls.progresses.cancel(params.token)


async def _begin_later(ls: CornermanServer, progress: WorkProgress, token: str) -> None:
    await asyncio.sleep(_SECONDS_UNSHOWN)
    try:
        params = types.WorkDoneProgressCreateParams(token)
        await ls.window_work_done_progress_create_async(params)
    except JsonRpcException:
        logger.info("the client refused to show the progress of some work")
        return
    progress.begin(token)
