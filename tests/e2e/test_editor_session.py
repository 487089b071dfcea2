"""The main job: an editor, the real server, the real engine, the real model."""

from __future__ import annotations

import ast
import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, cast

import psutil
import pytest

from cornerman.protocol.client import EditorClient
from support.engine import DEADLINE, engines_in, private_folders

pytestmark = pytest.mark.timeout(300)

CLAMP = '''\
def clamp(value: int, low: int, high: int) -> int:
    """Return value, but not less than low and not more than high."""
    ‸


def is_even(number: int) -> bool:
    return number % 2 == 0
'''


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders of one's own, so that no engine of the user's is touched."""
    folder = tmp_path_factory.mktemp("home")
    with private_folders(folder):
        yield folder


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[EditorClient]:
    editor = EditorClient()
    await editor.start(tmp_path, {"completion": {"candidates": 1, "block_time_ms": 10_000}})
    yield editor
    await editor.stop()


async def suggest(client: EditorClient, folder: Path, marked: str, name: str = "a.py") -> str:
    """The document with the suggestion at its cursor."""
    text, offset = marked.replace("‸", ""), marked.index("‸")
    file = client.open(folder / name, "python", text)
    suggestion = await client.complete(file, offset)
    return text[:offset] + suggestion + text[offset:]


async def test_a_known_function_body_parses_and_runs(client: EditorClient, tmp_path: Path) -> None:
    completed = await suggest(client, tmp_path, CLAMP)
    ast.parse(completed)
    namespace: dict[str, object] = {}
    exec(completed, namespace)
    clamp = namespace["clamp"]
    assert callable(clamp)
    assert [clamp(value, 0, 10) for value in (-5, 5, 15)] == [0, 5, 10]
    assert client.notices == []


async def test_the_middle_of_a_word_is_continued(client: EditorClient, tmp_path: Path) -> None:
    marked = "import json\n\n\ndef load(text):\n    return json.lo‸\n\n\nprint(load('[1]'))\n"
    completed = await suggest(client, tmp_path, marked)
    assert "return json.loads(text)\n" in completed


async def test_a_non_ascii_document_is_completed_at_the_right_place(
    client: EditorClient, tmp_path: Path
) -> None:
    marked = "s = '😀é'; total = 1 + 2\nprint('😀', tot‸)\n"
    assert "print('😀', total)\n" in await suggest(client, tmp_path, marked)


async def test_control_tokens_in_the_source_do_no_harm(
    client: EditorClient, tmp_path: Path
) -> None:
    marked = "END = '<|fim_suffix|><|endoftext|>'\n\n\ndef f(x):\n    ‸\n"
    completed = await suggest(client, tmp_path, marked)
    ast.parse(completed)
    assert completed.count("<|fim_suffix|>") == 1


async def test_why_tells_the_cost_but_not_the_code(client: EditorClient, tmp_path: Path) -> None:
    await suggest(client, tmp_path, CLAMP)
    reports = await client.command("cornerman.why")
    latest = cast("list[dict[str, Any]]", reports)[0]
    assert latest["suggested"] is True
    assert latest["timings"]["generated"] > 0
    assert "clamp" not in str(reports)


async def test_status_names_the_engine(client: EditorClient, tmp_path: Path, home: Path) -> None:
    await suggest(client, tmp_path, CLAMP)
    status = cast("dict[str, Any]", await client.command("cornerman.status"))
    assert [status["pid"]] == [engine.pid for engine in engines_in(home)]
    assert status["backend"] == "llama.cpp"


async def test_explain_streams_words_about_the_code(client: EditorClient, tmp_path: Path) -> None:
    text = CLAMP.replace("‸", "return max(low, min(value, high))")
    file = client.open(tmp_path / "b.py", "python", text)
    pieces: list[str] = []
    whole = await client.explain(file, text.index("max("), pieces.append)
    assert len(pieces) > 5
    assert "".join(pieces) == whole
    assert "clamp" in whole


async def test_a_killed_engine_costs_one_suggestion(
    client: EditorClient, tmp_path: Path, home: Path
) -> None:
    assert await suggest(client, tmp_path, CLAMP) != CLAMP.replace("‸", "")
    (engine,) = engines_in(home)
    # A cold, long document, so that the engine dies while it evaluates the prompt.
    padding = "".join(f"value_{n} = compute({n}, {n + 1})\n" for n in range(120))
    cut_off = asyncio.ensure_future(suggest(client, tmp_path, padding + CLAMP, "long.py"))
    await asyncio.sleep(0.3)
    engine.kill()
    await cut_off
    completed = await suggest(client, tmp_path, CLAMP, "next.py")
    assert completed != CLAMP.replace("‸", "")
    (successor,) = engines_in(home)
    assert successor.pid != engine.pid


async def test_without_a_model_the_user_is_told_once_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("CACHE", "RUNTIME", "STATE"):
        monkeypatch.setenv(f"CORNERMAN_{variable}_DIR", str(tmp_path / variable.lower()))
    editor = EditorClient()
    await editor.start(tmp_path)
    try:
        for name in ("a.py", "b.py"):
            assert await suggest(editor, tmp_path, CLAMP, name) == CLAMP.replace("‸", "")
        (notice,) = editor.notices
        assert "cornerman models pull" in notice
    finally:
        await editor.stop()
        for engine in psutil.process_iter():
            if "engine" in _command(engine) and str(tmp_path) in _command(engine):
                engine.kill()


async def test_closing_the_editor_leaves_only_the_shared_engine(home: Path, tmp_path: Path) -> None:
    before = {child.pid for child in psutil.Process(os.getpid()).children()}
    editor = EditorClient()
    await editor.start(tmp_path)
    await suggest(editor, tmp_path, CLAMP)
    mine = [c for c in psutil.Process(os.getpid()).children() if c.pid not in before]
    servers = [process for process in mine if "serve" in process.cmdline()]
    assert len(servers) == 1
    await editor.stop()
    _, alive = psutil.wait_procs(servers, timeout=DEADLINE)
    assert alive == []
    assert len(engines_in(home)) == 1


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
