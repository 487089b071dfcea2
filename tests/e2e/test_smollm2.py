"""SmolLM2, for machines of very little memory: from its source to an answer, for real."""

from __future__ import annotations

from pathlib import Path

from cornerman.core.generation import GenerationRequest, Message, Priority, SamplingParams
from cornerman.engine.client import EngineClient
from cornerman.engine.launcher import ensure_engine
from cornerman.models import catalog, store
from cornerman.models.fit import judge
from cornerman.models.hardware import Machine
from cornerman.settings import EngineSettings
from support.engine import private_folders

NAME = "smollm2-135m-instruct"
TINY_MACHINE = Machine("chip", False, 2, 1 << 30, 1 << 29, 24 * 10**9)


async def test_it_is_fetched_checked_and_answers_within_little_memory(tmp_path: Path) -> None:
    spec = catalog.find(NAME)
    assert judge(spec, TINY_MACHINE).fit.value != "no"
    path = store.pull(spec, lambda _: None)
    assert store.locate(spec) == path
    messages = (Message("user", "Write a Python function that adds two numbers."),)
    request = GenerationRequest(
        NAME, messages, SamplingParams(max_tokens=24), priority=Priority.ACTION
    )
    limit_mib = TINY_MACHINE.limit_bytes >> 20
    with private_folders(tmp_path):
        settings = EngineSettings(memory_limit_mib=limit_mib, context_tokens=2048)
        client = EngineClient(lambda: ensure_engine(settings))
        text = "".join([chunk.text async for chunk in client.stream(request)])
        health = await client.health()
        await client.aclose()
    assert "def " in text
    assert health.loaded is not None
    assert health.loaded.weights_mib + health.loaded.kv_mib < limit_mib
