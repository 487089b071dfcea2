"""A workspace that the user does not trust: its own file of settings does not count."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.rpc import RpcClient
from support.scripted_server import COMMAND


@pytest.mark.parametrize(("distrusts", "is_off"), [(False, True), (True, False)])
async def test_settings_of_a_repository_count_only_where_it_is_trusted(
    tmp_path: Path, *, distrusts: bool, is_off: bool
) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / ".cornerman.toml").write_text("completion.enabled = false\n")
    async with await RpcClient.start(tmp_path, (*COMMAND, str(tmp_path / "log"))) as client:
        await client.initialize(
            {"experimental": {"cornerman": {"distrustsWorkspace": distrusts}}},
            workspaceFolders=[{"uri": workspace.as_uri(), "name": "w"}],
        )
        state = (await client.run_command("cornerman.status"))["state"]
        assert (state == "off") == is_off
