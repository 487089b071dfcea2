"""Random sessions against the real server process: nothing diverges, is unanswered or grows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from support.correspondence import Correspondence
from support.torture import Torture
from support.torture_server import COMMAND

MESSAGES = int(os.environ.get("CORNERMAN_TORTURE_MESSAGES", "3500"))
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


@pytest.mark.timeout(180 + MESSAGES // 20)
@pytest.mark.parametrize(("encoding", "seed"), [("utf-8", 1), ("utf-16", 2), ("utf-32", 3)])
async def test_a_random_session(tmp_path: Path, encoding: str, seed: int) -> None:
    async with await Correspondence.start(tmp_path, (*COMMAND, str(tmp_path / "log"))) as client:
        params = {
            "processId": None,
            "rootUri": None,
            "capabilities": {**CAPABILITIES, "general": {"positionEncodings": [encoding]}},
            "initializationOptions": {"completion": {"deadline_ms": 200}},
        }
        await client.ask("initialize", params, lambda response: response["result"])
        await client.all_answered()
        await client.notify("initialized", {})
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
