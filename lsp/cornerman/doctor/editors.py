"""Which editors are here, and which have the plugin."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cornerman.doctor.finding import Finding, ok, warn

_EDITORS = {
    "VS Code": ("code", "codium", "code-server"),
    "Neovim": ("nvim",),
    "Emacs": ("emacs",),
    "Helix": ("hx", "helix"),
    "Sublime Text": ("subl",),
    "Zed": ("zed", "zeditor"),
    "Kate": ("kate",),
}

_MANUAL = "editors/README.md of Cornerman's source"


def examine() -> Iterator[Finding]:
    """One line for each editor with or without the plugin it needs."""
    plugins = {"VS Code": _vscode_plugin(), "Neovim": _neovim_plugin()}
    found = [name for name, programs in _EDITORS.items() if any(map(shutil.which, programs))]
    for name in found:
        plugin = plugins.get(name)
        if name not in plugins:
            yield ok("editor", f"{name} is here; {_MANUAL} says how to set it up")
        elif plugin is not None:
            yield ok("editor", f"{name} with the plugin at {plugin}")
        else:
            fix = f"install the plugin as {_MANUAL} says"
            yield warn("editor", f"{name} is here, without Cornerman's plugin", fix)
    if not found:
        yield warn("editor", "no editor was found on the PATH", "install an editor that knows LSP")


def _vscode_plugin() -> Path | None:
    home = Path.home()
    folders = (".vscode", ".vscode-server", ".vscode-oss", ".local/share/code-server")
    for folder in folders:
        for path in sorted((home / folder / "extensions").glob("*cornerman*")):
            return path
    return None


def _neovim_plugin() -> Path | None:
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    config = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    patterns = ("lazy/*cornerman*", "site/pack/*/*/*cornerman*")
    for pattern in patterns:
        for path in sorted((data / "nvim").glob(pattern)):
            return path
    for path in sorted((config / "nvim").rglob("*.lua")):
        with suppress(OSError):  # A link that leads nowhere, a file of somebody else.
            if "cornerman" in path.read_text("utf-8", errors="replace"):
                return path
    return None
