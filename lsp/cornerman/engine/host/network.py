"""TCP for other tools, on request only: where to listen, and who may come in."""

from __future__ import annotations

import contextlib
import ipaddress
import secrets
import socket
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from cornerman.core.errors import BadInputError

_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_SHORTEST_KEY = 16


@dataclass(frozen=True, slots=True)
class Listen:
    """A TCP address, and the key that requests must bear (empty: none)."""

    host: str
    port: int
    api_key: str = ""

    @property
    def url(self) -> str:
        """Where clients reach it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it."""
        if self.host == "localhost":
            return True
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return False


def listen_at(address: str, key_file: Path | None) -> Listen:
    """What ``--listen`` and ``--api-key-file`` ask for.

    Raises:
        BadInputError: it is no address, the key cannot be used, or a public address has none.
    """
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise BadInputError(f"{address!r} is no address; write it like 127.0.0.1:8012.")
    listen = Listen(host, int(port), _key(key_file) if key_file else "")
    if not listen.is_local and not listen.api_key:
        raise BadInputError(
            f"Others can reach {host}: give a key that they must know with --api-key-file, "
            "or listen on 127.0.0.1."
        )
    return listen


@contextlib.contextmanager
def tcp_listener(listen: Listen) -> Generator[tuple[socket.socket, Listen]]:
    """A bound socket, and the address with the port that it got.

    Raises:
        BadInputError: the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
    try:
        bound = socket.create_server((listen.host, listen.port), family=family)
    except OSError as error:
        raise BadInputError(
            f"The address {listen.host}:{listen.port} cannot be used ({error.strerror}); "
            "choose another one with --listen."
        ) from error
    with bound:
        yield bound, replace(listen, port=bound.getsockname()[1])


class Doorkeeper:
    """Turns away requests without the key of the listener they came by.

    ``token`` is that of the engine's own listener. On a loopback address, requests that a browser
    sends for a web page are turned away by their Host and Origin.
    """

    def __init__(self, app: ASGIApp, token: str, tcp: Listen | None) -> None:
        self._app = app
        self._token = token
        self._tcp = tcp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on to the application."""
        headers = dict(scope["headers"])
        _, port = scope.get("server") or ("", None)
        key = self._token
        if self._tcp is not None and port == self._tcp.port:
            key = self._tcp.api_key
            if self._tcp.is_local and not _is_from_here(headers):
                error = {"message": "Requests of web pages are refused.", "type": "forbidden"}
                await JSONResponse({"error": error}, 403)(scope, receive, send)
                return
        given = headers.get(b"authorization", b"")
        if not key or secrets.compare_digest(given, f"Bearer {key}".encode()):
            await self._app(scope, receive, send)
        else:
            error = {"message": "The key is missing or wrong.", "type": "unauthorized"}
            await JSONResponse({"error": error}, 401)(scope, receive, send)


def _is_from_here(headers: dict[bytes, bytes]) -> bool:
    urls = ["//" + headers.get(b"host", b"").decode("latin-1")]
    if b"origin" in headers:
        urls.append(headers[b"origin"].decode("latin-1"))
    try:
        return all(urlsplit(url).hostname in _THIS_MACHINE for url in urls)
    except ValueError:
        return False


def _key(file: Path) -> str:
    try:
        key = file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"The key file {file} cannot be read; check its path.") from error
    if len(key) < _SHORTEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise BadInputError(
            f"The key in {file} cannot be used; put one line of at least {_SHORTEST_KEY} letters "
            "and digits there."
        )
    return key
