"""A client of a remote engine that is not what it should be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk, GenerationRequest
from cornerman.engine.client import EngineClient
from cornerman.engine.remote_address import Remote
from support.engine import DEADLINE, fim
from support.fake_openai import FakeOpenAI, serving

KEY = "k3y-that-nobody-may-see"
"""For tests to put into the variable TEST_KEY."""
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
