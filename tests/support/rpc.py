"""A language client that only knows bytes and JSON, for tests of what is on the wire."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

DEADLINE_SECONDS = 30.0
_OWN_FOLDERS = ("CONFIG", "STATE", "RUNTIME")
SERVE = (sys.executable, "-m", "cornerman", "serve")

Json = dict[str, Any]


class ConnectionEndedError(Exception):
    """The server closed its output."""


def encode(message: object, header: str = "Content-Length: {length}\r\n\r\n") -> bytes:
    """A message as bytes; ``{length}`` in ``header`` stands for the length of the body."""
    body = json.dumps(message).encode()
    return header.format(length=len(body)).encode() + body


class RpcClient:
    """One server process. Use as ``async with await RpcClient.start(folder) as client``.

    Its standard error goes to ``stderr`` in that folder.

    Everything received is kept in ``received``, in order. Every wait has a generous ``deadline``,
    in seconds.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.received: list[Json] = []
        self.deadline = DEADLINE_SECONDS
        self._news = asyncio.Condition()
        self._ended = False
        self._last_id = 0
        self._reading = asyncio.ensure_future(self._read())

    @classmethod
    async def start(
        cls, folder: Path, command: Sequence[str] = SERVE, env: Mapping[str, str] | None = None
    ) -> Self:
        """Start ``command`` with all of Cornerman's own files under ``folder``."""
        own = {f"CORNERMAN_{kind}_DIR": str(folder / kind) for kind in _OWN_FOLDERS}
        with (folder / "stderr").open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **own, **(env or {})},
            )
        return cls(process)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        self._reading.cancel()

    async def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        await self.process.stdin.drain()

    async def send(self, message: object) -> None:
        await self.send_bytes(encode(message))

    async def request(self, method: str, params: object = None) -> int:
        """Send a request and return its id without waiting for the answer."""
        self._last_id += 1
        await self.send({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params})
        return self._last_id

    async def notify(self, method: str, params: object = None) -> None:
        await self.send({"jsonrpc": "2.0", "method": method, "params": params})

    async def answer(self, request_id: object) -> Json:
        """The response with that id: a message with ``result`` or ``error``."""
        return await self.wait_for(lambda m: m.get("id", "") == request_id and "method" not in m)

    async def call(self, method: str, params: object = None) -> Any:
        """The result of a request, which must not fail."""
        response = await self.answer(await self.request(method, params))
        assert "error" not in response, response
        return response["result"]

    async def error(self, method: str, params: object = None) -> Json:
        """The error of a request, which must fail."""
        response = await self.answer(await self.request(method, params))
        assert "result" not in response, response
        return response["error"]

    async def replies_to(self, data: bytes) -> list[Json]:
        """Everything the server sends between ``data`` and the answer to a request after it."""
        before = len(self.received)
        await self.send_bytes(data)
        probe = await self.request("workspace/executeCommand", {"command": "cornerman.why"})
        last = await self.answer(probe)
        return self.received[before : self.received.index(last)]

    async def wait_for_method(self, method: str, count: int = 1) -> Json:
        """The ``count``-th message that the server sent with this method."""
        await self.wait_for(lambda _: len(self.sent_by_server(method)) >= count)
        return self.sent_by_server(method)[count - 1]

    def sent_by_server(self, method: str) -> list[Json]:
        """The requests and notifications received so far with this method."""
        return [message for message in self.received if message.get("method") == method]

    async def wait_for(self, matches: Callable[[Json], bool]) -> Json:
        """The first message received, before or after now, that matches."""
        return await asyncio.wait_for(self._find(matches), self.deadline)

    async def _find(self, matches: Callable[[Json], bool]) -> Json:
        async with self._news:
            while True:
                for message in self.received:
                    if matches(message):
                        return message
                if self._ended:
                    raise ConnectionEndedError
                await self._news.wait()

    async def exit_code(self) -> int:
        """The process's exit code, once it has left by itself."""
        return await asyncio.wait_for(self.process.wait(), DEADLINE_SECONDS)

    async def close_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        await self.process.stdin.wait_closed()

    async def initialize(self, capabilities: Json | None = None, **params: object) -> Json:
        """``initialize`` and ``initialized``; returns the result of the former."""
        result: Json = await self.call(
            "initialize",
            {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **params},
        )
        await self.notify("initialized", {})
        return result

    async def run_command(self, command: str, *arguments: object) -> Any:
        """The result of one of the server's commands."""
        params = {"command": command, "arguments": arguments}
        return await self.call("workspace/executeCommand", params)

    async def ask_completion(self, uri: str, line: int = 0, character: int = 0) -> int:
        """Request an inline completion and return the request's id."""
        return await self.request(
            "textDocument/inlineCompletion",
            {
                "textDocument": {"uri": uri},
                "position": {"line": line, "character": character},
                "context": {"triggerKind": 2},
            },
        )

    async def open(self, uri: str, text: str) -> None:
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        await self.notify("textDocument/didOpen", {"textDocument": item})

    async def _read(self) -> None:
        assert self.process.stdout is not None
        try:
            while True:
                header = await self.process.stdout.readuntil(b"\r\n\r\n")
                assert header.startswith(b"Content-Length: "), header
                length = int(header[len(b"Content-Length: ") : -4])
                await self._take(json.loads(await self.process.stdout.readexactly(length)))
        except asyncio.IncompleteReadError:
            pass
        finally:
            async with self._news:
                self._ended = True
                self._news.notify_all()

    async def _take(self, message: Json) -> None:
        """A message has come."""
        async with self._news:
            self.received.append(message)
            self._news.notify_all()
