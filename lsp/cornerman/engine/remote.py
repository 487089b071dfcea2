"""The way to an engine that somebody else runs: any OpenAI-compatible server."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from hashlib import blake2b

from pydantic import ValidationError

from cornerman.core.errors import CornermanError, EngineRequestError
from cornerman.core.generation import Chunk, GenerationRequest
from cornerman.engine.backoff import Backoff
from cornerman.engine.capabilities import CORNERMAN, Capabilities, ServerProfile, probe
from cornerman.engine.dialect import AnswerStart, NotHealedError, Question, question
from cornerman.engine.failures import from_wire
from cornerman.engine.http import GarbledError, Http, HttpError, LostError, StatusError
from cornerman.engine.protocol import ChunkBody, ErrorBody, HealthBody
from cornerman.engine.remote_address import Remote
from cornerman.engine.remote_failures import asked_seconds, explain, is_about_this_request

# Also the longest wait for a first token: a team's server may have a queue.
_STALL_SECONDS = 30.0
_RETRIES = 1


class RemoteLink:
    """Connections to one remote engine, what is known about it, and a pause when it fails.

    Nothing is sent before the first request. ``clock`` times the pauses, in seconds.
    """

    def __init__(self, remote: Remote, clock: Callable[[], float] = time.monotonic) -> None:
        self._remote = remote
        self._backoff = Backoff(clock)
        self._salt = secrets.token_bytes(16)
        self._http: Http | None = None
        self._probe: asyncio.Task[ServerProfile] | None = None

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """See ``EngineClient.stream``; while a pause lasts it fails at once."""
        server = await self._server()
        request = replace(request, session=self._anonymous(request.session))
        retries = _RETRIES
        while True:
            has_output = False
            try:
                async with aclosing(self._answer(request, server)) as chunks:
                    async for chunk in chunks:
                        has_output = has_output or bool(chunk.text)
                        yield chunk
            except NotHealedError:
                server = self._without_healing(server)
            except LostError as error:
                # Servers close connections that were idle for seconds just when we use them.
                if has_output or not retries:
                    raise self._failure(error, server) from error
                retries -= 1
            except HttpError as error:
                raise self._failure(error, server) from error
            else:
                return

    async def health(self) -> HealthBody:
        """What serves there; raises ``CornermanError`` when nothing does."""
        server = await self._server()
        return HealthBody(model=self._remote.model, backend=server.kind)

    async def capabilities(self) -> Capabilities:
        """What it can do; raises ``CornermanError`` when it cannot be asked."""
        return (await self._server()).capabilities

    async def aclose(self) -> None:
        """Close the connections."""
        if self._probe is not None:
            self._probe.cancel()
        if self._http is not None:
            await self._http.aclose()

    async def _server(self) -> ServerProfile:
        """What is known about the server, which is asked once, for all who wait for it."""
        self._backoff.check()
        if self._probe is None:
            self._probe = asyncio.create_task(self._find_out())
            # Whoever waited may be gone by the time it fails.
            self._probe.add_done_callback(_take_note)
        # Shielded: with every keystroke a request is cancelled, and the probe would never end.
        return await asyncio.shield(self._probe)

    async def _find_out(self) -> ServerProfile:
        try:
            return await probe(self._connected())
        except HttpError as error:
            raise self._failure(error, None) from error
        except CornermanError as error:  # about the key
            self._pause(error)
            raise

    def _connected(self) -> Http:
        if self._http is None:
            remote = self._remote
            self._http = Http(
                remote.url, stall_seconds=_STALL_SECONDS, uses_environment=remote.uses_environment
            )
        # Read anew each time, so that a corrected key is used without a restart.
        self._http.token = self._remote.key()
        return self._http

    async def _answer(
        self, request: GenerationRequest, server: ServerProfile
    ) -> AsyncGenerator[Chunk, None]:
        asked = question(request, self._remote.model, server)
        http = self._http
        if http is None:
            raise EngineRequestError("The connection to the engine was closed; try again.")
        start = AnswerStart(asked)
        async with aclosing(_chunks(http, asked, is_ours=server.kind == CORNERMAN)) as chunks:
            async for chunk in chunks:
                self._backoff.succeeded()
                yield start.rest(chunk)

    def _anonymous(self, session: str) -> str:
        """A name for the session that tells no path and is no other user's."""
        name = session.encode("utf-8", "replace")
        return blake2b(name, key=self._salt, digest_size=16).hexdigest()

    def _failure(self, error: HttpError, server: ServerProfile | None) -> CornermanError:
        if server is not None and server.kind == CORNERMAN and isinstance(error, StatusError):
            ours = _our_error(error)
            if ours is not None:
                return ours
        failure = explain(error, self._remote, server)
        if not is_about_this_request(error):
            self._pause(failure, asked_seconds(error))
        return failure

    def _pause(self, failure: CornermanError, seconds: float = 0.0) -> None:
        """Leave the server alone, and ask it anew what it is when it is back."""
        self._backoff.failed(failure, seconds)
        self._probe = None

    def _without_healing(self, server: ServerProfile) -> ServerProfile:
        """What is known now that the server has ignored a required start."""
        capabilities = replace(server.capabilities, healing=False)
        server = replace(server, capabilities=capabilities)
        self._probe = asyncio.create_task(_known(server))
        return server


async def _chunks(http: Http, asked: Question, *, is_ours: bool) -> AsyncGenerator[Chunk, None]:
    has_ended = False
    async with aclosing(http.events(asked.path, asked.body)) as events:
        async for data in events:
            if data == "[DONE]":
                return
            try:
                body = ChunkBody.model_validate_json(data)
            except ValidationError as error:
                raise GarbledError from error
            if body.error is not None:
                raise _failed_midway(body.error, is_ours=is_ours)
            chunk = body.chunk()
            has_ended = has_ended or chunk.finish is not None
            yield chunk
    if not has_ended:
        raise LostError


def _failed_midway(error: ErrorBody, *, is_ours: bool) -> CornermanError:
    if is_ours:
        return from_wire(error)
    return EngineRequestError("The remote engine failed on this request; see its log.")


def _our_error(error: StatusError) -> CornermanError | None:
    """The error of an engine of ours, whose words are written for the user."""
    try:
        body = ChunkBody.model_validate_json(error.content).error
    except ValidationError:
        return None
    return from_wire(body) if body is not None and error.status not in (401, 503) else None


async def _known(server: ServerProfile) -> ServerProfile:
    return server


def _take_note(probe: asyncio.Task[ServerProfile]) -> None:
    if not probe.cancelled():
        probe.exception()
