"""HTTP as engines speak it: JSON, server-sent events, and failures by their kind.

The only module of the language server that uses the network.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Imported where it is used: it is slow to import, and a server starts without it.
    import httpx2

_CONNECT_SECONDS = 5.0
# What a server says beyond this is not read: no answer but a stream is that long.
_MAX_BODY_BYTES = 4_000_000


class HttpError(Exception):
    """A request failed. Holds nothing that may be shown: its cause may quote anything."""


class UnreachableError(HttpError):
    """No connection could be made."""


class TlsError(UnreachableError):
    """Somebody is there, but no secure connection could be agreed on."""


class ProxySettingError(UnreachableError):
    """The proxy that the environment names cannot be used."""


class LostError(HttpError):
    """The connection ended before the answer did."""


class TimedOutError(HttpError):
    """The connection stands, but nothing came for too long."""


class GarbledError(HttpError):
    """The answer is not what the protocol promises."""


class StatusError(HttpError):
    """An answer with another status than 200. ``retry_after`` is the header of that name."""

    def __init__(self, status: int, content: bytes, retry_after: str) -> None:
        super().__init__(status)
        self.status = status
        self.content = content
        self.retry_after = retry_after


class Http:
    """Connections to one server; redirects are never followed. For one event loop.

    With a ``socket``, ``url`` only fills the Host header. ``stall_seconds`` is the longest
    silence in an answer. ``token`` goes with every request, as a bearer token. Proxies and
    certificates that the environment names are used when ``uses_environment`` says so.

    Raises:
        ProxySettingError: the environment's proxy cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        stall_seconds: float,
        socket: Path | None = None,
        token: str = "",
        uses_environment: bool = False,
    ) -> None:
        import httpx2

        self.token = token
        # What TLS needs takes tens of milliseconds to make.
        has_tls = uses_environment or url.startswith("https:")
        transport = httpx2.AsyncHTTPTransport(uds=str(socket), verify=has_tls) if socket else None
        try:
            self._client = httpx2.AsyncClient(
                base_url=url,
                timeout=httpx2.Timeout(stall_seconds, connect=_CONNECT_SECONDS),
                trust_env=uses_environment,
                transport=transport,
                verify=has_tls,
            )
        except (ValueError, ImportError) as error:
            raise ProxySettingError from error

    async def get(self, path: str, seconds: float) -> bytes:
        """The body at ``path``; raises ``HttpError``. ``seconds`` limits each silence."""
        with _kinds_of_failure():
            async with self._client.stream(
                "GET", path, headers=self._headers(), timeout=seconds
            ) as response:
                content = await _content(response)
                _check(response, content)
                return content

    async def events(self, path: str, body: str) -> AsyncGenerator[str, None]:
        """The data of the events that ``body``, posted to ``path``, is answered with.

        Closing the stream closes the connection, by which a server knows to stop. Raises
        ``HttpError``.
        """
        import httpx2

        headers = {"Content-Type": "application/json", **self._headers()}
        with _kinds_of_failure():
            async with self._client.stream("POST", path, content=body, headers=headers) as response:
                if response.status_code != 200:
                    _check(response, await _content(response))
                async for event in httpx2.EventSource(response):
                    yield event.data

    async def aclose(self) -> None:
        """Close the connections. Streams that are still open end with ``LostError``."""
        await self._client.aclose()

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


async def _content(response: httpx2.Response) -> bytes:
    content = b""
    async for part in response.aiter_bytes():
        content += part
        if len(content) > _MAX_BODY_BYTES:
            raise GarbledError
    return content


def _check(response: httpx2.Response, content: bytes) -> None:
    if response.status_code != 200:
        retry_after = response.headers.get("retry-after", "")
        raise StatusError(response.status_code, content, retry_after)


@contextmanager
def _kinds_of_failure() -> Generator[None]:
    """The one place where the HTTP library's errors become ours."""
    import httpx2

    try:
        yield
    except httpx2.ConnectError as error:
        raise (TlsError if _is_about_tls(error) else UnreachableError) from error
    except (httpx2.ConnectTimeout, httpx2.ProxyError) as error:
        raise UnreachableError from error
    except (httpx2.ReadTimeout, httpx2.PoolTimeout) as error:
        raise TimedOutError from error
    except (httpx2.SSEError, httpx2.DecodingError) as error:
        raise GarbledError from error
    except (httpx2.HTTPError, RuntimeError) as error:
        # RuntimeError: the client was closed, because another request found the engine gone.
        raise LostError from error


def _is_about_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
