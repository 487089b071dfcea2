"""A remote engine: what it is asked, and what is made of its answers."""

from __future__ import annotations

import asyncio

import pytest

from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk, FinishReason
from cornerman.engine.capabilities import KINDS, OLLAMA, OTHER, VLLM
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
    stalls,
    status,
)
from support.remote_client import CODE, KEY, connected, read


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
