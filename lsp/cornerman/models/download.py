"""Downloading one file over HTTP, resumable.

Only this module and ``hub.py`` (which asks for a file's address) speak to the network here.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import httpx2

from cornerman import __version__
from cornerman.core.errors import DownloadError

ATTEMPTS = 5
"""Tries in a row that bring nothing new before a download is given up."""

PAUSE_SECONDS = 0.5
"""Wait before the second try; doubled for every further one."""

_WORTH_A_RETRY = frozenset({408, 425, 429, 500, 502, 503, 504})


class RefusedError(DownloadError):
    """The server was reached but will not hand out the file to us (status 4xx)."""


class _TryAgainError(Exception):
    """This try failed in a way the next one may not."""


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a file is. ``url`` is http(s) or file; ``headers`` may hold a token."""

    url: str
    headers: Mapping[str, str] = field(default_factory=lambda: dict[str, str](), repr=False)

    @property
    def host(self) -> str:
        """The part of the address that is safe and useful to show."""
        return urlsplit(self.url).hostname or "this machine"


def fetch(remote: Remote, target: Path, size: int, on_bytes: Callable[[int], None]) -> None:
    """Bring ``target`` to ``size`` bytes, continuing after what it already holds.

    ``on_bytes`` is called with the bytes present so far, first of all with those found. A dropped
    connection is taken up again where it broke; a server that cannot continue starts over. The
    content is not checked: compare hashes afterwards.

    Raises:
        RefusedError: the server answers with a client error.
        DownloadError: it cannot be reached, keeps failing, or has a file of another size.
        OSError: the target cannot be written.
    """
    if length(target) > size:
        target.unlink()
    on_bytes(length(target))
    if urlsplit(remote.url).scheme == "file":
        shutil.copyfile(url2pathname(urlsplit(remote.url).path), target)
        on_bytes(length(target))
        return
    client = _client()
    with client:
        furthest, wasted = length(target), 0
        while length(target) < size:
            try:
                _receive(client, remote, target, size, on_bytes)
            except (httpx2.HTTPError, httpx2.InvalidURL, _TryAgainError) as error:
                wasted = 0 if length(target) > furthest else wasted + 1
                furthest = max(furthest, length(target))
                if wasted >= ATTEMPTS:
                    raise DownloadError(f"{remote.host}: {_reason(error)}") from error
                time.sleep(PAUSE_SECONDS * 2 ** max(wasted - 1, 0))


def length(path: Path) -> int:
    """Size of a file in bytes, 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _client() -> httpx2.Client:
    return httpx2.Client(
        follow_redirects=True,
        timeout=httpx2.Timeout(30.0, connect=10.0),
        headers={"User-Agent": f"cornerman/{__version__}"},
    )


def _receive(
    client: httpx2.Client,
    remote: Remote,
    target: Path,
    size: int,
    on_bytes: Callable[[int], None],
) -> None:
    """One request: append to ``target``, or write it anew where the server sends all of it."""
    done = length(target)
    headers = {**remote.headers, "Accept-Encoding": "identity"}
    if done:
        headers["Range"] = f"bytes={done}-"
    with client.stream("GET", remote.url, headers=headers) as response:
        _check(response, remote, target, done, size)
        resumed = response.status_code == HTTPStatus.PARTIAL_CONTENT
        done = done if resumed else 0
        with target.open("ab" if resumed else "wb") as file:
            for block in response.iter_raw():
                done += len(block)
                if done > size:
                    break
                file.write(block)
                on_bytes(done)
    if done > size:
        target.unlink()
        raise DownloadError(f"{remote.host}: the file there has another size")
    if done < size:
        raise _TryAgainError("the connection was closed early")


def _check(response: httpx2.Response, remote: Remote, target: Path, done: int, size: int) -> None:
    """Raise unless the body of this answer can be written, either from 0 or from ``done`` on."""
    status = response.status_code
    content_range = response.headers.get("Content-Range", "")
    misplaced = status == HTTPStatus.PARTIAL_CONTENT and not content_range.startswith(
        f"bytes {done}-"
    )
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or misplaced:
        target.unlink(missing_ok=True)
        raise _TryAgainError("it does not continue where the download stopped")
    if status in _WORTH_A_RETRY:
        raise _TryAgainError(f"it answered {status}")
    if response.is_client_error:
        raise RefusedError(f"{remote.host}: it answered {status}")
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        raise DownloadError(f"{remote.host}: it answered {status}")
    announced = response.headers.get("Content-Length")
    if status == HTTPStatus.OK and announced not in (None, str(size)):
        raise DownloadError(f"{remote.host}: the file there has another size")


def _reason(error: Exception) -> str:
    if isinstance(error, httpx2.TimeoutException):
        return "no answer in time"
    if isinstance(error, httpx2.ConnectError):
        return f"cannot be reached ({error})"
    return str(error) or type(error).__name__
