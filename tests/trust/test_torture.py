"""Random sessions with the real server process: nothing diverges, is unanswered or grows."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from support.correspondence import Correspondence
from support.engine import engines_in, private_folders
from support.rpc import SERVE
from support.scripted_client import URI, place
from support.shared_server import SharedServer, Start, grown, shared_server
from support.torture import RandomSession
from support.torture_server import COMMAND

CHOSEN = os.environ.get("CORNERMAN_TORTURE_MESSAGES")
MESSAGES = int(CHOSEN or "3500")
REAL_MESSAGES = 600
STEPS = 60
# At least so many on the average.
MESSAGES_OF_A_SESSION = 60
SHRINKING_SECONDS = 300
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


def starting(
    folder: Path,
    encoding: str,
    command: Sequence[str] = SERVE,
    env: Mapping[str, str] | None = None,
) -> Start:
    """What starts a server that agrees on the encoding."""
    capabilities = {**CAPABILITIES, "general": {"positionEncodings": [encoding]}}

    async def start() -> Correspondence:
        client = await Correspondence.start(folder, command, env)
        params = {"processId": None, "rootUri": None, "capabilities": capabilities}
        await client.ask("initialize", params, lambda response: response["result"])
        await client.all_answered()
        await client.notify("initialized", {})
        return client

    return start


def run_sessions(
    server: SharedServer, folder: Path, encoding: str, messages: int, *, asks_model: bool = False
) -> None:
    """Run so many sessions that there are ``messages``; one that fails is shrunk and told."""

    class Session(RandomSession):
        def __init__(self) -> None:
            super().__init__(server, folder, encoding, asks_model=asks_model)

    run_state_machine_as_test(
        Session,
        settings=settings(
            max_examples=messages // MESSAGES_OF_A_SESSION,
            stateful_step_count=STEPS,
            deadline=None,
            # A test of a change fails because of the change; the long run looks for more.
            derandomize=CHOSEN is None,
            print_blob=True,
            report_multiple_bugs=False,
            suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
        ),
    )
    assert server.sent >= messages


@pytest.mark.timeout(180 + SHRINKING_SECONDS + MESSAGES // 20)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
def test_random_sessions(tmp_path: Path, encoding: str) -> None:
    start = starting(tmp_path, encoding, (*COMMAND, str(tmp_path / "log")))
    with shared_server(start) as server:
        run_sessions(server, tmp_path, encoding, MESSAGES)
        for answered in ("suggestions", "explanations", "-32800", "-32602", "-32601"):
            assert server.counts[answered], server.counts
        assert grown([look.memory for look in server.looks]) < MOST_GROWTH_BYTES, server.looks
        assert grown([look.tasks for look in server.looks]) < 2, server.looks
        assert grown([look.descriptors for look in server.looks]) < 2, server.looks
        assert grown([look.threads for look in server.looks]) < 3, server.looks
    assert "an error that nobody handled" not in (tmp_path / "log").read_text()


@pytest.mark.timeout(180 + SHRINKING_SECONDS)
def test_random_sessions_with_the_real_model(tmp_path: Path) -> None:
    with private_folders(tmp_path):
        own = {f"CORNERMAN_{kind}_DIR": os.environ[f"CORNERMAN_{kind}_DIR"] for kind in KINDS}
        with shared_server(starting(tmp_path, "utf-16", env=own)) as server:
            run_sessions(server, tmp_path, "utf-16", REAL_MESSAGES, asks_model=True)
            assert server.counts["responses"] > REAL_MESSAGES / 4
            completion = {"deadline_ms": 100_000, "candidates": 1}
            changed = {"settings": {"cornerman": {"completion": completion}}}
            server.notify("workspace/didChangeConfiguration", changed)
            item = {"uri": URI, "languageId": "python", "version": 1, "text": CODE}
            server.notify("textDocument/didOpen", {"textDocument": item})
            asked = {**place(1, 11), "context": {"triggerKind": 1}}
            server.ask("textDocument/inlineCompletion", asked)
            server.all_answered()
            assert server.command("why", {})[0]["timings"]
        assert len(engines_in(tmp_path)) == 1
