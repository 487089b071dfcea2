"""Several requests at once on one engine: warm KV, urgency, room for every prompt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cornerman.core.errors import PromptTooLongError
from cornerman.core.generation import (
    Chunk,
    FinishReason,
    GenerationRequest,
    Message,
    Priority,
    SamplingParams,
    Timings,
)
from cornerman.engine.client import EngineClient
from cornerman.engine.launcher import ensure_engine
from cornerman.settings import STARTER_MODEL, EngineSettings
from support.engine import DEADLINE, fim, private_folders

CONTEXT = 1024


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("sharing")
    with private_folders(path):
        yield path


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[EngineClient]:
    client = EngineClient(lambda: ensure_engine(EngineSettings(context_tokens=CONTEXT)))
    yield client
    await client.aclose()


async def collect(client: EngineClient, request: GenerationRequest) -> tuple[str, Timings]:
    chunks = [chunk async for chunk in client.stream(request)]
    timings = chunks[-1].timings
    assert timings is not None
    return "".join(chunk.text for chunk in chunks), timings


def code(name: str, lines: int) -> str:
    return "".join(f"{name}_{n} = {name}(first={n}, second={n * n})\n" for n in range(lines))


def window(name: str, typed: str = "") -> GenerationRequest:
    """A prompt of about 500 tokens."""
    return replace(fim(code(name, 32), f"{name}_{typed}", max_tokens=2), session=name)


def explain(question: str, *, tokens: int) -> GenerationRequest:
    messages = (Message("user", question),)
    sampling = SamplingParams(tokens)
    return GenerationRequest(STARTER_MODEL, messages, sampling, priority=Priority.ACTION)


async def test_windows_that_take_turns_evaluate_next_to_nothing(client: EngineClient) -> None:
    """Together they do not fit into the context, and still none fails or thrashes the other."""
    firsts = await asyncio.gather(*(collect(client, window(name)) for name in ("alpha", "beta")))
    assert all(480 < first.evaluated < 560 for _, first in firsts)
    for typed in ("3", "31", "314"):
        for name in ("alpha", "beta"):
            _, again = await collect(client, window(name, typed))
            assert again.evaluated <= 3


async def test_a_completion_interrupts_an_explanation_that_then_goes_on(
    client: EngineClient,
) -> None:
    question = explain("What does `git rebase` do? Explain it step by step.", tokens=60)
    await collect(client, question)  # a prompt evaluated in other steps may tie otherwise
    undisturbed, alone = await collect(client, question)
    completion = fim("def add(a, b):\n", "    ret", max_tokens=4)
    await collect(client, completion)  # its prompt is warm
    chunks: list[Chunk] = []
    waits: list[float] = []
    async for chunk in client.stream(question):
        chunks.append(chunk)
        if len(chunks) in (8, 20, 32):
            stream = client.stream(completion)
            started = time.monotonic()
            async for first in stream:
                if first.text:
                    waits.append(time.monotonic() - started)
                    break
            await stream.aclose()
    assert "".join(chunk.text for chunk in chunks) == undisturbed
    timings = chunks[-1].timings
    assert timings is not None
    assert timings.generated == alone.generated
    assert timings.evaluated <= alone.evaluated + 3, "each interruption costs one token"
    assert min(waits) < 0.3, "generous: what else runs on this machine is not known"


async def test_a_completion_interrupts_a_long_prefill(client: EngineClient) -> None:
    completion = fim("def sub(a, b):\n", "    ret", max_tokens=2)
    await collect(client, completion)
    long = explain(f"Explain this.\n{code('gamma', 24)}", tokens=4)
    reader = asyncio.create_task(collect(client, long))
    await _jobs(client, 1)
    await asyncio.wait_for(collect(client, completion), DEADLINE)
    assert not reader.done(), "the completion was first"
    text, timings = await reader
    assert text
    assert 400 < timings.evaluated < 500, "each token of the prompt once"


async def test_a_prompt_too_long_for_the_context_is_told_both_figures(
    client: EngineClient,
) -> None:
    with pytest.raises(PromptTooLongError, match=rf"has \d{{4}} tokens.* {CONTEXT}; send less"):
        await collect(client, fim(code("long", 200)))


async def test_the_latest_completion_of_a_session_wins(client: EngineClient) -> None:
    blocker = client.stream(fim("numbers = [1, 2, 3", max_tokens=1000))
    await anext(blocker)
    old, new = (replace(fim(f"x{n} = ", max_tokens=2), session="s") for n in range(2))
    reader = asyncio.create_task(_finish(client, old))
    await _jobs(client, 2)
    winner = asyncio.create_task(_finish(client, new))
    assert await reader is FinishReason.CANCELLED, "at once, though the engine is at work"
    assert (await anext(blocker)).text, "what runs is left alone"
    await blocker.aclose()
    assert await winner is FinishReason.LENGTH


RENAME = """\
Rename the function total_price to price_sum. Answer with the whole code and nothing else.
```python
def total_price(items, discounts, currency="EUR"):
    subtotal = sum(item.price * item.quantity for item in items)
    for discount in discounts:
        if discount.applies_to(items):
            subtotal -= discount.amount(subtotal)
    return Money(max(subtotal, 0), currency)
```"""


async def test_copies_are_guessed_from_the_prompt_and_stay_the_same(client: EngineClient) -> None:
    plain = explain(RENAME, tokens=96)
    expected, alone = await collect(client, plain)
    chunks = [chunk async for chunk in client.stream(replace(plain, copies_input=True))]
    assert "".join(chunk.text for chunk in chunks) == expected
    *told, last = chunks
    assert last.timings is not None
    assert last.timings.generated == alone.generated
    # Tokens of one call of the model come at one time.
    calls = {chunk.timings.decode_ms for chunk in told if chunk.timings}
    assert len(calls) < last.timings.generated / 1.5
    health = await client.health()
    assert health.loaded is not None
    assert health.loaded.copies_mib >= health.loaded.kv_mib


async def test_a_closed_stream_frees_the_engine(client: EngineClient) -> None:
    for long in (fim("numbers = [1, 2, 3", max_tokens=900), explain(code("delta", 24), tokens=4)):
        stream = client.stream(long)
        await anext(stream)
        await stream.aclose()
        started = time.monotonic()
        while (await client.health()).jobs:
            pass
        assert time.monotonic() - started < 3, "the rest would take much longer"


async def _finish(client: EngineClient, request: GenerationRequest) -> FinishReason | None:
    return [chunk async for chunk in client.stream(request)][-1].finish


async def _jobs(client: EngineClient, count: int) -> None:
    """Returns when so many jobs run or wait."""
    while (await client.health()).jobs < count:
        pass
