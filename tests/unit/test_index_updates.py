"""The index of a folder: what is read, what is read again, and what never is."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from cornerman.context.index import building
from cornerman.context.index.facts import FileFacts
from cornerman.context.workspace_files import WorkspaceFiles
from cornerman.features.workspace import Workspace, open_folder, update_folder
from cornerman.settings import ContextSettings
from support.workspaces import workspace_of, write


def indexed(folder: Path, settings: ContextSettings | None = None) -> list[str]:
    opened = open_folder(folder, settings or ContextSettings(), folder.parent / "state")
    update_folder(opened)
    paths = opened.store.paths()
    opened.store.close()
    return paths


def test_only_what_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "app", {"a.py": "def one(): ...\n", "b.py": "def two(): ...\n"})
    read: list[str] = []

    def noted(text: str, language_id: str) -> FileFacts:
        read.append(text)
        return FileFacts(language_id)

    monkeypatch.setattr(building, "facts_of", noted)
    assert indexed(tmp_path / "app") == ["a.py", "b.py"]
    (tmp_path / "app/b.py").rename(tmp_path / "app/moved.py")
    write(tmp_path / "app", {"a.py": "def other(): ...\n"})
    read.clear()
    assert indexed(tmp_path / "app") == ["a.py", "moved.py"]
    assert read == ["def other(): ...\n"]


def test_ignored_hidden_vendored_secret_and_generated_files_stay_out(tmp_path: Path) -> None:
    code = "def f(): ...\n"
    write(
        tmp_path / "app",
        {
            ".gitignore": "/build/\n*.log.py\n!kept.log.py\n",
            "good.py": code,
            "kept.log.py": code,
            "some.log.py": code,
            "build/out.py": code,
            "pkg/.gitignore": "local.py\n",
            "pkg/local.py": code,
            "pkg/build/fine.py": code,
            ".hidden/a.py": code,
            "node_modules/m/index.js": "x()",
            "own_env/pyvenv.cfg": "",
            "own_env/lib/m.py": code,
            "secrets.py": code,
            "generated.py": "# @generated\n" + code,
            "big.py": "#" * 3000 + "\n",
            "private/mine.py": code,
        },
    )
    (tmp_path / "app/binary.py").write_bytes(b"x = 1\0")
    settings = ContextSettings(exclude=["private/"], max_file_kib=2)
    opened = open_folder(tmp_path / "app", settings, tmp_path / "state")
    update_folder(opened)
    known = [p for p in opened.store.paths() if opened.store.facts(p) is not None]
    assert known == ["good.py", "kept.log.py", "pkg/build/fine.py"]
    opened.store.close()


def test_links_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere", {"secret.py": "def hidden(): ...\n"})
    write(tmp_path / "app", {"pkg/a.py": "def f(): ...\n"})
    (tmp_path / "app/pkg/loop").symlink_to(tmp_path / "app")
    (tmp_path / "app/out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "app/link.py").symlink_to(tmp_path / "elsewhere/secret.py")
    assert indexed(tmp_path / "app") == ["pkg/a.py"]


def test_a_folder_inside_a_repository_is_ignored_as_the_repository_says(tmp_path: Path) -> None:
    write(
        tmp_path / "repo",
        {".git/HEAD": "", ".gitignore": "app/old/\n", "app/a.py": "x = 1\n", "app/old/b.py": "y"},
    )
    files = WorkspaceFiles(tmp_path / "repo/app")
    assert [found.path for found in files.walk()] == ["a.py"]


def test_the_index_is_private_and_made_anew_when_it_is_damaged(tmp_path: Path) -> None:
    write(tmp_path / "app", {"a.py": "def f(): ...\n"})
    indexed(tmp_path / "app")
    folder = tmp_path / "state/index"
    database = next(folder.glob("*.sqlite3"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    database.write_bytes(b"this is no database" * 100)
    assert indexed(tmp_path / "app") == ["a.py"]


def test_files_are_read_again_when_somebody_tells(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, {"a.py": "def old(): ...\n", "b.py": "x = 1\n"})
    write(tmp_path / "app", {"a.py": "def new(): ...\n"})
    (tmp_path / "app/b.py").unlink()
    workspace.refresh([tmp_path / "app/a.py", tmp_path / "app/b.py", tmp_path / "other.py"])
    assert workspace.index.named("new")
    assert not workspace.index.named("old")
    assert [file.path for file in workspace.index.all_files()] == ["a.py"]


def test_what_is_excluded_later_is_hidden_before_the_index_is_made_again(tmp_path: Path) -> None:
    write(tmp_path / "app", {"a.py": "def secret_plan(): ...\n"})
    indexed(tmp_path / "app")
    settings = ContextSettings(exclude=["a.py"])
    workspace = Workspace()
    workspace.add(open_folder(tmp_path / "app", settings, tmp_path / "state"))
    (file,) = workspace.index.all_files()
    assert workspace.index.named("secret_plan") == []
    assert workspace.index.facts(file) is None
    assert workspace.index.text(file) is None
