"""MLX models as folders of a Hub repository."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Generator
from pathlib import Path

import pytest

from cornerman.core.errors import BadInputError, DownloadError
from cornerman.models import adding, download, pins, presence, store
from cornerman.models.progress import Progress
from cornerman.models.spec import MlxFolder, ModelSpec
from support.file_server import FileServer, file_server
from support.model_sources import CONTENT, SPEC, serve_hub

REPO = "someone/Qwen2.5-Coder-tiny-Instruct"
FORM = MlxFolder(repo=REPO, size_bytes=len(CONTENT))
FILES = {
    "config.json": b'{"model_type": "qwen2"}',
    "tokenizer.json": b"{}",
    "model.safetensors": CONTENT,
    "evil.py": b"raise SystemExit",
    ".gitattributes": b"",
}
LISTING = f"/api/models/{REPO}/revision/main?blobs=true"
WANTED = {"config.json", "tokenizer.json", "model.safetensors"}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[FileServer]:
    """The Hub, with the repository on it."""
    for kind in ("CACHE", "STATE", "CONFIG"):
        monkeypatch.setenv(f"CORNERMAN_{kind}_DIR", str(tmp_path / kind))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0)
    with file_server() as server:
        serve_hub(server, monkeypatch)
        siblings = [listed(name, content) for name, content in FILES.items()]
        answer = {"id": REPO, "sha": "abc", "siblings": siblings}
        server.files[LISTING] = json.dumps(answer).encode()
        for name, content in FILES.items():
            server.files[address(name)] = content
        yield server


@pytest.fixture
def spec() -> ModelSpec:
    return SPEC.model_copy(update={"gguf": None, "mlx": FORM})


def address(name: str) -> str:
    return f"/{REPO}/resolve/abc/{name}"


def listed(name: str, content: bytes) -> dict[str, object]:
    """A file as the Hub lists it: large ones with their hash."""
    entry: dict[str, object] = {"rfilename": name, "size": len(content), "blobId": "0"}
    if name.endswith(".safetensors"):
        sha256 = hashlib.sha256(content).hexdigest()
        entry["lfs"] = {"sha256": sha256, "size": len(content), "pointerSize": 1}
    return entry


def pull(spec: ModelSpec) -> list[Progress]:
    events: list[Progress] = []
    folder = store.pull(spec, events.append)
    assert {path.name for path in folder.iterdir()} == {*WANTED, ".verified"}
    return events


def test_a_folder_arrives_whole_without_code(server: FileServer, spec: ModelSpec) -> None:
    events = pull(spec)
    assert store.present(spec) == [presence.folder_of(spec) / "mlx"]
    assert events[-1].done == events[-1].total
    assert server.ranges(address("evil.py")) == []
    assert store.verify(spec)


def test_an_interrupted_folder_is_continued(server: FileServer, spec: ModelSpec) -> None:
    server.cuts[address("model.safetensors")] = [300_000, *[0] * download.ATTEMPTS]
    with pytest.raises(DownloadError, match=r"it continues where it was"):
        store.pull(spec, lambda _: None)
    assert store.locate(spec) is None
    server.cuts.clear()
    pull(spec)
    assert server.ranges(address("model.safetensors"))[-1] == "bytes=300000-"


def test_a_file_that_is_not_what_the_hub_said_is_refused(
    server: FileServer, spec: ModelSpec
) -> None:
    server.files[address("model.safetensors")] = b"!" + CONTENT[1:]
    with pytest.raises(DownloadError, match="arrives damaged"):
        store.pull(spec, lambda _: None)


def test_what_came_first_is_pinned_until_the_model_is_removed(
    server: FileServer, spec: ModelSpec
) -> None:
    pull(spec)
    assert pins.pinned(spec.name, "config.json") is not None
    folder = presence.folder_of(spec) / "mlx"
    (folder / "config.json").unlink()
    server.files[address("config.json")] = b'{"model_type": "other"}'
    with pytest.raises(DownloadError, match=r"config\.json"):
        store.pull(spec, lambda _: None)
    store.remove(spec)
    pull(spec)
    assert len(server.ranges(address("model.safetensors"))) == 2


def test_the_cache_of_the_hub_libraries_is_used(
    server: FileServer, spec: ModelSpec, tmp_path: Path
) -> None:
    blobs = tmp_path / "hub" / f"models--{REPO.replace('/', '--')}" / "blobs"
    blobs.mkdir(parents=True)
    (blobs / hashlib.sha256(CONTENT).hexdigest()).write_bytes(CONTENT)
    pull(spec)
    assert server.ranges(address("model.safetensors")) == []


@pytest.mark.usefixtures("server")
def test_a_folder_that_was_only_touched_is_still_good(spec: ModelSpec) -> None:
    pull(spec)
    file = presence.folder_of(spec) / "mlx" / "model.safetensors"
    os.utime(file, ns=(0, 0))
    assert store.locate(spec) is not None
    file.write_bytes(b"!" + CONTENT[1:])
    assert store.locate(spec) is None


@pytest.mark.usefixtures("server")
def test_a_missing_file_makes_the_folder_incomplete(spec: ModelSpec) -> None:
    pull(spec)
    (presence.folder_of(spec) / "mlx" / "tokenizer.json").unlink()
    assert store.locate(spec) is None
    pull(spec)


def test_offline_mode_asks_nobody(
    server: FileServer, spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERMAN_OFFLINE", "1")
    with pytest.raises(DownloadError, match="offline mode is on"):
        store.pull(spec, lambda _: None)
    with pytest.raises(BadInputError, match="offline mode is on"):
        adding.describe(REPO)
    assert server.seen == []


def offer(server: FileServer, *names: str) -> None:
    """Have files on the Hub, under these names only."""
    siblings = [listed(name, b"x") for name in names]
    answer = {"id": REPO, "sha": "abc", "siblings": siblings}
    server.files[LISTING] = json.dumps(answer).encode()


def test_of_several_files_the_usual_one_in_one_piece_is_added(server: FileServer) -> None:
    slices = [f"tiny-q4_k_m-0000{n}-of-00002.gguf" for n in (1, 2)]
    offer(server, "mmproj-q4_k_m.gguf", "tiny-q8_0.gguf", *slices, "tiny-q4_k_m.gguf")
    spec = adding.describe(REPO)
    assert spec.gguf is not None
    assert spec.gguf.filename == "tiny-q4_k_m.gguf"
    named = adding.describe(f"{REPO}/tiny-q8_0.gguf").gguf
    assert named is not None
    assert named.filename == "tiny-q8_0.gguf"


@pytest.mark.parametrize("file", ["absent.gguf", "tiny-00001-of-00002.gguf", "config.json"])
def test_a_file_that_cannot_be_added_is_told(server: FileServer, file: str) -> None:
    offer(server, "model.safetensors", "config.json", "tiny-00001-of-00002.gguf")
    with pytest.raises(BadInputError, match=f"has no {file} that is a GGUF model in one piece"):
        adding.describe(f"{REPO}/{file}")


@pytest.mark.usefixtures("server")
def test_a_repository_can_be_added_by_its_name() -> None:
    spec = adding.describe(REPO)
    assert (spec.name, spec.family, spec.roles) == (
        "qwen2.5-coder-tiny-instruct",
        "qwen2.5-coder",
        ("completion", "chat"),
    )
    adding.add(spec)
    assert store.pull(spec, lambda _: None).is_dir()


def test_what_is_neither_path_nor_repository_is_told(server: FileServer) -> None:
    with pytest.raises(BadInputError, match="neither a path nor a repository"):
        adding.describe("nonsense")
    with pytest.raises(BadInputError, match="cannot be looked at"):
        adding.describe("nobody/nothing")
