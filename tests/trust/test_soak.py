"""Half a minute of typing in five windows; ``make soak`` does it for ten minutes or two hours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).parents[2] / "benchmarks" / "soak.py"


@pytest.mark.timeout(300)
def test_five_windows_share_an_engine_and_leave_nothing_behind(tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"
    command = (sys.executable, str(SOAK), "--minutes", "0.5", "--json", str(figures))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(figures.read_text())
    assert told["wrong"] == []
    assert told["tally"]["suggestions"] > 0
    roles = [process["role"] for process in told["processes"]]
    assert sorted(roles) == ["engine", *["serve"] * 5]
