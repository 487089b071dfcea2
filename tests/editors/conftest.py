"""One engine for all editors of a run, and editors that a module's tests share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.engine import DEADLINE, private_folders


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Folders of one's own, and in them an engine that has loaded the model."""
    folder = tmp_path_factory.mktemp("editors")
    file = folder / "a.py"
    file.write_text("def add(a, b):\n    return \n")
    with private_folders(folder):
        command = (sys.executable, "-m", "cornerman", "complete", f"{file}:2:12")
        subprocess.run(command, check=True, timeout=DEADLINE, stdout=subprocess.DEVNULL)
        yield folder
