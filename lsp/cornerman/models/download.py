"""Downloading one file over HTTP, resumable.

Only this module and ``hub.py`` (which asks for a file's address) speak to the network here.
"""

from __future__ import annotations

import shutil
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
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

AT_ONCE = 4
"""Connections for one large file, where the server can send parts of it."""

PART_BYTES = 8 << 20
"""Size of such a part; files shorter than two of them are fetched over one connection."""

_BEAT_SECONDS = 0.5
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
        _receive_parts(client, remote, target, size, on_bytes)
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


def _receive_parts(
    client: httpx2.Client,
    remote: Remote,
    target: Path,
    size: int,
    on_bytes: Callable[[int], None],
) -> None:
    """Append to ``target`` part by part, several on their way at once.

    ``target`` is a prefix of the file at any time. At the first part that does not arrive as it
    should this ends; the rest is for one connection.
    """
    starts = range(length(target), size, PART_BYTES)
    if len(starts) < 2:
        return
    parts = iter(starts)
    pool = ThreadPoolExecutor(AT_ONCE, "download")

    def begin(start: int) -> Future[bytes | None]:
        return pool.submit(_part, client, remote, start, min(start + PART_BYTES, size), size)

    try:
        # The first one tells whether the server can do that, before it is asked for more.
        coming = deque([begin(next(parts))])
        while coming:
            part = _awaited(coming.popleft(), lambda: on_bytes(length(target)))
            if part is None:
                return
            with target.open("ab") as file:
                file.write(part)
            on_bytes(length(target))
            coming.extend(begin(start) for start in islice(parts, AT_ONCE - len(coming)))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _awaited(part: Future[bytes | None], heartbeat: Callable[[], None]) -> bytes | None:
    """The part, once it is there; whoever waits for the file may give up at each beat."""
    while not wait((part,), timeout=_BEAT_SECONDS).done:
        heartbeat()
    return part.result()


def _part(client: httpx2.Client, remote: Remote, start: int, end: int, size: int) -> bytes | None:
    """Bytes ``start`` to ``end`` of the file; None when they cannot be had that way."""
    headers = {**remote.headers, "Accept-Encoding": "identity", "Range": f"bytes={start}-{end - 1}"}
    try:
        with client.stream("GET", remote.url, headers=headers) as response:
            is_part = response.status_code == HTTPStatus.PARTIAL_CONTENT
            place = response.headers.get("Content-Range", "")
            if not is_part or place != f"bytes {start}-{end - 1}/{size}":
                return None
            content = b"".join(response.iter_raw())
    except httpx2.HTTPError:
        return None
    return content if len(content) == end - start else None


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
