"""The pass that brings the indexes up to date: a process of its own, at the lowest priority.

So it neither slows completions nor takes memory of the server for longer than it runs.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from cornerman.settings import ContextSettings

logger = logging.getLogger(__name__)

OnIndexing = Callable[[int, int], None]
"""Told how many of how many files are indexed; both are the same number at the end."""

# The editor and the engine have enough to do in the first moments of a session.
_DELAY_SECONDS = 1.0


class Indexing:
    """For one event loop. Runs at most one pass at a time; indexes are kept below ``state``."""

    def __init__(self, state: Path, on_indexing: OnIndexing) -> None:
        self._state = state
        self._on_indexing = on_indexing
        self._task: asyncio.Task[None] | None = None
        self._ending: set[asyncio.Task[None]] = set()

    @property
    def is_running(self) -> bool:
        """True while a pass runs or is about to."""
        return self._task is not None and not self._task.done()

    def begin(self, folders: Sequence[Path], settings: ContextSettings) -> None:
        """Index the folders, one after the other, if nothing is being indexed."""
        if not self.is_running:
            self._task = asyncio.ensure_future(self._run(list(folders), settings))

    def stop(self) -> None:
        """End the pass; what it has done so far is kept."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            self._ending.add(self._task)
            self._task.add_done_callback(self._ending.discard)
            self._task = None

    async def finished(self) -> None:
        """Wait for the end of the pass that runs, if there is one."""
        if self._task is not None:
            await asyncio.wait({self._task})

    async def aclose(self) -> None:
        """End the pass and wait until its process is gone."""
        self.stop()
        await asyncio.gather(*self._ending, return_exceptions=True)

    async def _run(self, folders: Sequence[Path], settings: ContextSettings) -> None:
        await asyncio.sleep(_DELAY_SECONDS)
        try:
            for folder in folders:
                await self._index(folder, settings)
        except OSError as error:
            logger.warning("the workspace could not be indexed: %s", type(error).__name__)
        finally:
            self._on_indexing(0, 0)

    async def _index(self, folder: Path, settings: ContextSettings) -> None:
        exclude = [f"--exclude={pattern}" for pattern in settings.exclude]
        size = f"--max-file-kib={settings.max_file_kib}"
        command = (sys.executable, "-m", "cornerman", "index", "--background", size)
        process = await asyncio.create_subprocess_exec(
            *command,
            *exclude,
            "--",
            str(folder),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "CORNERMAN_STATE_DIR": str(self._state)},
            # -m puts the working directory on the module path: never let that be a project's.
            cwd=sys.prefix,
        )
        try:
            assert process.stdout is not None  # noqa: S101  (for the type checker: it is a pipe)
            async for line in process.stdout:
                done, total = json.loads(line)
                self._on_indexing(int(done), int(total))
            code = await process.wait()
            logger.info("indexed a folder of the workspace: exit code %d", code)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
            # The loop may be closed next: nothing of the process must be left open in it.
            if process.stdin is not None:
                process.stdin.close()
            if process.stdout is not None:
                await process.stdout.read()
