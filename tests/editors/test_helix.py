"""Helix with the configuration of the README, and the real server."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from support.editors import editor
from support.readme import block
from support.terminal import Terminal

SOURCE = "def total(values):\n    return sum(values)\n"


def test_code_actions_are_offered(tmp_path: Path) -> None:
    config = tmp_path / "config" / "helix"
    config.mkdir(parents=True)
    (config / "languages.toml").write_text(block("README.md", "Helix"))
    (tmp_path / ".git").mkdir()
    (tmp_path / "total.py").write_text(SOURCE)
    env = {
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    with Terminal(
        [str(editor("helix")), "--log", "helix.log", "total.py:2:5"], tmp_path, env
    ) as helix:
        assert helix.shows("total(values)", 60), helix.text
        for _ in range(30):
            helix.forget()
            helix.type(" a")
            # Until the server is ready there is nothing to offer.
            if helix.shows("xplain", 2):
                break
        assert "xplain" in helix.text, helix.text
