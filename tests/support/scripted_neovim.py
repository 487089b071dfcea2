"""A real Neovim and the real server, which suggests what a test says."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from support.neovim import Kind, Neovim, setup_lines

_SUPPORT = Path(__file__).parent
FILES = {"prices.py": "def load_prices(path):\n    return open(path).read()\n"}


def start(kind: Kind, folder: Path) -> Neovim:
    """One whose project holds `FILES`, with `wire_tap.py` between it and the server."""
    suggest_in(folder)
    for name, text in FILES.items():
        (folder / name).write_text(text)
    scripted = (sys.executable, str(_SUPPORT / "scripted_suggestions.py"), str(folder))
    tapped = (sys.executable, str(_SUPPORT / "wire_tap.py"), str(folder), *scripted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(_SUPPORT.parent))
        return Neovim(kind, folder, setup_lines(tapped, kind.painter))


def suggest_in(folder: Path, *texts: str, before: int = 0, after: int = 0) -> None:
    """What the server suggests from now on, the best one first."""
    found = [{"text": text, "before": before, "after": after} for text in texts]
    (folder / "suggestions").write_text(json.dumps(found))


def suggest(nvim: Neovim, *texts: str, before: int = 0, after: int = 0) -> None:
    """What the server of ``nvim`` suggests from now on, the best one first."""
    suggest_in(nvim.folder, *texts, before=before, after=after)


def take(nvim: Neovim, key: str = "<Tab>") -> None:
    """Press ``key`` at the ghost text, and wait until the text has changed."""
    nvim.wait_for_ghost()
    before = nvim.lines
    nvim.keys(key)
    nvim.until(lambda: nvim.lines != before)


@contextmanager
def held_answers(nvim: Neovim) -> Generator[Callable[[str, int], None]]:
    """The server's answers to requests for suggestions wait until this is left.

    What it gives waits until so many of them were ``held``, ``released`` or ``cancelled``.
    """
    files = {name: nvim.folder / name for name in ("held", "released", "cancelled")}
    for file in files.values():
        file.write_text("0")

    def wait(name: str, count: int) -> None:
        # The file is empty for the moment in which it is written.
        nvim.until(lambda: int(files[name].read_text() or 0) >= count)

    hold = nvim.folder / "hold"
    hold.touch()
    try:
        yield wait
    finally:
        hold.unlink()
