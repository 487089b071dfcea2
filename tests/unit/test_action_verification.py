"""The user's own command: who may name it, where it runs and what its outcome means."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from cornerman.core.actions import ActionKind, ActionRequest, OfferStatus
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import BadInputError
from cornerman.features.actions.rewrite import rewrite
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, ActionSettings, parse
from cornerman.settings.verification import FILE, Verification, verification_for
from support.actions import Answers, fenced

OLD = "def f(a):\n    if a > 3:\n        return True\n    else:\n        return False\n"
NEW = "def f(a):\n    return a > 3\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CORNERMAN_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "f.py").write_text(OLD, encoding="utf-8")
    return folder


def configure(project: Path, *command: str, seconds: float = 30) -> None:
    values = {str(project): {"command": command, "seconds": seconds}}
    path = project.parent / "config" / FILE
    path.write_text(json.dumps(values), encoding="utf-8")


def content(project: Path) -> str:
    return (project / "f.py").read_text(encoding="utf-8")


def files(project: Path) -> list[str]:
    return sorted(path.name for path in project.iterdir())


async def outcome(project: Path, code: str, seconds: float = 30) -> tuple[bool, str]:
    """How an edit of ``f.py`` fares with a command of that Python code."""
    configure(project, sys.executable, "-c", code, seconds=seconds)
    uri = (project / "f.py").as_uri()
    verification = verification_for(uri)
    assert verification is not None
    engine = Answers((fenced(NEW),))
    request = ActionRequest(ActionKind.SIMPLIFY, DocumentSnapshot(uri, "python", 1, OLD), 5, 5)
    offer = await rewrite(
        request,
        ActionSettings(candidates=1),
        find(STARTER_MODEL),
        engine,
        on_progress=lambda _progress: None,
        verification=verification,
    )
    assert content(project) == OLD
    return offer.status is OfferStatus.OFFERED, offer.checks[-1].detail


async def test_the_command_sees_the_edit_in_a_copy(project: Path) -> None:
    code = (
        "import f; open('left', 'w'); assert f.f(4) is True and 'else' not in open('f.py').read()"
    )
    assert await outcome(project, code) == (True, "Your verify command passes.")
    assert files(project) == ["f.py"]


async def test_a_command_that_fails_or_hangs_refuses_the_edit(project: Path) -> None:
    failed = await outcome(project, "raise SystemExit(3)")
    assert failed == (False, "Your verify command fails with exit code 3.")
    hung = await outcome(project, "import time; time.sleep(600)", seconds=0.5)
    assert hung == (False, "Your verify command took longer than 0 seconds.")


async def test_a_command_that_is_not_there_refuses_the_edit(project: Path) -> None:
    missing = Verification(project, ("no-such-command-anywhere",), 5)
    check = await missing.check((project / "f.py").as_uri(), NEW)
    assert (check.passed, check.detail) == (False, "Your verify command cannot be started.")


def test_the_innermost_project_counts_and_others_have_none(project: Path) -> None:
    configure(project, "true")
    assert verification_for((project / "deep" / "g.py").as_uri()) is not None
    assert verification_for((project.parent / "g.py").as_uri()) is None
    assert verification_for("untitled:f.py") is None


def test_editors_and_workspaces_cannot_name_a_command(project: Path) -> None:
    settings, problems = parse({"actions": {"verify": {"command": ["true"]}}})
    assert problems
    assert not hasattr(settings.actions, "verify")
    (project / FILE).write_text(json.dumps({str(project): {"command": ["true"]}}))
    assert verification_for((project / "f.py").as_uri()) is None


def test_a_broken_file_is_told_of(project: Path) -> None:
    (project.parent / "config" / FILE).write_text("{", encoding="utf-8")
    with pytest.raises(BadInputError, match="must look like"):
        verification_for((project / "f.py").as_uri())
