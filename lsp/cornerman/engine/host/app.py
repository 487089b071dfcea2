"""The engine's HTTP interface: the OpenAI-compatible completions protocol."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from cornerman import __version__
from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import Priority
from cornerman.engine.host.activity import Activity
from cornerman.engine.host.generation import Generation
from cornerman.engine.host.memory import used_mib
from cornerman.engine.host.network import Doorkeeper, Listen
from cornerman.engine.host.resident import ModelShelf
from cornerman.engine.host.responses import AnswerResponse, error_response
from cornerman.engine.host.scheduler import Scheduler
from cornerman.engine.protocol import PROTOCOL, HealthBody, ModelBody
from cornerman.engine.requests import GenerationBody
from cornerman.models import catalog, store

Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(
    scheduler: Scheduler,
    shelf: ModelShelf,
    activity: Activity,
    token: str = "",
    tcp: Listen | None = None,
) -> Starlette:
    """The application. ``token`` is for requests by the engine's own listener; see Doorkeeper."""

    def generation(*, chat: bool) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            try:
                body = await _body(request, chat=chat)
            except EngineRequestError as error:
                return error_response(error)
            job = scheduler.submit(
                Generation(shelf, body.request(), body.suffix),
                _priority(body, chat=chat),
                body.cornerman.session,
            )
            return AnswerResponse(job, body.model, stream=body.stream, chat=chat)

        return endpoint

    async def health(_: Request) -> Response:
        return JSONResponse(_health(scheduler, shelf, activity).model_dump())

    async def models(_: Request) -> Response:
        names = await asyncio.to_thread(_installed)
        data = [{"id": name, "object": "model", "owned_by": "cornerman"} for name in names]
        return JSONResponse({"object": "list", "data": data})

    routes = [
        Route("/health", health),
        Route("/v1/models", models),
        Route("/v1/completions", generation(chat=False), methods=["POST"]),
        Route("/v1/chat/completions", generation(chat=True), methods=["POST"]),
    ]
    middleware = [
        Middleware(Doorkeeper, token=token, tcp=tcp),
        Middleware(_Watched, activity=activity),
    ]
    return Starlette(routes=routes, middleware=middleware)


class _Watched:
    """Notes the requests that keep the engine alive: all but the question whether it is well."""

    def __init__(self, app: ASGIApp, activity: Activity) -> None:
        self._app = app
        self._activity = activity

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/v1/"):
            with self._activity.request():
                await self._app(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _priority(body: GenerationBody, *, chat: bool) -> Priority:
    """Other tools do not say: nobody waits for a chat's first word as for a completion."""
    is_told = "priority" in body.cornerman.model_fields_set
    return Priority.ACTION if chat and not is_told else body.cornerman.priority


async def _body(request: Request, *, chat: bool) -> GenerationBody:
    try:
        body = GenerationBody.model_validate(json.loads(await request.body()))
    except ClientDisconnect as error:
        raise EngineRequestError("The client went away.") from error
    except ValidationError as error:
        places = {".".join(map(str, issue["loc"])) for issue in error.errors(include_input=False)}
        raise EngineRequestError(
            f"The request is not valid: check {', '.join(sorted(places))}."
        ) from None
    except (ValueError, RecursionError) as error:
        raise EngineRequestError("The request's body is not valid JSON.") from error
    if chat and body.messages is None:
        raise EngineRequestError("The request is not valid: check messages.")
    if not chat:
        body.messages = None
        if body.prompt is None and body.cornerman.pieces is None:
            raise EngineRequestError("The request is not valid: check prompt.")
    return body


def _health(scheduler: Scheduler, shelf: ModelShelf, activity: Activity) -> HealthBody:
    model, figures = shelf.model, scheduler.figures()
    body = HealthBody(
        version=__version__,
        protocol=PROTOCOL,
        pid=os.getpid(),
        jobs=figures.jobs,
        requests=figures.requests,
        cancellations=figures.cancellations,
        sessions=figures.sessions,
        uptime_seconds=activity.uptime_seconds,
        memory_mib=used_mib(),
    )
    if model is not None:
        body.model, body.backend = model.name, model.loaded.backend
        body.loaded = ModelBody(
            context_tokens=model.options.context_tokens,
            kv_tokens=model.speed.kv_tokens,
            weights_mib=model.need.weights_mib,
            kv_mib=model.need.kv_mib,
            copies_mib=model.need.copies_mib if model.options.speculate else 0,
            prefill_speed=round(model.speed.prefill, 1),
            decode_speed=round(model.speed.decode, 1),
        )
    return body


def _installed() -> list[str]:
    return [spec.name for spec in catalog.catalog().values() if store.locate(spec) is not None]
