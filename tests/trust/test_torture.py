"""Random sessions against the real server process: nothing diverges, is unanswered or grows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.correspondence import Correspondence
from support.engine import engines_in, private_folders
from support.scripted_client import URI, place
from support.torture import Torture
from support.torture_server import COMMAND

MESSAGES = int(os.environ.get("CORNERMAN_TORTURE_MESSAGES", "3500"))
REAL_MESSAGES = 600
CODE = "def add(first, second):\n    return "
KINDS = ("RUNTIME", "STATE")
MOST_GROWTH_BYTES = 12_000_000
CAPABILITIES = {
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "textDocument": {
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": [""]}},
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
        },
        "inlineCompletion": {"dynamicRegistration": True},
    },
    "window": {"workDoneProgress": True},
}


async def begin(client: Correspondence, encoding: str) -> None:
    params = {
        "processId": None,
        "rootUri": None,
        "capabilities": {**CAPABILITIES, "general": {"positionEncodings": [encoding]}},
        "initializationOptions": {"completion": {"deadline_ms": 200}},
    }
    await client.ask("initialize", params, lambda response: response["result"])
    await client.all_answered()
    await client.notify("initialized", {})


@pytest.mark.timeout(180 + MESSAGES // 20)
@pytest.mark.parametrize(("encoding", "seed"), [("utf-8", 1), ("utf-16", 2), ("utf-32", 3)])
async def test_a_random_session(tmp_path: Path, encoding: str, seed: int) -> None:
    async with await Correspondence.start(tmp_path, (*COMMAND, str(tmp_path / "log"))) as client:
        await begin(client, encoding)
        torture = Torture(client, tmp_path, encoding, seed)
        await torture.run(MESSAGES)

        for answered in ("suggestions", "explanations", "-32800", "-32602", "-32601"):
            assert torture.counts[answered], torture.counts
        settled = [look for look in torture.looks if look.messages > MESSAGES / 3]
        assert settled[-1].memory - settled[0].memory < MOST_GROWTH_BYTES, settled
        for last in settled[len(settled) // 2 :]:
            assert last.tasks <= settled[0].tasks + 4, settled
            assert last.descriptors <= settled[0].descriptors + 2, settled
            assert last.threads <= settled[0].threads + 2, settled
    assert "an error that nobody handled" not in (tmp_path / "log").read_text()


async def test_a_random_session_with_the_real_model(tmp_path: Path) -> None:
    with private_folders(tmp_path):
        own = {f"CORNERMAN_{kind}_DIR": os.environ[f"CORNERMAN_{kind}_DIR"] for kind in KINDS}
        async with await Correspondence.start(tmp_path, env=own) as client:
            await begin(client, "utf-16")
            torture = Torture(client, tmp_path, "utf-16", 4, asks_model=True)
            await torture.run(REAL_MESSAGES)
            assert torture.counts["responses"] > REAL_MESSAGES / 4
            settings = {"completion": {"deadline_ms": 100_000, "candidates": 1}}
            changed = {"settings": {"cornerman": settings}}
            await client.notify("workspace/didChangeConfiguration", changed)
            await client.open(URI, CODE)
            asked = {**place(1, 11), "context": {"triggerKind": 1}}
            await client.ask("textDocument/inlineCompletion", asked, lambda _: None)
            await client.all_answered()
            assert (await client.command("why", {}))[0]["timings"]
        assert len(engines_in(tmp_path)) == 1
