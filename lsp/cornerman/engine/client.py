"""The one client of engines: of this machine's by its socket, of any other by its URL."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import aclosing, contextmanager
from typing import Protocol

from pydantic import ValidationError

from cornerman.core.errors import EngineRequestError, EngineUnavailableError
from cornerman.core.generation import Chunk, GenerationRequest
from cornerman.engine.capabilities import OURS, Capabilities
from cornerman.engine.endpoint import Endpoint
from cornerman.engine.failures import from_wire
from cornerman.engine.http import GarbledError, Http, HttpError, StatusError, TimedOutError
from cornerman.engine.protocol import ChunkBody, ErrorBody, HealthBody
from cornerman.engine.remote import RemoteLink
from cornerman.engine.remote_address import Remote
from cornerman.engine.requests import GenerationBody
from cornerman.engine.silence import Silence

_HEALTH_SECONDS = 5.0
# For an engine that has been silent for long already.
_KNOCK_SECONDS = 1.0
# A working engine is never silent for longer than a few seconds.
_STALL_SECONDS = 30.0
_ATTEMPTS = 2


class _ConnectionLostError(Exception):
    """The engine is not there, or ceased to be while it answered."""


class _Link(Protocol):
    """The way to one engine."""

    def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]: ...

    async def health(self) -> HealthBody: ...

    async def capabilities(self) -> Capabilities: ...

    async def aclose(self) -> None: ...


class EngineClient:
    """A client of one engine, which ``connect`` finds or starts. For one event loop.

    ``connect`` is called before the first request, and again after an engine of this machine
    was lost. A remote engine is not replaced: while it fails, so do requests, at once.
    """

    def __init__(self, connect: Callable[[], Awaitable[Endpoint | Remote]]) -> None:
        self._connect = connect
        self._link: _Link | None = None
        self._silence = Silence()

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """The output of ``request`` as it is made; the last chunk has ``finish``.

        Closing the stream (or cancelling the task that reads it) cancels the generation. An
        engine that is lost before any output is replaced and asked again, once.

        Raises:
            EngineUnavailableError: no engine can be reached or started, or it hangs.
            ModelMissingError: the model is not installed.
            BadInputError: there is no model of that name.
            PromptTooLongError: the prompt does not fit the model's context.
            EngineRequestError: the engine refused, or failed in the middle of the answer.
        """
        for attempt in range(_ATTEMPTS):
            has_output = False
            link = await self._connected()
            try:
                await self._knock(link)
                self._silence.asked()
                async with aclosing(link.stream(request)) as chunks:
                    async for chunk in chunks:
                        has_output = True
                        self._silence.heard()
                        yield chunk
            except _ConnectionLostError as error:
                self._silence.heard()
                await self._forget(link)
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
        link = await self._connected()
        try:
            return await link.health()
        except _ConnectionLostError as error:
            await self._forget(link)
            raise EngineUnavailableError("The engine does not answer; try again.") from error

    async def capabilities(self) -> Capabilities:
        """What the engine can do beyond plain completion; a remote one is asked, once.

        Raises:
            EngineUnavailableError: no engine can be reached or started.
        """
        return await (await self._connected()).capabilities()

    async def aclose(self) -> None:
        """Close the connections. Streams that are still open end with an error."""
        if self._link is not None:
            await self._forget(self._link)

    async def _connected(self) -> _Link:
        if self._link is None:
            found = await self._connect()
            # Another request may have connected meanwhile.
            self._link = self._link or _open(found)
        return self._link

    async def _knock(self, link: _Link) -> None:
        """Fail at once, instead of at each request's deadline, while the engine hangs."""
        if not self._silence.is_long or not isinstance(link, _LocalLink):
            return
        try:
            await link.health(_KNOCK_SECONDS)
        except EngineRequestError as error:
            raise EngineUnavailableError(
                "The engine has not answered for a while: it is still loading a large model, or "
                "it hangs; wait for it, or run `cornerman engine stop` for a new one."
            ) from error
        self._silence.heard()

    async def _forget(self, link: _Link) -> None:
        """Connect anew next time, unless another request has done so already."""
        if self._link is link:
            self._link = None
        await link.aclose()


async def probe(endpoint: Endpoint) -> HealthBody | None:
    """State of the engine at ``endpoint``; None when nobody answers there."""
    link = _LocalLink(endpoint)
    try:
        return await link.health()
    except _ConnectionLostError:
        return None
    finally:
        await link.aclose()


def _open(found: Endpoint | Remote) -> _Link:
    return RemoteLink(found) if isinstance(found, Remote) else _LocalLink(found)


class _LocalLink:
    """Connections to the engine of this machine."""

    def __init__(self, endpoint: Endpoint) -> None:
        # Not even a proxy of the environment may see what goes to it: that is the default.
        self._http = Http(
            endpoint.url,
            socket=endpoint.socket,
            token=endpoint.token,
            stall_seconds=_STALL_SECONDS,
        )

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        body = GenerationBody.of(request)
        path = "/v1/completions" if body.messages is None else "/v1/chat/completions"
        content = body.model_dump_json(exclude_none=True)
        with _mapped_errors():
            async with aclosing(self._http.events(path, content)) as events:
                async for data in events:
                    if data == "[DONE]":
                        return
                    event = ChunkBody.model_validate_json(data)
                    if event.error is not None:
                        raise from_wire(event.error)
                    yield event.chunk()
        raise _ConnectionLostError

    async def health(self, seconds: float = _HEALTH_SECONDS) -> HealthBody:
        with _mapped_errors():
            try:
                content = await self._http.get("/health", seconds)
            except StatusError as error:
                # Somebody else listens there.
                raise _ConnectionLostError from error
            return HealthBody.model_validate_json(content)

    async def capabilities(self) -> Capabilities:
        return OURS

    async def aclose(self) -> None:
        await self._http.aclose()


@contextmanager
def _mapped_errors() -> Generator[None]:
    try:
        yield
    except (HttpError, ValidationError) as error:
        raise _mapped(error) from error


def _mapped(error: HttpError | ValidationError) -> Exception:
    if isinstance(error, StatusError):
        return _refusal(error.status, error.content)
    if isinstance(error, TimedOutError):
        return EngineRequestError("The engine does not answer in time; try again.")
    if isinstance(error, (GarbledError, ValidationError)):
        return EngineRequestError("The engine answered with something unintelligible.")
    return _ConnectionLostError()


def _refusal(status: int, content: bytes) -> Exception:
    try:
        error = ChunkBody.model_validate_json(content).error
    except ValidationError:
        error = None
    return from_wire(error or ErrorBody(message="", type=f"http_{status}"))
