"""The files of settings: read when they change, without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from cornerman.settings import WORKSPACE_FILE, user_file

_LOOK_SECONDS = 2.0

_Look = tuple[tuple[int, int] | None, ...]


class SettingsFiles:
    """Looks at the user's file and those of the workspace folders, and tells of changes.

    Editors report changes of files only within the workspace, and not all of them do; two or
    three questions to the file system every other second cost nothing.
    """

    def __init__(self) -> None:
        self._paths: tuple[Path, ...] = ()
        self._seen: _Look = ()
        self._task: asyncio.Task[None] | None = None

    def expect(self, folders: Sequence[Path]) -> None:
        """The files are about to be read: what is there now counts as known."""
        self._paths = (user_file(), *(folder / WORKSPACE_FILE for folder in folders))
        self._seen = self._look()

    def watch(self, on_change: Callable[[], Awaitable[None]]) -> None:
        """Tell of changes from now on."""
        if self._task is None:
            self._task = asyncio.ensure_future(self._run(on_change))

    def stop(self) -> None:
        """Watch no longer."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self, on_change: Callable[[], Awaitable[None]]) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            seen = await asyncio.to_thread(self._look)
            if seen != self._seen:
                await on_change()

    def _look(self) -> _Look:
        return tuple(_stamp(path) for path in self._paths)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size
