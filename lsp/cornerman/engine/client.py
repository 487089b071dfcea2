"""Speaks to an engine. The only module of the language server that uses the network."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing, contextmanager
from typing import TYPE_CHECKING

from pydantic import ValidationError

from cornerman.core.errors import EngineRequestError, EngineUnavailableError
from cornerman.core.generation import Chunk, GenerationRequest
from cornerman.engine.endpoint import Endpoint
from cornerman.engine.failures import from_wire
from cornerman.engine.protocol import ChunkBody, ErrorBody, GenerationBody, HealthBody

if TYPE_CHECKING:
    # Imported where it is used: it is slow to import, and a server starts without it.
    import httpx2

_CONNECT_SECONDS = 5.0
_HEALTH_SECONDS = 2.0
# A working engine is never silent for longer than a few seconds.
_STALL_SECONDS = 30.0
_ATTEMPTS = 2


class _ConnectionLostError(Exception):
    """The engine is not there, or ceased to be while it answered."""


class EngineClient:
    """A client of one engine, which ``connect`` finds or starts. For one event loop.

    ``connect`` is called before the first request, and again after the engine was lost.
    """

    def __init__(self, connect: Callable[[], Awaitable[Endpoint]]) -> None:
        self._connect = connect
        self._http: httpx2.AsyncClient | None = None

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """The output of ``request`` as it is made; the last chunk has ``finish``.

        Closing the stream (or cancelling the task that reads it) cancels the generation. An
        engine that is lost before any output is replaced and asked again, once.

        Raises:
            EngineUnavailableError: no engine can be reached or started.
            ModelMissingError: the model is not installed.
            BadInputError: there is no model of that name.
            PromptTooLongError: the prompt does not fit the model's context.
            EngineRequestError: the engine refused, or failed in the middle of the answer.
        """
        body = GenerationBody.of(request)
        for attempt in range(_ATTEMPTS):
            has_output = False
            http = await self._connected()
            try:
                async with aclosing(_attempt(http, body)) as chunks:
                    async for chunk in chunks:
                        has_output = True
                        yield chunk
            except _ConnectionLostError as error:
                await self._forget(http)
                if has_output:
                    raise EngineRequestError(
                        "The engine stopped in the middle of an answer; the next request starts "
                        "a new one."
                    ) from error
                if attempt == _ATTEMPTS - 1:
                    raise EngineUnavailableError(
                        "The engine stops before it answers; see `cornerman engine status` and "
                        "its log."
                    ) from error
            else:
                return

    async def health(self) -> HealthBody:
        """State of the engine, which is started if there is none.

        Raises:
            EngineUnavailableError: no engine can be reached or started.
        """
        http = await self._connected()
        try:
            return await _health(http)
        except _ConnectionLostError as error:
            await self._forget(http)
            raise EngineUnavailableError("The engine does not answer; try again.") from error

    async def aclose(self) -> None:
        """Close the connections. Streams that are still open end with an error."""
        if self._http is not None:
            await self._forget(self._http)

    async def _connected(self) -> httpx2.AsyncClient:
        if self._http is None:
            endpoint = await self._connect()
            # Another request may have connected meanwhile.
            self._http = self._http or _open(endpoint)
        return self._http

    async def _forget(self, http: httpx2.AsyncClient) -> None:
        """Connect anew next time, unless another request has done so already."""
        if self._http is http:
            self._http = None
        await http.aclose()


async def probe(endpoint: Endpoint) -> HealthBody | None:
    """State of the engine at ``endpoint``; None when nobody is there.

    Raises:
        EngineRequestError: somebody is there and too busy to answer, or no engine.
    """
    http = _open(endpoint)
    try:
        return await _health(http)
    except _ConnectionLostError:
        return None
    finally:
        await http.aclose()


async def _attempt(http: httpx2.AsyncClient, body: GenerationBody) -> AsyncGenerator[Chunk, None]:
    path = "/v1/completions" if body.messages is None else "/v1/chat/completions"
    content = body.model_dump_json(exclude_none=True)
    headers = {"Content-Type": "application/json"}
    with _mapped_errors():
        async with http.stream("POST", path, content=content, headers=headers) as response:
            if response.status_code != 200:
                raise _refusal(response.status_code, await response.aread())
            async with aclosing(_chunks(response)) as chunks:
                async for chunk in chunks:
                    yield chunk


async def _chunks(response: httpx2.Response) -> AsyncGenerator[Chunk, None]:
    import httpx2

    async for event in httpx2.EventSource(response):
        if event.data == "[DONE]":
            return
        body = ChunkBody.model_validate_json(event.data)
        if body.error is not None:
            raise from_wire(body.error)
        yield body.chunk()
    raise _ConnectionLostError


async def _health(http: httpx2.AsyncClient) -> HealthBody:
    with _mapped_errors():
        response = await http.get("/health", timeout=_HEALTH_SECONDS)
        if response.status_code != 200:
            raise _ConnectionLostError
        return HealthBody.model_validate_json(response.content)


def _open(endpoint: Endpoint) -> httpx2.AsyncClient:
    import httpx2

    transport = httpx2.AsyncHTTPTransport(uds=str(endpoint.socket)) if endpoint.socket else None
    return httpx2.AsyncClient(
        base_url=endpoint.url,
        headers={"Authorization": f"Bearer {endpoint.token}"} if endpoint.token else None,
        timeout=httpx2.Timeout(_STALL_SECONDS, connect=_CONNECT_SECONDS),
        # Not even a proxy of the environment may see what goes to the engine of this machine.
        trust_env=False,
        transport=transport,
    )


@contextmanager
def _mapped_errors() -> Generator[None]:
    """The one place where the HTTP library's errors become ours."""
    import httpx2

    try:
        yield
    except (httpx2.ReadTimeout, httpx2.PoolTimeout) as error:
        raise EngineRequestError("The engine does not answer in time; try again.") from error
    except (httpx2.SSEError, httpx2.DecodingError, ValidationError) as error:
        raise EngineRequestError("The engine answered with something unintelligible.") from error
    except (httpx2.HTTPError, RuntimeError) as error:
        # RuntimeError: the client was closed, because another request found the engine gone.
        raise _ConnectionLostError from error


def _refusal(status: int, content: bytes) -> Exception:
    try:
        error = ChunkBody.model_validate_json(content).error
    except ValidationError:
        error = None
    return from_wire(error or ErrorBody(message="", type=f"http_{status}"))
