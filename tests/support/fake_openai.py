"""A server that misbehaves on purpose, for what real ones cannot be brought to do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

MODELS = {"object": "list", "data": [{"id": "m", "object": "model", "owned_by": "vllm"}]}
TEXT = {"choices": [{"index": 0, "text": "abc"}]}
END = {"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]}


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    line: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Connection:
    """One request's connection, to be answered in any way."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def begin(self) -> None:
        await self.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n")

    async def event(self, data: object) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        await self.send(f"data: {text}\n\n".encode())

    async def answer(self, status: int, body: object, **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        head = f"HTTP/1.1 {status} X\r\ncontent-length: {len(content)}\r\n{lines}\r\n"
        await self.send(head.encode() + content)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


Script = Callable[[Connection], Awaitable[None]]


def status(code: int, body: object = "secret", **headers: str) -> Script:
    """Answers with a status and a body."""

    async def script(connection: Connection) -> None:
        await connection.answer(code, body, **headers)

    return script


def events(*data: object) -> Script:
    """Streams events, and ends the connection."""

    async def script(connection: Connection) -> None:
        await connection.begin()
        for item in data:
            await connection.event(item)

    return script


good = events(TEXT, END, "[DONE]")


async def stalls(connection: Connection) -> None:
    """Begins to answer, and then says nothing until the client goes."""
    await connection.begin()
    await connection.event(TEXT)
    await connection.reader.read()


async def silent(connection: Connection) -> None:
    """Says nothing until the client goes."""
    await connection.reader.read()


async def hangs_up(connection: Connection) -> None:
    """Closes the connection without a word."""


@dataclass
class FakeOpenAI:
    """Answers POSTs as ``scripts`` say, one after the other, the last one for ever.

    GETs are answered by ``pages``, by path, and otherwise with 404.
    """

    scripts: list[Script]
    pages: dict[str, Script] = field(default_factory=lambda: {"/v1/models": status(200, MODELS)})
    asked: list[Asked] = field(default_factory=lambda: list[Asked]())
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def posts(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.line.startswith("POST")]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client was quicker
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii", "replace")
        line, *fields = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (f.partition(": ") for f in fields)}
        content = await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.append(Asked(line, headers, json.loads(content or b"{}")))
        connection = Connection(reader, writer)
        if line.startswith("POST"):
            script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
            await script(connection)
        else:
            await self.pages.get(line.split()[1], status(404))(connection)


@asynccontextmanager
async def serving(fake: FakeOpenAI) -> AsyncGenerator[FakeOpenAI]:
    """The server, listening on a loopback port of its own."""
    server = await asyncio.start_server(fake.serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
