"""An editor waits for the server: what it does not need at first is not imported."""

from __future__ import annotations

import subprocess
import sys

# Each takes 50 ms or more to import.
LATER = ("httpx2", "huggingface_hub", "tree_sitter", "rich", "jinja2", "tokenizers", "uvicorn")


def test_starting_imports_nothing_heavy() -> None:
    code = (
        "import sys, cornerman.cli, cornerman.server\n"
        f"print([name for name in {LATER} if name in sys.modules])"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
