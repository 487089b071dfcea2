"""A whole session without any network, and where its source code went, as the system saw it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from cornerman import paths
from support import private_session
from support.engine import engines_in
from support.private_session import CANARY
from support.syscalls import Call, calls, tracer, without_network

pytestmark = pytest.mark.timeout(560)

# In the user's private folders, as documented: the index, and texts that the editor opened.
EXCEPTIONS = ("STATE/index", "CACHE/texts/")
# What the system itself offers to write to without anything being kept.
NO_FILES = ("/dev/null", "/dev/tty", "/proc/self/", "/dev/shm/")


@dataclass(frozen=True)
class Session:
    """``came`` says what became of each part."""

    folder: Path
    came: dict[str, object]
    calls: Sequence[Call]

    def is_exception(self, path: str) -> bool:
        return any(path.startswith(str(self.folder / name)) for name in EXCEPTIONS)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("private")
    own = {f"CORNERMAN_{kind}_DIR": str(folder / kind) for kind in ("CONFIG", "STATE", "CACHE")}
    homes = ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME")
    for name in (*homes, "CACHE"):
        (folder / name).mkdir()
    (folder / "CACHE" / "models").symlink_to(paths.cache_dir() / "models")
    private_session.make_project(folder)
    trace = folder / "trace"
    script = (sys.executable, private_session.__file__, str(folder))
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CORNERMAN")},
        **own,
        **{name: str(folder / name) for name in homes},
        "CORNERMAN_RUNTIME_DIR": str(folder / "run"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    try:
        done = subprocess.run(
            [*without_network(), *tracer(), str(trace), *script],
            env=env,
            capture_output=True,
            text=True,
            check=False,
            timeout=500,
        )
        assert done.returncode == 0, done.stderr
        yield Session(folder, json.loads(done.stdout.splitlines()[-1]), list(calls(trace)))
    finally:
        for process in engines_in(folder):
            process.kill()


def test_everything_works_without_a_network(session: Session) -> None:
    came = session.came
    assert came["completion"] == 1
    assert came["explain"]
    assert came["refactor"] in ("offered", "refused")
    assert came["ask"], "nothing was found in the workspace"
    assert came["why"]
    assert came["stats"]
    assert came["exit"] == 0
    assert came["cornerman stats"] == 0
    assert came["cornerman doctor"] == 0
    assert came["cornerman engine stop"] == 0


def test_no_process_of_it_reached_out_or_listened_beyond_this_machine(session: Session) -> None:
    used = [call for call in session.calls if call.name in ("connect", "bind")]
    assert any("sun_path" in call.arguments for call in used), "the engine was not seen"
    assert [call.arguments for call in used if "AF_INET" in call.arguments] == []


def test_all_files_written_are_in_its_own_folders_or_temporary(session: Session) -> None:
    opened = {path for call in session.calls if (path := call.opened_for_writing)}
    assert any(path.endswith("server.log") for path in opened)
    assert any(path.endswith("engine.log") for path in opened)
    assert any(path.endswith("statistics.sqlite3") for path in opened)
    places = [
        str(session.folder / name)
        for name in ("STATE", "CACHE", "CONFIG", "run", "TMPDIR", "report.zip")
    ]
    outside = {path for path in opened if not path.startswith((*places, *NO_FILES))}
    # The harness's own: where the test keeps the server's standard error.
    assert outside <= {str(session.folder / "stderr")}


def test_no_write_to_a_file_holds_source_code(session: Session) -> None:
    telling = {call.target for call in session.calls if call.is_write and tells(call.arguments)}
    assert any(target.startswith("UNIX") for target in telling), "the engine was asked nothing"
    files = {target for target in telling if target.startswith("/")}
    assert any("index" in target for target in files), "the index was not written"
    assert any("texts" in target for target in files), "the explanation was not shown"
    assert {target for target in files if not session.is_exception(target)} == set()


def test_no_file_that_is_left_holds_source_code(session: Session) -> None:
    looked_at: set[str] = set()
    for path in session.folder.rglob("*"):
        inside = path.relative_to(session.folder)
        is_own = inside.parts[0] not in ("project", "trace") and "models" not in inside.parts
        if path.is_file() and is_own and not session.is_exception(str(path)):
            looked_at.add(path.name)
            assert not tells(path.name), path
            assert not tells(path.read_bytes().decode("latin-1")), path
    assert {"server.log", "engine.log", "statistics.sqlite3", "report.zip"} <= looked_at
    with zipfile.ZipFile(session.folder / "report.zip") as archive:
        for name in archive.namelist():
            assert not tells(archive.read(name).decode("utf-8", "replace")), name


def test_what_may_hold_source_code_is_private(session: Session) -> None:
    found = [path for path in session.folder.rglob("*") if session.is_exception(str(path))]
    files = [path for path in found if path.is_file()]
    assert files
    for path in files:
        assert path.stat().st_mode & 0o077 == 0, path


def tells(text: str) -> bool:
    return CANARY in text.lower()
