"""Files of settings that change while an editor is open."""

from __future__ import annotations

from pathlib import Path

from support.rpc import RpcClient
from support.scripted_server import COMMAND


async def test_a_changed_file_applies_without_a_restart(tmp_path: Path) -> None:
    config, workspace = tmp_path / "CONFIG", tmp_path / "workspace"
    config.mkdir()
    workspace.mkdir()
    (config / "settings.toml").write_text("modle = 1\n")
    command = (*COMMAND, str(tmp_path / "log"))
    async with await RpcClient.start(tmp_path, command) as client:
        folders = [{"uri": workspace.as_uri(), "name": "w"}]
        await client.initialize(workspaceFolders=folders)
        told = await client.wait_for_method("window/showMessage")
        assert "settings.toml:1: modle" in told["params"]["message"]
        (workspace / ".cornerman.toml").write_text('completion.enabled = false\n\ncolour = "red"\n')
        told = await client.wait_for_method("window/showMessage", 2)
        assert ".cornerman.toml:3: colour" in told["params"]["message"]
        assert (await client.run_command("cornerman.status"))["state"] == "off"
