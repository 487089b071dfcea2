"""The engine's HTTP side, asked without a socket, with a scripted model behind it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from starlette.types import ASGIApp, Message, Send

from cornerman.engine.host.activity import Activity
from cornerman.engine.host.app import create_app
from cornerman.engine.host.scheduler import Scheduler
from support.engine import ScriptedBackend, shelf_of
from support.gguf import tiny_metadata, write_gguf


@dataclass
class Engine:
    app: ASGIApp
    http: httpx2.AsyncClient
    backend: ScriptedBackend
    activity: Activity
    scheduler: Scheduler
    model: str

    async def complete(self, **extra: object) -> httpx2.Response:
        body = {"model": self.model, "prompt": "x = ", **extra}
        return await self.http.post("/v1/completions", json=body)

    async def chat(self, **extra: object) -> httpx2.Response:
        messages = [{"role": "user", "content": "hello"}]
        body = {"model": self.model, "messages": messages, **extra}
        return await self.http.post("/v1/chat/completions", json=body)


@asynccontextmanager
async def engine(
    tmp_path: Path, *script: str | Exception, token: str = ""
) -> AsyncGenerator[Engine]:
    backend = ScriptedBackend(*script)
    scheduler, activity = Scheduler(), Activity()
    shelf = shelf_of(backend)
    app = create_app(scheduler, shelf, activity, token)
    model = str(write_gguf(tmp_path / "tiny.gguf", tiny_metadata()))
    transport = httpx2.ASGITransport(app)
    http = httpx2.AsyncClient(transport=transport, base_url="http://engine")
    yield Engine(app, http, backend, activity, scheduler, model)
    await http.aclose()
    await asyncio.to_thread(scheduler.close, shelf.close)
    assert backend.closed or not backend.loads


async def jobs(e: Engine, count: int) -> None:
    """Returns when so many jobs run or wait."""
    while (await asyncio.to_thread(e.scheduler.figures)).jobs < count:
        pass


def events(response: httpx2.Response) -> list[Any]:
    """The JSON of each event of a stream that is properly ended."""
    assert response.headers["content-type"] == "text/event-stream"
    *found, done, rest = response.text.split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(event.removeprefix("data: ")) for event in found]


async def post(e: Engine, gone: asyncio.Event, send: Send) -> None:
    """A streamed completion by plain ASGI, whose client leaves when ``gone`` is set."""
    body = json.dumps({"model": e.model, "prompt": "x", "stream": True}).encode()
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        await gone.wait()
        return {"type": "http.disconnect"}

    scope: dict[str, object] = {
        "type": "http",
        "method": "POST",
        "path": "/v1/completions",
        "headers": [],
        "query_string": b"",
    }
    await e.app(scope, receive, send)
