"""A job's chunks as an HTTP response; a client that goes away cancels the job."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Sequence

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from cornerman.core.errors import CornermanError
from cornerman.core.generation import Chunk, FinishReason, Timings
from cornerman.engine.failures import to_wire
from cornerman.engine.host.logprobs import as_content, as_lists
from cornerman.engine.host.scheduler import Job
from cornerman.engine.protocol import (
    ChoiceBody,
    ChunkBody,
    DeltaBody,
    TimingsBody,
    UsageBody,
)

_log = logging.getLogger(__name__)

# A client that waits longer than this without a byte may think that the engine hangs.
_SILENCE_SECONDS = 5.0


def error_response(error: BaseException) -> JSONResponse:
    """The HTTP answer for a request that failed before it had any output."""
    body, status = _failure(error)
    return JSONResponse(body.model_dump(exclude_unset=True), status)


class AnswerResponse(Response):
    """The output of ``job``, streamed as server-sent events or as one JSON document."""

    def __init__(self, job: Job, model: str, *, stream: bool, chat: bool) -> None:
        super().__init__()
        self._job = job
        self._stream = stream
        self._chat = chat
        self._id = f"{'chatcmpl' if chat else 'cmpl'}-{uuid.uuid4().hex}"
        self._model = model
        self._created = int(time.time())
        self._sent = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; returns when all is sent or the client is gone."""
        watcher = asyncio.create_task(_cancel_when_gone(receive, self._job))
        try:
            if self._stream:
                await self._send_stream(scope, receive, send)
            else:
                response = await self._whole()
                await response(scope, receive, send)
        finally:
            watcher.cancel()
            self._job.cancel()

    async def _send_stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Once output or a long silence has begun the status is sent, so errors become events."""
        events = _with_silences(self._job)
        try:
            event = await anext(events)
        except Exception as error:
            await error_response(error)(scope, receive, send)
            return
        headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        try:
            while True:
                await _send_part(send, self._event(event))
                event = await anext(events)
        except StopAsyncIteration:
            await _send_part(send, b"data: [DONE]\n\n")
        except Exception as error:
            await _send_part(send, _event(_failure(error)[0].model_dump_json(exclude_unset=True)))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _whole(self) -> JSONResponse:
        chunks = list[Chunk]()
        finish, timings = FinishReason.STOP, Timings()
        try:
            async for chunk in self._job:
                chunks.append(chunk)
                finish, timings = chunk.finish or finish, chunk.timings or timings
        except Exception as error:
            return error_response(error)
        choice = self._choice(chunks, finish, whole=True)
        body = self._body(choice)
        body.timings, body.usage = TimingsBody.of(timings), UsageBody.of(timings)
        return JSONResponse(body.model_dump(exclude_none=True))

    def _event(self, chunk: Chunk | None) -> bytes:
        if chunk is None:
            return b": still at work\n\n"
        if not chunk.text and chunk.finish is None and not self._chat:
            return b""
        body = self._body(self._choice([chunk], chunk.finish, whole=False))
        if chunk.timings is not None:
            body.timings = TimingsBody.of(chunk.timings)
        return _event(body.model_dump_json(exclude_none=True))

    def _body(self, choice: ChoiceBody) -> ChunkBody:
        kind = "text_completion"
        if self._chat:
            kind = "chat.completion.chunk" if choice.delta else "chat.completion"
        return ChunkBody(
            id=self._id, object=kind, created=self._created, model=self._model, choices=[choice]
        )

    def _choice(
        self, chunks: Sequence[Chunk], finish: FinishReason | None, *, whole: bool
    ) -> ChoiceBody:
        text = "".join(chunk.text for chunk in chunks)
        choice = ChoiceBody(finish_reason=finish.value if finish else None)
        if not self._chat:
            choice.text = text
            choice.logprobs = as_lists(chunks, self._sent)
            self._sent += len(text)
            return choice
        choice.logprobs = as_content(chunks)
        if whole:
            choice.message = DeltaBody(role="assistant", content=text)
        else:
            choice.delta = DeltaBody(role="assistant", content=text)
        return choice


async def _with_silences(job: Job) -> AsyncIterator[Chunk | None]:
    """The chunks of a job, and None for every few seconds without one."""
    chunks = aiter(job)
    following: asyncio.Future[Chunk] | None = None
    try:
        while True:
            following = following or asyncio.ensure_future(anext(chunks))
            done, _ = await asyncio.wait({following}, timeout=_SILENCE_SECONDS)
            if not done:
                yield None
                continue
            finished, following = following, None
            try:
                chunk = finished.result()
            except StopAsyncIteration:
                return
            yield chunk
    finally:
        if following is not None:
            following.cancel()


async def _cancel_when_gone(receive: Receive, job: Job) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    job.cancel()


async def _send_part(send: Send, body: bytes) -> None:
    if body:
        await send({"type": "http.response.body", "body": body, "more_body": True})


def _event(data: str) -> bytes:
    return f"data: {data}\n\n".encode()


def _failure(error: BaseException) -> tuple[ChunkBody, int]:
    if not isinstance(error, CornermanError):
        _log.error("a request failed", exc_info=error)
    body, status = to_wire(error)
    return ChunkBody(error=body), status
