"""A whole session with the real model: ``private_session.py FOLDER``, in an environment of its own.

Prints as JSON what came of each part, without any of the source code. ``FOLDER`` holds ``project``,
which is made by :func:`make_project` beforehand.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from support.rpc import RpcClient

CANARY = "quokka4711"
"""Stands in everything that a user would not want to find anywhere else."""
_TOTAL = f"""\
def {CANARY}_total({CANARY}_prices):
    # {CANARY}: the sum of all prices
    result = 0
    for price in {CANARY}_prices:
        result += price
    return result


def {CANARY}_mean({CANARY}_prices):
    return {CANARY}_total({CANARY}_prices) / len("""
_SHIPPING = f"""\
def shipping_costs({CANARY}_weight):
    \"\"\"Shipping costs of a parcel by its weight, {CANARY}.\"\"\"
    return {CANARY}_weight * 4
"""


def make_project(folder: Path) -> None:
    project = folder / "project"
    project.mkdir()
    (project / "prices.py").write_text(_TOTAL)
    (project / "shipping.py").write_text(_SHIPPING)
    (project / f"{CANARY}.env").write_text(f"PASSWORD={CANARY}\n")


async def _session(folder: Path) -> dict[str, object]:
    from support.rpc import RpcClient

    project = folder / "project"
    uri = (project / "prices.py").as_uri()
    line = _TOTAL.count("\n")
    place = {"uri": uri, "position": {"line": 1, "character": 8}}
    whole = {
        "start": {"line": 0, "character": 0},
        "end": {"line": 5, "character": 0},
    }
    came: dict[str, object] = {}
    own = {name: value for name, value in os.environ.items() if name.startswith("CORNERMAN_")}
    async with await RpcClient.start(folder, env=own) as client:
        client.deadline = 400.0
        await client.initialize(
            {"window": {"showDocument": {"support": True}, "workDoneProgress": True}},
            rootUri=project.as_uri(),
            workspaceFolders=[{"uri": project.as_uri(), "name": CANARY}],
            initializationOptions={
                "completion": {"candidates": 1, "deadline_ms": 100_000},
                "actions": {"explain_tokens": 32, "candidates": 1},
            },
        )
        answering = asyncio.ensure_future(_answer_requests(client))
        await client.open(uri, _TOTAL)
        asked = await client.ask_completion(uri, line, len(_TOTAL.rpartition("\n")[2]))
        items = (await client.answer(asked))["result"]["items"]
        came["completion"] = len(items)
        for item in items:
            await client.run_command(item["command"]["command"], *item["command"]["arguments"])
        explained = await client.run_command("cornerman.explain", {**place, "show": True})
        came["explain"] = len(explained["text"])
        offer = await client.run_command(
            "cornerman.refactor",
            {
                "uri": uri,
                "range": whole,
                "kind": "instruction",
                "instruction": f"rename price to {CANARY}_one",
                "apply": False,
            },
        )
        came["refactor"] = offer["status"]
        question = f"How are the shipping costs of a parcel computed, {CANARY}?"
        answer = await client.run_command("cornerman.ask", {"question": question})
        came["ask"] = len(answer["citations"])
        came["why"] = len(await client.run_command("cornerman.why"))
        came["stats"] = len((await client.run_command("cornerman.stats", {}))["figures"])
        await client.error("no/such", {CANARY: CANARY})
        await client.error("textDocument/inlineCompletion", {"textDocument": CANARY})
        await client.send_bytes(f"Content-Length: {len(CANARY)}\r\n\r\n{CANARY}".encode())
        answering.cancel()
        await client.call("shutdown")
        await client.notify("exit")
        came["exit"] = await client.exit_code()
    return came


async def _answer_requests(client: RpcClient) -> None:
    """An editor that can do what it is asked for, and shows what it is to show."""
    answered: set[object] = set()
    while True:
        asked = await client.wait_for(
            lambda m: "method" in m and m.get("id", "") not in ("", *answered)
        )
        answered.add(asked["id"])
        await client.send({"jsonrpc": "2.0", "id": asked["id"], "result": {"success": True}})


def _run(folder: Path, *arguments: str) -> int:
    command = [sys.executable, "-m", "cornerman", *arguments]
    done = subprocess.run(
        command,
        cwd=folder / "project",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode


def main() -> None:
    folder = Path(sys.argv[1])
    sys.path.insert(0, str(Path(__file__).parents[1]))
    came = asyncio.run(_session(folder))
    came["cornerman stats"] = _run(folder, "stats")
    came["cornerman doctor"] = _run(folder, "doctor", "--bundle", str(folder / "report.zip"))
    came["cornerman engine stop"] = _run(folder, "engine", "stop")
    print(json.dumps(came))  # noqa: T201  (this is what the process is for)


if __name__ == "__main__":
    main()
