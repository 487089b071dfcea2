"""Windows of an editor to be hit by faults, and faults that a test cannot make by itself."""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

from cornerman.engine.endpoint import SOCKET_NAME
from cornerman.engine.peer import listener_at
from support.engine import DEADLINE, engines_in
from support.rpc import SERVE, RpcClient
from support.tiny_models import tiny_family

_SOURCE = "def add_{}(first, second):\n    return fir"


class Window:
    """An editor window with a real server, and the engine that all windows of a folder share."""

    def __init__(self, folder: Path, client: RpcClient, env: Mapping[str, str]) -> None:
        self.folder = folder
        self.env = env
        self.client = client
        self._numbers = itertools.count(1)

    @property
    def told(self) -> list[str]:
        """The sentences that the user was shown, in order."""
        shown = self.client.sent_by_server("window/showMessage")
        return [message["params"]["message"] for message in shown]

    def was_told(self, *words: str) -> None:
        """Of each fault there was one sentence with these words, and none of anything else."""
        assert len(self.told) == len(words), self.told
        for sentence, expected in zip(self.told, words, strict=True):
            assert expected in sentence
            assert sentence.endswith(".")

    def engine(self) -> psutil.Process:
        """The one engine of this user."""
        (engine,) = engines_in(self.folder)
        return engine

    async def served(self) -> bool:
        """Whether a model wrote something for a file that was never seen before.

        What it writes is nothing to be shown: the weights are random.
        """
        number = next(self._numbers)
        uri, source = f"file:///chaos-{number}.py", _SOURCE.format(number)
        await self.client.open(uri, source)
        asked = await self.client.ask_completion(uri, 1, len(source.splitlines()[-1]))
        await self.client.answer(asked)
        latest, *_ = await self.client.run_command("cornerman.why")
        return latest["timings"] is not None

    async def back(self) -> None:
        """Wait until something is served, as it should be soon."""

        async def ask_again() -> None:
            while not await self.served():
                pass

        await asyncio.wait_for(ask_again(), self.client.deadline)

    @asynccontextmanager
    async def engine_of(self, *command: str) -> AsyncGenerator[psutil.Process]:
        """An engine that this window has not started: ``command``, once it listens."""
        path = Path(self.env["CORNERMAN_RUNTIME_DIR"]) / SOCKET_NAME
        starting = await asyncio.create_subprocess_exec(*command, env={**os.environ, **self.env})

        async def until_it_listens() -> None:
            while await asyncio.to_thread(listener_at, path) is None:
                assert starting.returncode is None, "it has ended"

        try:
            await asyncio.wait_for(until_it_listens(), DEADLINE)
            yield self.engine()
        finally:
            if starting.returncode is None:
                starting.kill()
            await starting.wait()

    async def kill_engine(self) -> None:
        engine = self.engine()
        engine.send_signal(signal.SIGKILL)
        await asyncio.to_thread(psutil.wait_procs, [engine], DEADLINE)


@asynccontextmanager
async def window(
    folder: Path,
    *,
    env: Mapping[str, str] | None = None,
    command: Sequence[str] = SERVE,
    deadline: float = DEADLINE,
    **settings: object,
) -> AsyncGenerator[Window]:
    """A window with all of Cornerman's folders in ``folder``, and a tiny model.

    Every wait has the generous ``deadline``, in seconds.
    """
    own = {
        "CORNERMAN_RUNTIME_DIR": str(folder / "run"),
        "CORNERMAN_CACHE_DIR": str(folder / "cache"),
        "CORNERMAN_STATE_DIR": str(folder / "STATE"),
        **(env or {}),
    }
    options = {"model": str(tiny_family("qwen2.5-coder").gguf), **settings}
    async with await RpcClient.start(folder, command, own) as client:
        client.deadline = deadline
        await client.initialize(initializationOptions=options)
        yield Window(folder, client, own)


def end_engines(folder: Path) -> None:
    """End what is left running."""
    for engine in engines_in(folder):
        engine.kill()
        engine.wait(DEADLINE)


def mounted(folder: Path, options: str, then: str, command: Sequence[str]) -> list[str]:
    """``command`` in a view of the file system of its own.

    In it a new file system with mount ``options`` is at ``folder``; the shell runs ``then`` there
    first.
    """
    script = f'mount -t tmpfs -o {options} none "$1" && cd "$1" && {then}; shift; exec "$@"'
    isolated = ["unshare", "--mount"] if os.getuid() == 0 else ["unshare", "-rm"]
    return [*isolated, "sh", "-c", script, "sh", str(folder), *command]
