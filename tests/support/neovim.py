"""Drives a real Neovim with the plugin, over its RPC, and reads what is on its screen."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import pynvim  # pyright: ignore[reportMissingTypeStubs]
import pytest

from support.editors import editor

PLUGIN = Path(__file__).parents[2] / "editors" / "neovim"
SERVER = (sys.executable, "-m", "cornerman")
DEADLINE = 120.0

_GHOST = """
local shown = {}
for name, id in pairs(vim.api.nvim_get_namespaces()) do
  if name == 'cornerman.ghost' or name == 'nvim.lsp.inline_completion' then
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, id, 0, -1, { details = true })) do
      local lines = { mark[4].virt_text[1][1] }
      for _, line in ipairs(mark[4].virt_lines or {}) do
        lines[#lines + 1] = line[1][1]
      end
      shown[#shown + 1] = { mark[2], mark[3], table.concat(lines, '\\n'), mark[4].virt_text_pos }
    end
  end
end
return shown
"""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Kind:
    """A version of Neovim, and who draws the ghost text in it."""

    version: str
    painter: str = "auto"

    def __str__(self) -> str:
        return f"{self.version}-{self.painter}"


KINDS = (Kind("0.10"), Kind("0.11"), Kind("0.12"), Kind("0.12", "own"))


@dataclass(frozen=True, slots=True)
class Ghost:
    """Ghost text at a place: line and byte from 0."""

    line: int
    byte: int
    text: str
    position: str


def setup_lines(
    server: Sequence[str] = SERVER, painter: str = "auto", options: str = ""
) -> list[str]:
    """Lines of an init.lua with the plugin."""
    command = "{" + ", ".join(json.dumps(part) for part in server) + "}"
    return [
        f"vim.opt.rtp:prepend({json.dumps(str(PLUGIN))})",
        "_G.messages = {}",
        "vim.notify = function(text) table.insert(_G.messages, text) end",
        f"require('cornerman').setup({{ cmd = {command}, ghost_text = '{painter}', {options} }})",
    ]


class Neovim:
    """One Neovim; ``folder`` holds its files, and the project that its buffers belong to."""

    def __init__(self, kind: Kind, folder: Path, init: Sequence[str]) -> None:
        self.folder = folder
        (folder / ".git").mkdir(exist_ok=True)
        script = folder / "init.lua"
        script.write_text("\n".join(init))
        program = str(editor(f"neovim-{kind.version}"))
        argv = [program, "--embed", "--headless", "-n", "-i", "NONE", "-u", str(script)]
        with pytest.MonkeyPatch.context() as patch:
            for name in ("XDG_DATA_HOME", "XDG_STATE_HOME"):
                patch.setenv(name, str(folder / name))
            self._nvim: Any = cast("Any", pynvim).attach("child", argv=argv)
        self._byte = 0
        self.command("set noswapfile hidden")

    def close(self) -> None:
        """End it, and wait until it has gone, with its servers."""
        try:
            self.lua(
                "for _, c in ipairs(vim.lsp.get_clients()) do vim.lsp.stop_client(c.id) end"
                " vim.wait(5000, function() return #vim.lsp.get_clients() == 0 end, 10)"
            )
            self.command("qall!")
        except (OSError, EOFError):
            pass
        self._nvim.close()

    def lua(self, code: str, *arguments: object) -> Any:
        return self._nvim.exec_lua(code, *arguments)

    def command(self, line: str) -> None:
        self._nvim.command(line)

    def keys(self, *keys: str) -> None:
        """Type; each key is handled before the next one."""
        for key in keys:
            self._nvim.input(key)
            self.lua("return 0")

    def type(self, text: str) -> None:
        """Type text, key by key."""
        self.keys(*("<lt>" if char == "<" else char for char in text))

    def open(self, marked: str, name: str, settings: str = "") -> None:
        """A buffer with ``marked``, served, in normal mode, the cursor left of its ``‸``."""
        path = self.folder / name
        text = marked.replace("‸", "")
        path.write_text(text, newline="")
        self.command(f"edit! {path}")
        if settings:
            self.command(f"setlocal {settings}")
        before = marked.partition("‸")[0].replace("\r", "")
        line, byte = before.count("\n") + 1, len(before.rpartition("\n")[2].encode())
        self._byte = byte
        self.until(lambda: self.lua("return require('cornerman.server').client(0) ~= nil"))
        self.lua("vim.api.nvim_win_set_cursor(0, {...})", line, byte)

    def insert(self) -> None:
        """Go on typing where the cursor is set: left of the character under it."""
        length = self.lua("return #vim.api.nvim_get_current_line()")
        self.keys("A" if self._byte >= length else "i")

    @property
    def lines(self) -> list[str]:
        return list(cast("list[str]", self._nvim.current.buffer[:]))

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def cursor(self) -> tuple[int, int]:
        """Line and byte, from 0."""
        line, byte = self._nvim.current.window.cursor
        return line - 1, byte

    @property
    def messages(self) -> list[str]:
        """What the plugin and the server have told the user."""
        return list(cast("list[str]", self.lua("return _G.messages")))

    @property
    def ghost(self) -> Ghost | None:
        """The ghost text on the screen; there is never more than one."""
        found = cast("list[tuple[int, int, str, str]]", self.lua(_GHOST))
        assert len(found) <= 1, found
        return Ghost(*found[0]) if found else None

    def wait_for_ghost(self, accepts: Callable[[Ghost], bool] = lambda _: True) -> Ghost:
        """The next ghost text that is as wanted."""

        def wanted() -> Ghost | None:
            ghost = self.ghost
            return ghost if ghost and accepts(ghost) else None

        return self.until(wanted)

    def settle(self) -> None:
        """Return when the server has answered all it was asked, and the editor has taken it."""
        self.lua(
            "_G.settled = false"
            " require('cornerman.server').call('cornerman.status', nil,"
            " { buf = 0, on_result = function() _G.settled = true end })"
        )
        self.until(lambda: self.lua("return _G.settled"))

    def until(self, look: Callable[[], _T | None]) -> _T:
        """The first value that is true; fails with the editor's messages."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            if found := look():
                return found
            time.sleep(0.01)
        messages = self.lua("return vim.api.nvim_exec2('messages', { output = true }).output")
        raise AssertionError(f"it did not happen: {self.messages} {messages} {self.lines}")
