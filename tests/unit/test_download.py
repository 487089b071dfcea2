from __future__ import annotations

import random
from collections.abc import Generator
from pathlib import Path

import pytest

from cornerman.core.errors import DownloadError
from cornerman.models import download
from cornerman.models.download import ATTEMPTS, RefusedError, Remote, fetch
from support.file_server import FileServer, file_server

BODY = random.Random(1).randbytes(500_000)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Generator[FileServer]:
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with file_server() as server:
        server.files["/file"] = BODY
        yield server


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "file.incomplete"


def get(server: FileServer, target: Path, path: str = "/file") -> list[int]:
    """Fetch; the byte counts that were reported."""
    reports: list[int] = []
    fetch(Remote(server.url + path), target, len(BODY), reports.append)
    return reports


def test_a_file_arrives_whole_and_is_reported_from_nothing_to_all(server: FileServer, target: Path):
    reports = get(server, target)
    assert target.read_bytes() == BODY
    assert reports == sorted(reports)
    assert (reports[0], reports[-1]) == (0, len(BODY))
    assert len(reports) > 3


def test_what_is_there_is_not_asked_for_again(server: FileServer, target: Path):
    target.write_bytes(BODY[:123_456])
    reports = get(server, target)
    assert target.read_bytes() == BODY
    assert server.ranges("/file") == ["bytes=123456-"]
    assert reports[0] == 123_456


def test_a_whole_file_costs_no_request(server: FileServer, target: Path):
    target.write_bytes(BODY)
    assert get(server, target) == [len(BODY)]
    assert not server.seen


def test_a_dropped_connection_is_continued_where_it_broke(server: FileServer, target: Path):
    server.cuts["/file"] = [200_000, 100_000]
    get(server, target)
    assert target.read_bytes() == BODY
    assert server.ranges("/file") == [None, "bytes=200000-", "bytes=300000-"]


def test_more_drops_than_attempts_do_not_matter_while_bytes_arrive(
    server: FileServer, target: Path
):
    server.cuts["/file"] = [20_000] * (2 * ATTEMPTS)
    get(server, target)
    assert target.read_bytes() == BODY


def test_a_server_without_ranges_starts_over(server: FileServer, target: Path):
    server.knows_ranges = False
    target.write_bytes(b"x" * 1000)
    get(server, target)
    assert target.read_bytes() == BODY


def test_too_long_a_rest_is_thrown_away(server: FileServer, target: Path):
    target.write_bytes(BODY + b"more")
    get(server, target)
    assert target.read_bytes() == BODY


def test_a_busy_server_is_asked_again(server: FileServer, target: Path):
    server.statuses["/file"] = [503, 429]
    get(server, target)
    assert target.read_bytes() == BODY


def test_a_missing_file_is_not_asked_for_twice(server: FileServer, target: Path):
    with pytest.raises(RefusedError, match="404"):
        get(server, target, "/nothing")
    assert len(server.seen) == 1


def test_a_server_that_brings_nothing_new_is_given_up_and_the_bytes_are_kept(
    server: FileServer, target: Path
):
    server.cuts["/file"] = [1000] + [0] * ATTEMPTS
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1"):
        get(server, target)
    assert target.read_bytes() == BODY[:1000]
    assert len(server.seen) == 1 + ATTEMPTS


def test_a_server_that_cannot_be_reached_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(download, "PAUSE_SECONDS", 0)
    with file_server() as server:
        url = server.url
    with pytest.raises(DownloadError, match="cannot be reached"):
        fetch(Remote(f"{url}/file"), tmp_path / "x", 10, lambda _: None)


@pytest.mark.parametrize("other", [BODY + b".", BODY[:-1]])
def test_a_file_of_another_size_is_refused_at_once(server: FileServer, target: Path, other: bytes):
    server.files["/file"] = other
    with pytest.raises(DownloadError, match="another size"):
        get(server, target)
    assert not target.exists()
    assert len(server.seen) == 1


def test_a_file_of_another_size_is_refused_when_continued(server: FileServer, target: Path):
    target.write_bytes(BODY[:1000])
    server.files["/file"] = BODY + b"." * 100_000
    with pytest.raises(DownloadError, match="another size"):
        get(server, target)
    assert not target.exists()


def test_a_file_address_is_copied(tmp_path: Path, target: Path):
    source = tmp_path / "with space.bin"
    source.write_bytes(BODY)
    fetch(Remote(source.as_uri()), target, len(BODY), lambda _: None)
    assert target.read_bytes() == BODY


def test_headers_are_sent_and_not_shown(server: FileServer, target: Path):
    remote = Remote(f"{server.url}/file", {"User-Agent": "me", "Authorization": "Bearer s3cret"})
    fetch(remote, target, len(BODY), lambda _: None)
    assert server.seen[0].agent == "me"
    assert "s3cret" not in repr(remote)


class TestParts:
    """Large files come in parts, several at once."""

    def test_parts_make_up_the_file(
        self, server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(download, "PART_BYTES", 30_000)
        seen = get(server, target)
        assert target.read_bytes() == BODY
        assert seen[0] == 0
        assert seen[-1] == len(BODY)
        asked = server.ranges("/file")
        assert len(asked) == -(-len(BODY) // 30_000)
        assert asked[0] == "bytes=0-29999"

    def test_what_is_there_is_not_asked_for_again(
        self, server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(download, "PART_BYTES", 30_000)
        target.write_bytes(BODY[:40_001])
        get(server, target)
        assert target.read_bytes() == BODY
        assert server.ranges("/file")[0] == "bytes=40001-70000"

    def test_a_part_that_breaks_off_leaves_the_rest_to_one_connection(
        self, server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(download, "PART_BYTES", 30_000)
        server.cuts["/file"] = [1 << 30, 10, 1 << 30]
        get(server, target)
        assert target.read_bytes() == BODY
        assert any(asked is not None and asked.endswith("-") for asked in server.ranges("/file"))

    def test_a_server_without_ranges_is_asked_once_for_parts_and_then_for_all(
        self, server: FileServer, target: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(download, "PART_BYTES", 30_000)
        server.knows_ranges = False
        get(server, target)
        assert target.read_bytes() == BODY
        assert server.ranges("/file") == ["bytes=0-29999", None]
