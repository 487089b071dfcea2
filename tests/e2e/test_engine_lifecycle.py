"""The engine process over its life, with the real starter model."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.core.generation import GenerationRequest
from cornerman.engine import launcher
from cornerman.engine.client import EngineClient, probe
from cornerman.engine.launcher import ensure_engine
from cornerman.engine.protocol import PROTOCOL, HealthBody
from cornerman.settings import EngineSettings
from support.engine import DEADLINE, engines_in, fim, private_folders
from support.tiny_models import tiny_model

REQUEST = fim("def add(a, b):\n", "    ret", max_tokens=2)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    with private_folders(tmp_path):
        yield tmp_path


@asynccontextmanager
async def client_of(settings: EngineSettings) -> AsyncGenerator[EngineClient]:
    client = EngineClient(lambda: ensure_engine(settings))
    yield client
    await client.aclose()


async def ask(client: EngineClient, request: GenerationRequest = REQUEST) -> str:
    return "".join([chunk.text async for chunk in client.stream(request)])


def resident_mib(process: psutil.Process) -> int:
    return process.memory_info().rss >> 20


async def health_when(client: EngineClient, *, loaded: bool) -> HealthBody:
    """The engine's state, once a model is loaded or not."""
    while ((health := await client.health()).loaded is not None) != loaded:
        pass
    return health


async def test_an_idle_model_is_unloaded_and_loaded_again(folder: Path) -> None:
    async with client_of(EngineSettings(unload_after_minutes=0.02)) as client:
        assert (await ask(client)).startswith("urn")
        (engine,) = engines_in(folder)
        used = resident_mib(engine)
        await asyncio.wait_for(health_when(client, loaded=False), DEADLINE)
        assert resident_mib(engine) < used - 400, "the memory is free again"
        assert (await ask(client)).startswith("urn")
        assert engines_in(folder) == [engine]


SHOUT = """
import asyncio
from cornerman.engine.client import EngineClient
from cornerman.engine.launcher import ensure_engine
from cornerman.settings import EngineSettings
from support.engine import fim

async def main():
    client = EngineClient(lambda: ensure_engine(EngineSettings()))
    request = fim("def add(a, b):\\n", "    ret", max_tokens=2)
    print("".join([chunk.text async for chunk in client.stream(request)]))
    print((await client.health()).pid)
    await client.aclose()
asyncio.run(main())
"""


async def test_twenty_windows_share_one_engine_and_one_model(folder: Path) -> None:
    """They start at once, each a process of its own; later each has a prompt of its own."""
    command = (sys.executable, "-c", SHOUT)
    tests, pipe = Path(__file__).parents[1], asyncio.subprocess.PIPE
    servers = [
        await asyncio.create_subprocess_exec(*command, stdout=pipe, cwd=tests) for _ in range(20)
    ]
    outputs = await asyncio.gather(*(server.communicate() for server in servers))
    answers = {output.decode() for output, _ in outputs}
    (engine,) = engines_in(folder)
    assert answers == {f"urn a +\n{engine.pid}\n"}
    async with client_of(EngineSettings()) as client:
        windows = [
            replace(fim(f"# file {n}\nvalue_{n} = ", max_tokens=1), session=f"window {n}")
            for n in range(20)
        ]
        await asyncio.gather(*(ask(client, window) for window in windows))
        health = await client.health()
    assert health.sessions == 20
    assert health.requests == 40
    assert health.loaded is not None
    own = resident_mib(engine) - health.loaded.weights_mib - health.loaded.kv_mib
    assert 0 < own < 300, "no window costs more than its own KV"


async def test_it_stays_under_its_memory_limit(folder: Path) -> None:
    async with client_of(EngineSettings(memory_limit_mib=900)) as client:
        await client.health()
        (engine,) = engines_in(folder)
        for n in range(6):
            code = "".join(f"value_{n}_{i} = {n * i}\n" for i in range(12))
            await ask(client, replace(fim(code, max_tokens=1), session=str(n)))
            assert resident_mib(engine) < 900
    engine.terminate()
    await asyncio.to_thread(psutil.wait_procs, [engine], DEADLINE)
    async with client_of(EngineSettings(memory_limit_mib=500)) as client:
        with pytest.raises(EngineUnavailableError, match=r"needs about \d+ MiB .* 500 MiB; raise"):
            await ask(client)


async def test_an_older_idle_engine_is_replaced(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ensure_engine(EngineSettings())
    (old,) = engines_in(folder)
    monkeypatch.setattr(launcher, "_OWN", HealthBody(version="999.0", protocol=PROTOCOL))
    where = await ensure_engine(EngineSettings())
    (new,) = engines_in(folder)
    assert new.pid != old.pid
    health = await probe(where)
    assert health is not None
    assert health.pid == new.pid


async def test_an_older_busy_engine_is_used_and_a_newer_one_too(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with client_of(EngineSettings()) as client:
        stream = client.stream(fim("numbers = [1, 2, 3", max_tokens=4000))
        await anext(stream)
        (engine,) = engines_in(folder)
        for version in ("999.0", "0.0.0"):
            own = HealthBody(version=version, protocol=PROTOCOL)
            monkeypatch.setattr(launcher, "_OWN", own)
            await ensure_engine(EngineSettings())
            assert engines_in(folder) == [engine]
        await stream.aclose()


async def test_an_engine_that_cannot_be_understood_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ensure_engine(EngineSettings())
    monkeypatch.setattr(launcher, "PROTOCOL", -1)
    monkeypatch.setattr(launcher, "_OWN", HealthBody(version="0.0", protocol=-1))
    with pytest.raises(EngineUnavailableError, match="cornerman engine stop"):
        await ensure_engine(EngineSettings())


async def test_an_engine_that_crashes_again_and_again_is_left_alone(folder: Path) -> None:
    for _ in range(3):
        await ensure_engine(EngineSettings())
        (engine,) = engines_in(folder)
        engine.send_signal(signal.SIGKILL)
        await asyncio.to_thread(psutil.wait_procs, [engine], DEADLINE)
    with pytest.raises(EngineUnavailableError, match="failed several times in the last minutes"):
        await ensure_engine(EngineSettings())
    assert engines_in(folder) == []


async def test_who_gives_up_while_it_starts_makes_nobody_start_a_second(folder: Path) -> None:
    for _ in range(3):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(ensure_engine(EngineSettings()), 0.1)
    await ensure_engine(EngineSettings())
    assert len(engines_in(folder)) == 1


async def test_low_priority_and_status(folder: Path) -> None:
    async with client_of(EngineSettings(low_priority=True, save_battery=True)) as client:
        await ask(client, replace(REQUEST, session="one"))
    (engine,) = engines_in(folder)
    assert engine.nice() >= 10
    assert "--save-battery" in engine.cmdline()
    command = [sys.executable, "-m", "cornerman", "engine", "status"]
    status = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=DEADLINE
    )
    lines = dict(line.split(maxsplit=1) for line in status.stdout.splitlines()[1:])
    assert lines["process"].startswith(f"{engine.pid}, ")
    assert lines["backend"] == "llama.cpp"
    assert "of 8192 tokens" in status.stdout
    assert "weights 469, KV cache 96" in lines["memory"]
    assert lines["requests"] == "1, 0 cancelled"
    assert lines["sessions"] == "1"


async def test_an_mlx_folder_runs_in_the_same_engine(folder: Path) -> None:
    model = str(tiny_model("qwen2").mlx)
    async with client_of(EngineSettings(unload_after_minutes=60)) as client:
        chunks = [c async for c in client.stream(fim("x = ", max_tokens=4, model=model))]
        assert chunks[-1].timings is not None
        assert chunks[-1].timings.generated == 4
        health = await client.health()
        assert (health.backend, health.model) == ("mlx", model)
        assert (await ask(client)).startswith("urn")
        assert (await client.health()).backend == "llama.cpp"


async def test_a_backend_that_was_chosen_is_not_replaced_by_another(folder: Path) -> None:
    async with client_of(EngineSettings(backend="mlx")) as client:
        with pytest.raises(EngineUnavailableError, match=r"engine\.backend says mlx"):
            await ask(client)
