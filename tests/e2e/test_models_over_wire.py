"""``cornerman.models`` and ``cornerman.pull`` as an editor sees them, with a Hub on loopback."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import pytest
import tomlkit

from support.file_server import FileServer, file_server
from support.model_sources import CONTENT, FILE, HUB, HUB_PATH, SPEC
from support.rpc import SERVE, RpcClient

CANCELLED = -32800


@pytest.fixture
def hub() -> Generator[FileServer]:
    """A Hub that has the tiny model."""
    with file_server() as server:
        server.files[HUB_PATH] = CONTENT
        yield server


@pytest.fixture
async def client(hub: FileServer, tmp_path: Path) -> AsyncGenerator[RpcClient]:
    """A server whose user has added the tiny model, and one that no machine can run."""
    own = SPEC.model_copy(
        update={"gguf": FILE.model_copy(update={"sources": (HUB,)}), "title": "Own"}
    )
    huge = own.model_copy(
        update={
            "name": "huge",
            "gguf": FILE.model_copy(update={"size_bytes": 10**15, "sources": ()}),
        }
    )
    write(tmp_path / "CONFIG" / "models.toml", [own, huge])
    env = {
        "CORNERMAN_CACHE_DIR": str(tmp_path / "cache"),
        "HF_ENDPOINT": hub.url,
        "NO_PROXY": "127.0.0.1",
        "HOME": str(tmp_path),
    }
    async with await RpcClient.start(tmp_path, SERVE, env) as client:
        await client.initialize()
        yield client


def write(file: Path, specs: list[Any]) -> None:
    file.parent.mkdir()
    models = [spec.model_dump(exclude_none=True) for spec in specs]
    file.write_text(tomlkit.dumps({"models": models}))


def content(pulled: dict[str, str]) -> bytes:
    """What was fetched."""
    return Path(pulled["path"]).read_bytes()


async def test_models_tell_how_they_fit_and_which_is_here(client: RpcClient) -> None:
    listed = (await client.run_command("cornerman.models"))["models"]
    by_name = {model["name"]: model for model in listed}
    assert by_name["tiny"]["title"] == "Own"
    assert by_name["tiny"]["fit"] == "well"
    assert by_name["huge"]["fit"] == "no"
    assert by_name["codestral-22b"]["licenseNote"]
    assert [model["recommended"] for model in listed].count(True) == 1
    assert not by_name["tiny"]["installed"]
    await client.run_command("cornerman.pull", {"model": "tiny"})
    listed = (await client.run_command("cornerman.models"))["models"]
    assert next(model for model in listed if model["name"] == "tiny")["installed"]


async def test_a_pull_shows_its_progress_and_ends_with_the_path(client: RpcClient) -> None:
    argument = {"model": "tiny", "workDoneToken": "bar"}
    pulled = await client.run_command("cornerman.pull", argument)
    assert pulled["model"] == "tiny"
    assert content(pulled) == CONTENT
    values = [message["params"]["value"] for message in client.sent_by_server("$/progress")]
    assert values[0]["kind"] == "begin"
    assert values[-1]["kind"] == "end"


async def test_a_cancelled_pull_keeps_what_came_and_the_next_one_continues(
    client: RpcClient, hub: FileServer
) -> None:
    hub.cuts[HUB_PATH] = [200_000]
    hub.statuses[HUB_PATH] = []
    params = {"command": "cornerman.pull", "arguments": [{"model": "tiny", "workDoneToken": "b"}]}
    hub.held.add(HUB_PATH)
    asked = await client.request("workspace/executeCommand", params)
    await client.wait_for_method("$/progress")
    await client.notify("window/workDoneProgress/cancel", {"token": "b"})
    answer = await client.answer(asked)
    assert answer["error"]["code"] == CANCELLED
    hub.held.clear()
    hub.released.set()
    pulled = await client.run_command("cornerman.pull", {"model": "tiny"})
    assert content(pulled) == CONTENT


async def test_what_cannot_be_had_is_told_in_one_sentence(client: RpcClient) -> None:
    for model, said in (("gpt-99", "There is no model 'gpt-99'"), ("huge", "of memory, and")):
        params = {"command": "cornerman.pull", "arguments": [{"model": model}]}
        error = await client.error("workspace/executeCommand", params)
        assert said in error["message"]
        assert "\n" not in error["message"]
