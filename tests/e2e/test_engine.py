"""The real engine process with the real starter model."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psutil
import pytest

from cornerman.core.errors import (
    BadInputError,
    CornermanError,
    EngineUnavailableError,
    ModelMissingError,
    PromptTooLongError,
)
from cornerman.core.generation import (
    Chunk,
    FinishReason,
    GenerationRequest,
    Message,
    SamplingParams,
)
from cornerman.engine import endpoint, launcher
from cornerman.engine.client import EngineClient
from cornerman.engine.launcher import ensure_engine
from cornerman.settings import STARTER_MODEL, EngineSettings
from support.engine import DEADLINE, engines_in, fim, private_folders

SECRET = "zwölf_geheime_zeichen"
LONG_CODE = "".join(f"value_{n} = compute(value_{n - 1}, {SECRET})\n" for n in range(1, 220))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the engine that most tests share lives."""
    path = tmp_path_factory.mktemp("engine")
    with private_folders(path):
        yield path


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[EngineClient]:
    client = EngineClient(lambda: ensure_engine(EngineSettings()))
    yield client
    await client.aclose()


@pytest.fixture
def own_folder(tmp_path: Path) -> Iterator[Path]:
    with private_folders(tmp_path):
        yield tmp_path


async def collect(client: EngineClient, request: GenerationRequest) -> tuple[str, Chunk]:
    """The whole text and the last chunk."""
    chunks = [chunk async for chunk in client.stream(request)]
    return "".join(chunk.text for chunk in chunks), chunks[-1]


async def test_streams_tokens_and_then_the_cost(client: EngineClient) -> None:
    chunks = [c async for c in client.stream(fim("def add(a, b):\n", "    ret", logprobs=True))]
    *texts, last = chunks
    assert "".join(chunk.text for chunk in texts).startswith("urn a + b")
    assert len(texts) > 4
    assert all(len(chunk.logprobs) >= 1 and max(chunk.logprobs) <= 0 for chunk in texts)
    assert last.finish in (FinishReason.LENGTH, FinishReason.STOP)
    assert last.timings is not None
    assert last.timings.generated >= 16


async def test_greedy_output_is_the_same_from_a_warm_cache(client: EngineClient) -> None:
    request = fim("import json\n\n\ndef load(path):\n    with open(path) as f:\n", "        ")
    cold, _ = await collect(client, request)
    warm, last = await collect(client, request)
    assert warm == cold
    assert last.timings is not None
    assert last.timings.evaluated <= 3


async def test_a_keystroke_costs_a_few_tokens(client: EngineClient) -> None:
    before = "def encode(text):\n    return text.encode()\n\n\nresult = "
    await collect(client, fim(before, "e", after=LONG_CODE[:600], max_tokens=2))
    _, last = await collect(client, fim(before, "enco", after=LONG_CODE[:600], max_tokens=2))
    assert last.timings is not None
    assert last.timings.evaluated <= 4


async def test_healing_continues_the_word_under_the_cursor(client: EngineClient) -> None:
    before = "def encode(text):\n    return text.encode()\n\n\nresult = "
    text, _ = await collect(client, fim(before, "enco", stop=("\n",)))
    assert text.startswith("de(")


@pytest.mark.parametrize(
    "start",
    [
        "    retu",
        '"é\\日本',
        "'\\n\\x",
        "\t\t",
        "# 日本語の",
        "😀😀",
        "x = [[",
        "<|fim_mid",
        "<|",
        "$\\U0001F600",
        "…\u2028—",
        "\x01\x7f",
    ],
)
async def test_any_text_can_be_required(folder: Path, client: EngineClient, start: str) -> None:
    text, last = await collect(client, fim(f"{SECRET} = 1\n", start, max_tokens=8))
    assert last.finish is not None
    assert "�" not in text
    assert "<|fim" not in text
    assert (endpoint.private_dir() / "engine.out").read_bytes() == b""


async def test_nothing_required_is_the_same_with_and_without_a_constraint(
    client: EngineClient,
) -> None:
    """The healed output starts as the model would by itself, and goes on just the same."""
    before = "def quicksort(items):\n"
    plain, _ = await collect(client, fim(before, max_tokens=24))
    healed, _ = await collect(client, fim(before, plain[:4], max_tokens=24))
    assert plain[:4] == "    "
    assert healed.startswith(plain[4:40])


async def test_control_tokens_in_source_code_stay_text(client: EngineClient) -> None:
    spelled = "<|fim_middle|><|endoftext|><|im_end|>"
    _, few = await collect(client, fim("x = 1\n", max_tokens=1))
    _, more = await collect(client, fim(f"x = 1\n{spelled}", max_tokens=1))
    assert few.timings
    assert more.timings
    tokens = [t.cached + t.evaluated for t in (few.timings, more.timings)]
    assert tokens[1] - tokens[0] > 9, "three control tokens would be three"
    text, _ = await collect(client, fim(f"MARK = '{spelled}'\nCOPY = '", "<|fim", stop=("\n",)))
    assert "|>" in text, "it goes on as text"


async def test_stop_strings_end_the_output_before_them(client: EngineClient) -> None:
    text, last = await collect(client, fim("def add(a, b):\n", "    ", stop=("\n",), max_tokens=64))
    assert text == "return a + b"
    assert last.finish is FinishReason.STOP


async def test_chat_answers_by_the_models_template(client: EngineClient) -> None:
    question = (Message("user", "What is the capital of France? Answer with the name only."),)
    request = GenerationRequest(STARTER_MODEL, question, SamplingParams(16))
    text, last = await collect(client, request)
    assert "Paris" in text
    assert "<|" not in text
    assert last.finish is FinishReason.STOP


async def test_closing_a_stream_in_prefill_or_decode_frees_the_engine(client: EngineClient) -> None:
    endless = fim("numbers = [1, 2, 3", max_tokens=4000)
    stream = client.stream(endless)
    await anext(stream)
    await stream.aclose()
    text, _ = await asyncio.wait_for(collect(client, fim("a = ", max_tokens=1)), 20)
    assert text

    # A chat's first event comes when the prompt is accepted; its prefill takes half a minute.
    question = (Message("user", LONG_CODE),)
    stream = client.stream(GenerationRequest(STARTER_MODEL, question, SamplingParams(4)))
    assert (await anext(stream)).text == ""
    await stream.aclose()
    text, _ = await asyncio.wait_for(collect(client, fim("b = ", max_tokens=1)), 20)
    assert text


async def test_what_cannot_be_served_is_told(client: EngineClient, tmp_path: Path) -> None:
    cases: list[tuple[GenerationRequest, type[CornermanError]]] = [
        (fim("x", model="no-such-model"), BadInputError),
        (fim("x", model=str(tmp_path / "gone.gguf")), ModelMissingError),
        (fim(LONG_CODE * 4), PromptTooLongError),
    ]
    for request, expected in cases:
        with pytest.raises(expected) as caught:
            await collect(client, request)
        assert SECRET not in str(caught.value)
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + bytes(64))
    with pytest.raises(EngineUnavailableError, match="fetch the model again"):
        await collect(client, fim("x", model=str(damaged)))
    assert (await collect(client, fim("x = ", max_tokens=1)))[0]


async def test_nothing_listens_on_the_network(folder: Path, client: EngineClient) -> None:
    await collect(client, fim("x = ", max_tokens=1))
    (engine,) = engines_in(folder)
    assert engine.net_connections(kind="inet") == []
    names = {path.name for path in endpoint.socket_dir().iterdir()}
    assert names & {"engine.sock", "model.sock"} == {"engine.sock"}, "the library's own is shut"
    assert endpoint.private_dir().stat().st_mode & 0o777 == 0o700


async def test_a_killed_engine_costs_one_suggestion(folder: Path, client: EngineClient) -> None:
    stream = client.stream(fim("numbers = [1, 2, 3", max_tokens=4000))
    await anext(stream)
    (engine,) = engines_in(folder)
    engine.send_signal(signal.SIGKILL)
    with pytest.raises(CornermanError, match="in the middle"):
        async for _ in stream:
            pass
    text, _ = await collect(client, fim("def add(a, b):\n", "    ret"))
    assert text.startswith("urn")
    assert (await client.health()).pid != engine.pid


async def test_the_logs_hold_no_source_code(folder: Path, client: EngineClient) -> None:
    await collect(client, fim(f"{SECRET} = ", SECRET[:4], max_tokens=4))
    logs = [path.read_text("utf-8") for path in launcher.log_path().parent.iterdir()]
    assert any("loaded" in log for log in logs)
    assert not any(SECRET[:4] in log for log in logs)


async def test_an_idle_engine_leaves_nothing_behind(own_folder: Path) -> None:
    where = await ensure_engine(EngineSettings(exit_after_minutes=0.01))
    (engine,) = engines_in(own_folder)
    await asyncio.to_thread(psutil.wait_procs, [engine], DEADLINE)
    assert engines_in(own_folder) == []
    assert where.socket is not None
    assert not where.socket.exists()


async def test_sigterm_in_the_middle_of_an_answer_ends_it_cleanly(own_folder: Path) -> None:
    client = EngineClient(lambda: ensure_engine(EngineSettings()))
    stream = client.stream(fim("numbers = [1, 2, 3", max_tokens=4000))
    await anext(stream)
    (engine,) = engines_in(own_folder)
    engine.terminate()
    with pytest.raises(CornermanError):
        async for _ in stream:
            pass
    await asyncio.to_thread(psutil.wait_procs, [engine], DEADLINE)
    assert engines_in(own_folder) == []
    assert not (endpoint.socket_dir() / "engine.sock").exists()
    assert "ended" in launcher.log_path().read_text("utf-8")
    await client.aclose()


def cornerman(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "cornerman", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE)


async def test_status_and_stop(own_folder: Path) -> None:
    nothing = await asyncio.to_thread(cornerman, "engine", "status")
    assert (nothing.returncode, nothing.stdout) == (1, "No engine is running.\n")
    await ensure_engine(EngineSettings())
    (engine,) = engines_in(own_folder)
    status = await asyncio.to_thread(cornerman, "engine", "status")
    assert (status.returncode, str(engine.pid) in status.stdout) == (0, True)
    second = await asyncio.to_thread(cornerman, "engine")
    assert (second.returncode, second.stdout) == (1, "")
    assert "is running" in second.stderr
    stopped = await asyncio.to_thread(cornerman, "engine", "stop")
    assert stopped.returncode == 0
    await asyncio.to_thread(psutil.wait_procs, [engine], DEADLINE)
    assert engines_in(own_folder) == []


async def test_a_stale_socket_and_a_long_path_are_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    with private_folders(folder):
        socket = endpoint.socket_dir() / "engine.sock"
        assert len(os.fsencode(socket)) < 104
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        for _ in range(2):
            assert (await ensure_engine(EngineSettings())).socket == socket
            (engine,) = engines_in(folder)
            engine.kill()
            await asyncio.to_thread(psutil.wait_procs, [engine], DEADLINE)
            assert socket.exists()
        socket.unlink()
        socket.parent.rmdir()


async def test_an_engine_that_cannot_start_says_why(own_folder: Path) -> None:
    (own_folder / "run").mkdir(mode=0o755)
    (own_folder / "run").chmod(0o755)
    with pytest.raises(EngineUnavailableError, match="chmod 700"):
        await ensure_engine(EngineSettings())
    (own_folder / "run").chmod(0o700)
    (own_folder / "run" / "engine.lock").mkdir()
    with pytest.raises(EngineUnavailableError, match="ended while it started; the reason may"):
        await ensure_engine(EngineSettings())
