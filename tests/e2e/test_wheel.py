"""What a user installs: the built wheel, in an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    # No isolation: the build backend is among the test dependencies already.
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("cornerman-*.whl")
    return built


def test_the_wheel_holds_prompts_catalogue_sample_and_licence(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {
        "cornerman/prompts/explain.md",
        "cornerman/models/catalog.toml",
        "cornerman/sample/inventory.py.sample",
        "cornerman/py.typed",
    } <= names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any("tests" in Path(name).parts for name in names)


@pytest.mark.timeout(600)
def test_an_installed_wheel_finds_its_prompts(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    bin_folder = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin")
    python = bin_folder / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    program = (
        "from cornerman.prompting import templates; from importlib import resources;"
        "print(templates.folder()); templates.load('explain');"
        "from cornerman.cli.sample import sample_project; assert len(sample_project()) == 3"
    )
    found = subprocess.run(
        [python, "-c", program], check=True, capture_output=True, text=True, cwd=tmp_path
    ).stdout.strip()
    assert Path(found).is_relative_to(tmp_path)
    shown = subprocess.run(
        [bin_folder / "cornerman", "models", "list"],
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    ).stdout
    assert "qwen2.5-coder-0.5b-instruct" in shown
