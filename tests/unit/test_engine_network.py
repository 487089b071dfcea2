from __future__ import annotations

from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from cornerman.core.errors import BadInputError
from cornerman.engine.host.network import Doorkeeper, Listen, listen_at, tcp_listener

KEY = "k" * 20


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n", "utf-8")
    return file


@pytest.mark.parametrize("address", ["127.0.0.1:80", "localhost:80", "[::1]:80", "127.1.2.3:80"])
def test_this_machine_needs_no_key(address: str) -> None:
    listen = listen_at(address, None)
    assert (listen.port, listen.is_local, listen.api_key) == (80, True, "")


@pytest.mark.parametrize("address", ["0.0.0.0:80", "192.168.1.2:80", "[::]:80", "my.host:80"])
def test_a_public_address_needs_a_key(address: str, key_file: Path) -> None:
    with pytest.raises(BadInputError, match="--api-key-file"):
        listen_at(address, None)
    assert listen_at(address, key_file).api_key == KEY


@pytest.mark.parametrize("address", ["", "80", ":80", "localhost", "a:x", "localhost:65536"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(BadInputError, match="write it like"):
        listen_at(address, None)


@pytest.mark.parametrize("key", ["", "short", "two words and more", "schlüssel" * 3])
def test_a_key_that_protects_nothing_is_refused(tmp_path: Path, key: str) -> None:
    file = tmp_path / "key"
    file.write_text(key, "utf-8")
    with pytest.raises(BadInputError, match="cannot be used"):
        listen_at("127.0.0.1:80", file)
    with pytest.raises(BadInputError, match="cannot be read"):
        listen_at("127.0.0.1:80", tmp_path / "gone")


def test_a_port_in_use_is_told() -> None:
    with tcp_listener(Listen("127.0.0.1", 0)) as (_, first):
        assert first.port
        with pytest.raises(BadInputError, match="cannot be used"), tcp_listener(first):
            pass


async def ask(
    door: Doorkeeper, host: str, headers: dict[str, str] | None = None, *, tcp: bool = True
) -> int:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        server = ("127.0.0.1", 8012) if tcp else ("/run/engine.sock", None)
        await door({**scope, "server": server}, receive, send)

    http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://engine")
    response = await http.get("/", headers={"Host": host, **(headers or {})})
    await http.aclose()
    assert not [name for name in response.headers if name.startswith("access-control")]
    return response.status_code


def door(token: str = "", tcp: Listen | None = None) -> Doorkeeper:
    def hello(_: Request) -> Response:
        return PlainTextResponse("hello")

    return Doorkeeper(Starlette(routes=[Route("/", hello)]), token, tcp)


LOCAL = Listen("127.0.0.1", 8012)


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1:8012", None, 200),
        ("localhost:8012", "http://localhost:3000", 200),
        ("[::1]:8012", None, 200),
        ("evil.example:8012", None, 403),
        ("127.0.0.1.evil.example", None, 403),
        ("127.0.0.1:8012", "https://evil.example", 403),
        ("127.0.0.1:8012", "null", 403),
        ("[broken", None, 403),
    ],
)
async def test_web_pages_cannot_come_in(host: str, origin: str | None, status: int) -> None:
    headers = {"Origin": origin} if origin else {}
    assert await ask(door(tcp=LOCAL), host, headers) == status


async def test_each_listener_has_its_key() -> None:
    keeper = door("own-token", Listen("0.0.0.0", 8012, KEY))
    own, key = {"Authorization": "Bearer own-token"}, {"Authorization": f"Bearer {KEY}"}
    host = "engine.example"
    assert await ask(keeper, host) == 401
    assert await ask(keeper, host, own) == 401
    assert await ask(keeper, host, key) == 200
    assert await ask(keeper, host, key, tcp=False) == 401
    assert await ask(keeper, host, own, tcp=False) == 200
