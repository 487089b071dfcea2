"""A web server on loopback that can misbehave in the ways downloads have to survive."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Seen:
    """A request: its method, path, Range header, and who sent it."""

    method: str
    path: str
    range: str | None
    agent: str


_Codes = dict[str, tuple[int, str]]


@dataclass
class FileServer:
    """What to serve, how to misbehave, and what was asked.

    ``cuts``, ``damage`` and ``statuses`` hold one entry for each coming GET of a path: bytes to
    send before the connection is dropped, a body to send instead, a status to answer with.
    ``error_codes`` are the status and the Hub's name of an error for each HEAD of a path.
    """

    url: str
    files: dict[str, bytes] = field(default_factory=lambda: dict[str, bytes]())
    cuts: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    damage: defaultdict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    statuses: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    knows_ranges: bool = True
    error_codes: _Codes = field(default_factory=lambda: _Codes())
    refused_agents: tuple[str, ...] = ()
    held: set[str] = field(default_factory=lambda: set[str]())
    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)
    seen: list[Seen] = field(default_factory=lambda: list[Seen]())

    def ranges(self, path: str) -> list[str | None]:
        """The Range header of each GET of ``path`` so far."""
        return [seen.range for seen in self.seen if seen.method == "GET" and seen.path == path]


@contextmanager
def file_server() -> Generator[FileServer]:
    """Serve in the background until the block is left."""

    class Handler(_Handler):
        state: FileServer

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.state = FileServer(f"http://127.0.0.1:{http.server_port}")
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield Handler.state
    finally:
        Handler.state.released.set()
        http.shutdown()
        thread.join()
        http.server_close()


class _Handler(BaseHTTPRequestHandler):
    state: FileServer

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - name of the base
        """Nothing on stderr."""

    def do_HEAD(self) -> None:
        body = self._record()
        if body is None:
            self._refuse(404)
            return
        if self.path in self.state.error_codes:
            status, code = self.state.error_codes[self.path]
            self.send_response(status)
            self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
        self.end_headers()

    def do_GET(self) -> None:
        body = self._record()
        state, path = self.state, self.path
        if body is None:
            self._refuse(404)
        elif any(agent in self.headers.get("User-Agent", "") for agent in state.refused_agents):
            self._refuse(403)
        elif state.statuses[path]:
            self._refuse(state.statuses[path].pop(0))
        else:
            body = state.damage[path].pop(0) if state.damage[path] else body
            self._send(body)

    def _record(self) -> bytes | None:
        agent = self.headers.get("User-Agent", "")
        self.state.seen.append(Seen(self.command, self.path, self.headers.get("Range"), agent))
        return self.state.files.get(self.path)

    def _refuse(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, body: bytes) -> None:
        start = 0
        wanted = self.headers.get("Range")
        if wanted and self.state.knows_ranges:
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, end = int(first), min(int(last or len(body)), len(body) - 1)
            if start >= len(body):
                self._refuse(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end}/{len(body)}")
        else:
            end = len(body) - 1
            self.send_response(200)
        rest = body[start : end + 1]
        self.send_header("Content-Type", "text/html" if self.path.endswith("/") else "x/y")
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if self.path in self.state.held:
            self.state.reached.set()
            self.state.released.wait(60)
        cuts = self.state.cuts[self.path]
        self.wfile.write(rest[: cuts.pop(0)] if cuts else rest)
