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
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "CORNERMAN_CACHE_DIR": os.environ.get("CORNERMAN_CACHE_DIR", ""),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    with Terminal([str(editor("helix")), "total.py:2:5"], tmp_path, env) as helix:
        assert helix.shows("total(values)", 60), helix.text
        for _ in range(30):
            helix.forget()
            helix.type(" a")
            # Until the server is ready there is nothing to offer.
            if helix.shows("xplain", 2):
                break
            helix.type("\x1b")
        assert "xplain" in helix.text, helix.text
        helix.type("\x1b:q!\r")
