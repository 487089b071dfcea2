"""A remote engine that fails: one sentence, a pause, no hang, and no secret told."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from cornerman.core.errors import (
    CornermanError,
    EngineRequestError,
    EngineUnavailableError,
    PromptTooLongError,
)
from cornerman.core.generation import Chunk, FinishReason, GenerationRequest
from cornerman.engine import remote as remote_module
from cornerman.engine.capabilities import KINDS, OLLAMA, OTHER, VLLM
from cornerman.engine.client import EngineClient
from cornerman.engine.http import StatusError
from cornerman.engine.remote import RemoteLink
from cornerman.engine.remote_address import Remote
from cornerman.engine.remote_failures import asked_seconds
from support.engine import DEADLINE, fim
from support.fake_openai import (
    END,
    MODELS,
    TEXT,
    Connection,
    FakeOpenAI,
    Script,
    events,
    good,
    hangs_up,
    serving,
    silent,
    stalls,
    status,
)

KEY = "k3y-that-nobody-may-see"
CODE = "secret_source = 1\n"


@asynccontextmanager
async def connected(fake: FakeOpenAI, model: str = "m") -> AsyncGenerator[EngineClient]:
    async with serving(fake):
        address = Remote(fake.url, model, key_variable="TEST_KEY")

        async def connect() -> Remote:
            return address

        client = EngineClient(connect)
        try:
            yield client
        finally:
            await client.aclose()


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("TEST_KEY", KEY)
    return KEY


async def read(client: EngineClient, request: GenerationRequest | None = None) -> list[Chunk]:
    async def collect() -> list[Chunk]:
        return [chunk async for chunk in client.stream(request or fim(CODE))]

    return await asyncio.wait_for(collect(), DEADLINE)


async def failure(client: EngineClient) -> CornermanError:
    with pytest.raises(CornermanError) as caught:
        await read(client)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert not any(word in sentence for word in ("secret", KEY, "Traceback"))
    return caught.value


async def test_the_key_and_the_prompt_go_there_and_the_answer_comes_back() -> None:
    fake = FakeOpenAI([good])
    async with connected(fake) as client:
        assert await read(client) == [Chunk("abc"), Chunk("", finish=FinishReason.STOP)]
        assert await client.capabilities() == KINDS[VLLM]
        assert (await client.health()).backend == VLLM
    assert {asked.headers["authorization"] for asked in fake.asked} == {f"Bearer {KEY}"}
    assert fake.posts[0].line == "POST /v1/completions HTTP/1.1"
    assert fake.posts[0].body["model"] == "m"


async def test_a_server_is_asked_once_what_it_is() -> None:
    fake = FakeOpenAI([good])
    async with connected(fake) as client:
        await asyncio.gather(*(read(client) for _ in range(4)))
        await read(client)
    assert len(fake.posts) == 5
    assert len(fake.asked) == 6


@pytest.mark.parametrize(
    ("pages", "kind"),
    [
        ({"/v1/models": status(200, {"data": []}), "/api/version": status(200, {"version": "1"})},
         OLLAMA),
        ({"/v1/models": status(200, {"data": [{"id": "m"}]})}, OTHER),
        ({"/v1/models": hangs_up}, OTHER),
        ({}, OTHER),
    ],
)  # fmt: skip
async def test_kinds_of_server_are_told_apart(pages: dict[str, Script], kind: str) -> None:
    async with connected(FakeOpenAI([good], pages)) as client:
        assert (await client.health()).backend == kind
        assert await client.capabilities() == KINDS[kind]
        assert len(await read(client)) == 2


@pytest.mark.parametrize(
    ("script", "expected", "says"),
    [
        (status(401), EngineUnavailableError, "key"),
        (status(403), EngineUnavailableError, "TEST_KEY"),
        (status(404), EngineUnavailableError, "engine.remote_model"),
        (status(429), EngineUnavailableError, "more requests"),
        (status(500), EngineUnavailableError, "HTTP 500"),
        (status(502, "<html>secret"), EngineUnavailableError, "HTTP 502"),
        (status(307, "", location="http://example.invalid/"), EngineUnavailableError, "redirects"),
        (status(200, "<html>secret"), EngineUnavailableError, "engine.url"),
        (events("secret"), EngineUnavailableError, "engine.url"),
        (events(TEXT), EngineRequestError, "broke off"),
        (events(TEXT, {"error": {"message": "secret", "type": "invalid_request_error"}}),
         EngineRequestError, "failed"),
        (hangs_up, EngineRequestError, "broke off"),
    ],
)  # fmt: skip
async def test_each_failure_is_a_sentence(
    script: Script, expected: type[CornermanError], says: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with connected(FakeOpenAI([script])) as client:
        error = await failure(client)
    assert type(error) is expected
    assert says in str(error)
    assert KEY not in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.parametrize("code", [400, 422])
async def test_a_refused_request_does_not_stop_the_next(code: int) -> None:
    async with connected(FakeOpenAI([status(code), good])) as client:
        assert type(await failure(client)) is EngineRequestError
        assert len(await read(client)) == 2


async def test_a_prompt_that_is_too_long_is_told_with_both_figures() -> None:
    error = {"type": "exceed_context_size_error", "n_prompt_tokens": 6001, "n_ctx": 2048}
    async with connected(FakeOpenAI([status(400, {"error": error}), good])) as client:
        found = await failure(client)
        assert type(found) is PromptTooLongError
        assert "6001" in str(found)
        assert "2048" in str(found)
        assert len(await read(client)) == 2


async def test_a_model_that_is_not_there_is_told_with_those_that_are() -> None:
    async with connected(FakeOpenAI([status(404)]), model="other") as client:
        assert "'other'" in str(await failure(client))
    async with connected(FakeOpenAI([status(404)]), model="other") as client:
        assert "one of: m." in str(await failure(client))


async def test_nobody_there_is_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"

        async def connect() -> Remote:
            return Remote(url, "m")

        client = EngineClient(connect)
        error = await failure(client)
        with pytest.raises(EngineUnavailableError):
            await client.health()
        await client.aclose()
    assert "cannot be reached" in str(error)


async def test_no_secure_connection_is_a_sentence() -> None:
    async def plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Speak plainly\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(plain, "127.0.0.1", 0)
    link = RemoteLink(Remote(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", "m"))
    with pytest.raises(EngineUnavailableError, match="SSL_CERT_FILE"):
        await link.health()
    await link.aclose()
    server.close()


@pytest.mark.parametrize("script", [stalls, silent])
async def test_a_stall_is_given_up(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_module, "_STALL_SECONDS", 0.2)
    async with connected(FakeOpenAI([script])) as client:
        assert "in time" in str(await failure(client))


async def test_while_a_server_fails_it_is_left_alone() -> None:
    clock = [0.0]
    fake = FakeOpenAI([status(503), status(503), good])
    async with serving(fake):
        link = RemoteLink(Remote(fake.url, "m"), clock=lambda: clock[0])

        async def ask() -> list[Chunk]:
            return [chunk async for chunk in link.stream(fim(CODE))]

        sentences: set[str] = set()
        for _ in range(20):
            with pytest.raises(EngineUnavailableError) as caught:
                await ask()
            sentences.add(str(caught.value))
        assert len(sentences) == 1
        assert len(fake.posts) == 1
        clock[0] += 1.0
        with pytest.raises(EngineUnavailableError):
            await ask()
        assert len(fake.posts) == 2
        clock[0] += 2.0
        assert len(await ask()) == 2
        assert len(await ask()) == 2
        await link.aclose()


async def test_a_server_that_limits_us_says_for_how_long() -> None:
    clock = [0.0]
    fake = FakeOpenAI([status(429, "", retry_after="30"), good])
    async with serving(fake):
        link = RemoteLink(Remote(fake.url, "m"), clock=lambda: clock[0])
        stream = link.stream(fim(CODE))
        with pytest.raises(EngineUnavailableError):
            await anext(stream)
        clock[0] = 29.0
        with pytest.raises(EngineUnavailableError):
            await link.health()
        clock[0] = 30.0
        assert (await link.health()).backend == VLLM
        await link.aclose()


def test_retry_after_may_be_a_date() -> None:
    later = datetime.now(timezone.utc) + timedelta(hours=1)
    assert 3000 < asked_seconds(StatusError(429, b"", format_datetime(later))) <= 3600
    for nothing in ("", "soon", "-5", "Wed, 21 Oct 2015 07:28:00 GMT"):
        assert asked_seconds(StatusError(429, b"", nothing)) == 0


async def test_a_connection_that_was_closed_while_idle_costs_nothing() -> None:
    async with connected(FakeOpenAI([hangs_up, good])) as client:
        assert len(await read(client)) == 2


async def test_a_server_that_ends_without_the_last_word_has_ended_all_the_same() -> None:
    async with connected(FakeOpenAI([events(TEXT, END)])) as client:
        assert len(await read(client)) == 2


async def test_a_server_that_ignores_the_grammar_is_asked_without() -> None:
    models = {"data": [{"id": "m", "owned_by": "llamacpp"}]}
    fake = FakeOpenAI([good], {"/v1/models": status(200, models)})
    async with connected(fake) as client:
        assert (await client.capabilities()).healing
        chunks = await read(client, fim(CODE, "ret"))
        assert "".join(chunk.text for chunk in chunks) == "abc"
        assert not (await client.capabilities()).healing
        await read(client, fim(CODE, "ret"))
    assert ["grammar" in post.body for post in fake.posts] == [True, False, False]


async def test_closing_the_stream_closes_the_connection() -> None:
    closed = asyncio.Event()

    async def endless(connection: Connection) -> None:
        await stalls(connection)
        closed.set()

    async with connected(FakeOpenAI([endless])) as client:
        stream = client.stream(fim(CODE))
        await anext(stream)
        await stream.aclose()
        await asyncio.wait_for(closed.wait(), DEADLINE)


async def test_requests_that_are_cancelled_do_not_cancel_the_question_what_it_is() -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(connection: Connection) -> None:
        asked.set()
        await go_on.wait()
        await status(200, MODELS)(connection)

    fake = FakeOpenAI([good], {"/v1/models": slow})
    async with connected(fake) as client:
        task = asyncio.create_task(read(client))
        await asyncio.wait_for(asked.wait(), DEADLINE)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        go_on.set()
        assert len(await read(client)) == 2
    assert len(fake.asked) == 2


async def test_our_own_engine_elsewhere_keeps_its_words_and_learns_no_path() -> None:
    models = {"data": [{"id": "m", "owned_by": "cornerman"}]}
    missing = {"error": {"message": "Run this.", "type": "model_missing"}}
    fake = FakeOpenAI([good, status(404, missing)], {"/v1/models": status(200, models)})
    async with connected(fake) as client:
        await read(client, fim(CODE, "x"))
        with pytest.raises(CornermanError, match=r"^Run this\.$"):
            await read(client)
    extensions = fake.posts[0].body["cornerman"]
    assert extensions["required_start"] == "x"
    assert len(extensions["session"]) == 32
