from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cornerman.core.errors import (
    BadInputError,
    CornermanError,
    EngineRequestError,
    EngineUnavailableError,
    ModelMissingError,
    PromptTooLongError,
)
from cornerman.core.generation import (
    Chunk,
    FinishReason,
    GenerationRequest,
    Message,
    Prompt,
    SamplingParams,
    Text,
    Timings,
)
from cornerman.engine import client as client_module
from cornerman.engine.client import EngineClient, probe
from cornerman.engine.endpoint import Endpoint
from cornerman.engine.requests import GenerationBody
from support.engine import DEADLINE, fim

TEXT = {"choices": [{"text": "abc"}]}
END = {
    "choices": [{"text": "", "finish_reason": "length"}],
    "timings": {"cache_n": 1, "prompt_n": 2, "prompt_ms": 3, "predicted_n": 4, "predicted_ms": 5},
}


@dataclass
class ScriptedEngine:
    """Answers one request a connection as the next function of ``scripts`` does."""

    folder: Path
    scripts: list[Callable[[Connection], Awaitable[None]]]
    requests: list[dict[str, Any]] = field(default_factory=lambda: list[dict[str, Any]]())
    connects: int = 0

    async def connect(self) -> Endpoint:
        self.connects += 1
        return Endpoint("http://engine", socket=self.folder / "s")

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        if length:
            self.requests.append(json.loads(await reader.readexactly(int(length))))
        await self.scripts.pop(0)(Connection(reader, writer))
        writer.close()


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def begin(self) -> None:
        await self.send(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n")
        await self.send(b"transfer-encoding: chunked\r\n\r\n")

    async def event(self, data: object) -> None:
        text = data if isinstance(data, str) else json.dumps(data)
        event = f"data: {text}\n\n".encode()
        await self.send(b"%x\r\n%s\r\n" % (len(event), event))

    async def json(self, status: int, body: object) -> None:
        content = json.dumps(body).encode()
        await self.send(b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n" % (status, len(content)))
        await self.send(content)

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


async def good(connection: Connection) -> None:
    await connection.begin()
    await connection.send(b"f\r\n: still at work\r\n2\r\n\n\n\r\n")
    await connection.event(TEXT)
    await connection.event(END)
    await connection.event("[DONE]")
    await connection.send(b"0\r\n\r\n")


async def dies_at_once(connection: Connection) -> None:
    pass


async def dies_before_output(connection: Connection) -> None:
    await connection.begin()


async def dies_in_the_middle(connection: Connection) -> None:
    await connection.begin()
    await connection.event(TEXT)


@asynccontextmanager
async def scripted(
    folder: Path, *scripts: Callable[[Connection], Awaitable[None]]
) -> AsyncGenerator[tuple[EngineClient, ScriptedEngine]]:
    engine = ScriptedEngine(folder, list(scripts))
    server = await asyncio.start_unix_server(engine.serve, folder / "s")
    client = EngineClient(engine.connect)
    yield client, engine
    await client.aclose()
    server.close()


async def read(client: EngineClient, request: GenerationRequest | None = None) -> list[Chunk]:
    return [chunk async for chunk in client.stream(request or fim("x = "))]


async def test_chunks_and_the_cost_at_the_end(tmp_path: Path) -> None:
    async with scripted(tmp_path, good) as (client, engine):
        chunks = await read(client)
    assert chunks == [
        Chunk("abc"),
        Chunk("", finish=FinishReason.LENGTH, timings=Timings(1, 2, 3.0, 4, 5.0)),
    ]
    assert engine.requests[0]["stream"] is True


@pytest.mark.parametrize("death", [dies_at_once, dies_before_output])
async def test_an_engine_lost_before_any_output_is_replaced_once(
    tmp_path: Path, death: Callable[[Connection], Awaitable[None]]
) -> None:
    async with scripted(tmp_path, death, good) as (client, engine):
        assert len(await read(client)) == 2
        assert engine.connects == 2
    (tmp_path / "again").mkdir()
    async with scripted(tmp_path / "again", death, death, good) as (client, engine):
        with pytest.raises(EngineUnavailableError):
            await read(client)


async def test_an_engine_lost_in_the_middle_costs_this_answer_only(tmp_path: Path) -> None:
    async with scripted(tmp_path, dies_in_the_middle, good) as (client, engine):
        with pytest.raises(EngineRequestError, match="in the middle"):
            await read(client)
        assert len(await read(client)) == 2
        assert engine.connects == 2


async def test_nobody_there_is_an_error_in_a_sentence(tmp_path: Path) -> None:
    engine = ScriptedEngine(tmp_path, [])
    client = EngineClient(engine.connect)
    with pytest.raises(EngineUnavailableError, match=r"\.$"):
        await read(client)
    with pytest.raises(EngineUnavailableError, match=r"\.$"):
        await client.health()
    assert await probe(await engine.connect()) is None


@pytest.mark.parametrize(
    ("status", "kind", "expected"),
    [
        (404, "model_missing", ModelMissingError),
        (404, "model_not_found", BadInputError),
        (400, "prompt_too_long", PromptTooLongError),
        (400, "invalid_request_error", EngineRequestError),
        (503, "engine_unavailable", EngineUnavailableError),
        (500, "server_error", EngineRequestError),
    ],
)
async def test_errors_arrive_as_what_they_were(
    tmp_path: Path, status: int, kind: str, expected: type[CornermanError]
) -> None:
    error = {"error": {"message": "Do this.", "type": kind}}

    async def refuse(connection: Connection) -> None:
        await connection.json(status, error)

    async def fail_late(connection: Connection) -> None:
        await connection.begin()
        await connection.event(TEXT)
        await connection.event(error)

    async with scripted(tmp_path, refuse, fail_late) as (client, _):
        for _ in range(2):
            with pytest.raises(expected) as caught:
                await read(client)
            assert type(caught.value) is expected


async def test_foreign_answers_are_not_quoted(tmp_path: Path) -> None:
    async def html(connection: Connection) -> None:
        await connection.json(502, "<html>secret</html>")

    async def no_stream(connection: Connection) -> None:
        await connection.json(200, {"secret": 1})

    async def garbage(connection: Connection) -> None:
        await connection.begin()
        await connection.event("secret")

    async with scripted(tmp_path, html, no_stream, garbage) as (client, _):
        for _ in range(3):
            with pytest.raises(EngineRequestError) as caught:
                await read(client)
            assert "secret" not in str(caught.value)


async def test_closing_the_stream_closes_the_connection(tmp_path: Path) -> None:
    closed = asyncio.Event()

    async def endless(connection: Connection) -> None:
        await connection.begin()
        await connection.event(TEXT)
        await connection.reader.read()
        closed.set()

    async with scripted(tmp_path, endless) as (client, _):
        stream = client.stream(fim("x = "))
        await anext(stream)
        await stream.aclose()
        await asyncio.wait_for(closed.wait(), DEADLINE)


async def test_cancelling_the_reader_closes_the_connection(tmp_path: Path) -> None:
    asked, closed = asyncio.Event(), asyncio.Event()

    async def silent(connection: Connection) -> None:
        asked.set()
        await connection.reader.read()
        closed.set()

    async with scripted(tmp_path, silent) as (client, _):
        task = asyncio.create_task(read(client))
        await asyncio.wait_for(asked.wait(), DEADLINE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(closed.wait(), DEADLINE)


async def test_an_engine_that_stalls_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "_STALL_SECONDS", 0.2)

    async def stalls(connection: Connection) -> None:
        await connection.begin()
        await connection.event(TEXT)
        await connection.reader.read()

    async with scripted(tmp_path, stalls) as (client, _):
        with pytest.raises(EngineRequestError, match="in time"):
            await asyncio.wait_for(read(client), DEADLINE)


async def test_text_that_json_cannot_hold_is_sent_all_the_same(tmp_path: Path) -> None:
    broken = "\ud83d"
    prompts = (
        Prompt((Text(broken),), broken),
        (Message("user", broken),),
    )
    async with scripted(tmp_path, good, good) as (client, engine):
        for prompt in prompts:
            await read(client, GenerationRequest("m", prompt, SamplingParams(1)))
    assert [("messages" in r, "prompt" in r) for r in engine.requests] == [
        (False, True),
        (True, False),
    ]


def test_a_request_survives_the_wire() -> None:
    request = fim("a = ", "b", stop=("\n", "#"), logprobs=True)
    wire = GenerationBody.of(request).model_dump_json(exclude_none=True)
    assert GenerationBody.model_validate_json(wire).request() == request
