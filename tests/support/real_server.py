"""The real server with the real engine and model, and folders of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from support.engine import DEADLINE, private_folders
from support.rpc import RpcClient


@asynccontextmanager
async def real_client(
    folder: Path, capabilities: dict[str, Any] | None = None, **params: object
) -> AsyncGenerator[RpcClient]:
    """A server, initialized with those ``params``; its engine ends with it."""
    env = {
        "CORNERMAN_RUNTIME_DIR": str(folder / "run"),
        "CORNERMAN_STATE_DIR": str(folder / "state"),
    }
    with private_folders(folder):
        async with await RpcClient.start(folder, env=env) as client:
            client.deadline = 2 * DEADLINE
            await client.initialize(capabilities, **params)
            yield client
