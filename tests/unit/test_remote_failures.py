"""A remote engine that fails: one sentence, a pause, no hang, and no secret told."""

from __future__ import annotations

import asyncio
import logging
import socket
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from cornerman.core.errors import (
    CornermanError,
    EngineRequestError,
    EngineUnavailableError,
    PromptTooLongError,
)
from cornerman.core.generation import Chunk
from cornerman.engine import remote as remote_module
from cornerman.engine.capabilities import VLLM
from cornerman.engine.client import EngineClient
from cornerman.engine.http import StatusError
from cornerman.engine.remote import RemoteLink
from cornerman.engine.remote_address import Remote
from cornerman.engine.remote_failures import asked_seconds
from support.engine import fim
from support.fake_openai import (
    TEXT,
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
from support.remote_client import CODE, KEY, connected, failure, read


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
