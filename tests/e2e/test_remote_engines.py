"""Completions from real servers of other projects, through the client that editors use."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from cornerman.core.completions import CompletionRequest
from cornerman.core.errors import CornermanError, EngineUnavailableError, PromptTooLongError
from cornerman.core.generation import (
    Chunk,
    FinishReason,
    GenerationRequest,
    Message,
    SamplingParams,
)
from cornerman.engine.capabilities import KINDS, LLAMA_CPP, OTHER
from cornerman.engine.client import EngineClient
from cornerman.engine.remote_address import Remote, remote_of
from cornerman.features.complete import complete
from cornerman.models import catalog, store
from cornerman.pipelines import EnginePipelines
from cornerman.settings import STARTER_MODEL, CompletionSettings, Settings, parse
from support.engine import DEADLINE, fim
from support.golden import at_cursor
from support.remote_servers import llama_cpp_server, mlx_lm_server

KEY = "a-key-of-a-team"


def settings_for(url: str, model: str, key_file: Path) -> Settings:
    engine = {"url": url, "remote_model": model, "api_key_file": str(key_file)}
    settings, problems = parse({"engine": engine})
    assert problems == []
    return settings


def client_for(settings: Settings) -> EngineClient:
    remote = remote_of(settings)
    assert remote is not None

    async def connect() -> Remote:
        return remote

    return EngineClient(connect)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    key_file = tmp_path_factory.mktemp("llama") / "key"
    key_file.write_text(f"{KEY}\n")
    model = store.require(catalog.find(STARTER_MODEL))
    with llama_cpp_server(model, KEY) as url:
        yield settings_for(url, "starter", key_file)


@pytest.fixture(scope="module")
def mlx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder = tmp_path_factory.mktemp("mlx")
    key_file = folder / "key"
    key_file.write_text(KEY)
    with mlx_lm_server(folder) as (url, model):
        yield settings_for(url, model, key_file)


@pytest.fixture
async def to_llama(llama: Settings) -> AsyncIterator[EngineClient]:
    client = client_for(llama)
    yield client
    await client.aclose()


@pytest.fixture
async def to_mlx(mlx: Settings) -> AsyncIterator[EngineClient]:
    client = client_for(mlx)
    yield client
    await client.aclose()


async def collect(client: EngineClient, request: GenerationRequest) -> tuple[str, list[Chunk]]:
    async def read() -> list[Chunk]:
        return [chunk async for chunk in client.stream(request)]

    chunks = await asyncio.wait_for(read(), DEADLINE)
    return "".join(chunk.text for chunk in chunks), chunks


async def suggested(client: EngineClient, marked: str) -> str:
    """The document with the suggestion at its cursor in it."""
    snapshot, offset = at_cursor(marked)
    model = catalog.find(STARTER_MODEL)
    outcome = await complete(
        CompletionRequest(snapshot, offset), CompletionSettings(), model, client
    )
    assert outcome.completion is not None, outcome.reason
    return snapshot.text[:offset] + outcome.completion.text + snapshot.text[offset:]


async def test_llama_server_is_known_for_what_it_can_do(to_llama: EngineClient) -> None:
    assert (await to_llama.health()).backend == LLAMA_CPP
    assert await to_llama.capabilities() == KINDS[LLAMA_CPP]


async def test_llama_server_heals_the_word_at_the_cursor(to_llama: EngineClient) -> None:
    document = "def encode(text):\n    return text.encode()\n\n\nresult = enco‸\nprint(result)\n"
    done = await suggested(to_llama, document)
    assert "result = encode(" in done


async def test_llama_server_fills_a_function_that_runs(to_llama: EngineClient) -> None:
    document = (
        "def mean(values: list[float]) -> float:\n"
        '    """The arithmetic mean of the values."""\n    ‸\n\n\nprint(mean([1.0, 2.0]))\n'
    )
    done = await suggested(to_llama, document)
    scope: dict[str, object] = {}
    exec(compile(done.rpartition("print(")[0], "suggested", "exec"), scope)
    mean = scope["mean"]
    assert callable(mean)
    assert mean([1.0, 2.0, 6.0]) == 3.0


async def test_llama_server_keeps_its_cache_from_keystroke_to_keystroke(
    to_llama: EngineClient,
) -> None:
    before = "".join(f"value_{n} = compute({n})\n" for n in range(30))
    await collect(to_llama, fim(before, "tot", max_tokens=2))
    _, chunks = await collect(to_llama, fim(before, "total = va", max_tokens=2))
    assert chunks[-1].timings is not None
    assert chunks[-1].timings.evaluated <= 6
    assert chunks[-1].timings.cached > 200


async def test_llama_server_tells_log_probabilities(to_llama: EngineClient) -> None:
    _, chunks = await collect(to_llama, fim("def add(a, b):\n", "    ret", logprobs=True))
    told = [value for chunk in chunks for value in chunk.logprobs]
    assert len(told) > 4
    assert max(told) <= 0


async def test_llama_server_takes_any_source_code(to_llama: EngineClient) -> None:
    for typed in ('"é\\日本', "x = [[", "<|fim_mid", "\x01\x7f", "😀😀", "'\\n\\x"):
        _, chunks = await collect(to_llama, fim("a = 1\n", typed, max_tokens=4))
        assert chunks[-1].finish is not None
    assert (await to_llama.capabilities()).healing


async def test_llama_server_chats(to_llama: EngineClient) -> None:
    messages = (Message("user", "Answer with one word: what is the capital of France?"),)
    request = GenerationRequest(STARTER_MODEL, messages, SamplingParams(max_tokens=8))
    text, chunks = await collect(to_llama, request)
    assert "Paris" in text
    assert len(chunks) > 1


async def test_llama_server_stops_when_the_stream_is_closed(
    llama: Settings, to_llama: EngineClient
) -> None:
    def slot() -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {KEY}"}
        answer = httpx2.get(f"{llama.engine.url}slots", headers=headers, timeout=DEADLINE)
        slots: list[dict[str, Any]] = json.loads(answer.content)
        return slots[0]

    decoded = 0
    stream = to_llama.stream(fim("numbers = [", max_tokens=1900))
    await anext(stream)
    assert (await asyncio.to_thread(slot))["is_processing"]
    await stream.aclose()
    while (state := await asyncio.to_thread(slot))["is_processing"]:
        decoded = state["next_token"][0]["n_decoded"]
    assert decoded < 200


async def test_llama_server_says_how_long_its_context_is(to_llama: EngineClient) -> None:
    with pytest.raises(PromptTooLongError, match="2048"):
        await collect(to_llama, fim("a b " * 3000))


async def test_llama_server_refuses_a_wrong_key(llama: Settings, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not-the-key")
    client = client_for(settings_for(str(llama.engine.url), "starter", wrong))
    with pytest.raises(EngineUnavailableError, match="does not accept the key") as caught:
        await collect(client, fim("a"))
    assert "not-the-key" not in str(caught.value)
    await client.aclose()


async def test_the_pipelines_of_a_language_server_use_a_remote(llama: Settings) -> None:
    pipelines = EnginePipelines()
    snapshot, offset = at_cursor("import os\n\n\ndef cwd():\n    return os.getc‸\n")
    outcome = await pipelines.complete(CompletionRequest(snapshot, offset), llama)
    assert outcome.completion is not None, outcome.reason
    assert outcome.completion.text.startswith("wd()")
    status = await pipelines.status(llama)
    assert status.backend.startswith("llama.cpp at 127.0.0.1:")
    await pipelines.aclose()


async def test_mlx_lm_server_completes(to_mlx: EngineClient) -> None:
    """Its model is random, so its words mean nothing; but greedy ones are always the same."""
    assert (await to_mlx.health()).backend == OTHER
    assert await to_mlx.capabilities() == KINDS[OTHER]
    request = fim("def add(a, b):\n", "    ret", max_tokens=12, logprobs=True)
    first, chunks = await collect(to_mlx, request)
    again, _ = await collect(to_mlx, request)
    assert first
    assert first == again
    assert chunks[-1].finish in (FinishReason.LENGTH, FinishReason.STOP)


async def test_mlx_lm_server_serves_the_completion_feature(to_mlx: EngineClient) -> None:
    snapshot, offset = at_cursor("def add(a, b):\n    return a ‸\n")
    model = catalog.find(STARTER_MODEL)
    settings = CompletionSettings(max_line_tokens=16)
    outcome = await complete(CompletionRequest(snapshot, offset), settings, model, to_mlx)
    assert outcome.completion is not None or outcome.reason


async def test_mlx_lm_server_chats(to_mlx: EngineClient) -> None:
    messages = (Message("user", "hello"),)
    request = GenerationRequest(STARTER_MODEL, messages, SamplingParams(max_tokens=5))
    _, chunks = await collect(to_mlx, request)
    assert chunks[-1].finish in (FinishReason.LENGTH, FinishReason.STOP)


async def test_mlx_lm_server_names_its_model_to_who_asks_for_another(
    mlx: Settings, tmp_path: Path
) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(KEY)
    client = client_for(settings_for(str(mlx.engine.url), "another", key_file))
    with pytest.raises(CornermanError, match="to one of") as caught:
        await collect(client, fim("a"))
    assert str(mlx.engine.remote_model)[:40] in str(caught.value)
    await client.aclose()
