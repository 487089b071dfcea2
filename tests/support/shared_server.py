"""One server process that many sessions use, one after the other, and what it holds over time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import psutil

from support.correspondence import Correspondence, Json, OnResponse

_Result = TypeVar("_Result")
_CANCELLED, _REQUEST_FAILED, _INVALID_PARAMS, _NO_METHOD = -32800, -32803, -32602, -32601
_EXPECTED_ERRORS = (_CANCELLED, _REQUEST_FAILED, _INVALID_PARAMS, _NO_METHOD)

Start = Callable[[], Coroutine[Any, Any, Correspondence]]


@dataclass(frozen=True)
class Look:
    """What the server's process holds when a session has ended. ``memory`` in bytes."""

    memory: int
    tasks: int
    descriptors: int
    threads: int


class SharedServer:
    """A server for code that is not asynchronous; nothing is read while nobody calls.

    A session that fails may have broken the process: the next one gets a new one, so that the
    same session always ends the same way. ``looks`` and ``sent`` are of the present process,
    ``counts`` of all: responses by the code of their error, and whatever sessions add.
    """

    def __init__(self, start: Start) -> None:
        self.looks: list[Look] = []
        self.counts: Counter[str] = Counter()
        self._start = start
        self._loop = asyncio.new_event_loop()
        self._client: Correspondence | None = None
        self._is_in_session = False

    @property
    def sent(self) -> int:
        """Messages sent so far."""
        return self._client.sent if self._client else 0

    @property
    def last_id(self) -> int:
        """The id of the latest request."""
        return self._client.last_id if self._client else 0

    def begin_session(self) -> None:
        if self._client is None or self._is_in_session:
            self.close_process()
            self._client = self._run(self._start())
            self.looks.clear()
        self._is_in_session = True

    def end_session(self, tasks: int) -> None:
        """All was as it should be; ``tasks`` is what the server says of itself."""
        assert self._client is not None
        process = psutil.Process(self._client.process.pid)
        memory, descriptors = process.memory_info().rss, process.num_fds()
        self.looks.append(Look(memory, tasks, descriptors, process.num_threads()))
        self._is_in_session = False

    def notify(self, method: str, params: object) -> None:
        assert self._client is not None
        self._run(self._client.notify(method, params))

    def ask(self, method: str, params: object, check: OnResponse = lambda _response: None) -> None:
        """Send a request; its response must be a result or an error that is to be expected."""

        def on_response(response: Json) -> None:
            self.counts["responses"] += 1
            if "error" in response:
                assert response["error"]["code"] in _EXPECTED_ERRORS, response
                self.counts[str(response["error"]["code"])] += 1
            check(response)

        assert self._client is not None
        self._run(self._client.ask(method, params, on_response))

    def command(self, name: str, arguments: object) -> Any:
        assert self._client is not None
        return self._run(self._client.command(name, arguments))

    def all_answered(self) -> None:
        assert self._client is not None
        self._run(self._client.all_answered())

    def pause(self, seconds: float) -> None:
        self._run(asyncio.sleep(seconds))

    def close_process(self) -> None:
        if self._client is not None:
            self._run(self._client.__aexit__())
            self._client = None

    def close(self) -> None:
        self.close_process()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        return self._loop.run_until_complete(work)


@contextmanager
def shared_server(start: Start) -> Generator[SharedServer]:
    server = SharedServer(start)
    try:
        yield server
    finally:
        server.close()


def grown(figures: Sequence[int]) -> int:
    """By how much the least of the last third is more than the least of the middle third.

    What is only there for a moment raises the most, and what leaks raises the least.
    """
    third = len(figures) // 3
    assert third > 1, "too few to tell"
    return min(figures[-third:]) - min(figures[third : 2 * third])
