"""A client of a remote engine that is not what it should be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager

import pytest

from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk, GenerationRequest
from cornerman.engine.client import EngineClient
from cornerman.engine.remote_address import Remote
from support.engine import DEADLINE, fim
from support.fake_openai import FakeOpenAI, serving

KEY = "k3y-that-nobody-may-see"
"""Stands in the variable TEST_KEY while somebody is connected."""
CODE = "secret_source = 1\n"


@asynccontextmanager
async def connected(fake: FakeOpenAI, model: str = "m") -> AsyncGenerator[EngineClient]:
    async def connect() -> Remote:
        return Remote(fake.url, model, key_variable="TEST_KEY")

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_KEY", KEY)
        async with serving(fake), aclosing(EngineClient(connect)) as client:
            yield client


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
