"""JSON-RPC as LSP asks for it: one answer for every request, and nothing leaked in it.

pygls provides the registry of handlers and the typed calls to the client. Reading messages and
dispatching them is done here, because pygls leaves malformed requests unanswered, puts
tracebacks into its answers and writes messages to its log.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import partial
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, NoReturn, cast

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol

from cornerman.core.errors import CornermanError
from cornerman.protocol.framing import MAX_BODY_BYTES, frame

if TYPE_CHECKING:
    from cattrs import Converter
    from pygls.lsp.server import LanguageServer

logger = logging.getLogger(__name__)

MessageId = str | int
Handler = Callable[[object], object]

_SAFE_NAME = re.compile(r"[\w$./-]{1,80}", re.ASCII)

# Their handlers check the parameters themselves, or need none.
_UNTYPED = {types.INITIALIZE, types.INITIALIZED, types.SHUTDOWN, types.EXIT}


class State(Enum):
    """Where a connection stands between its first and last message."""

    NEW = "new"
    RUNNING = "running"
    SHUT_DOWN = "shut down"


class ProtocolError(Exception):
    """A request is answered with this error. ``sentence`` quotes nothing the client sent."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class WireProtocol(LanguageServerProtocol):
    """Reads and answers messages. Used from the event loop's thread only."""

    def __init__(self, server: LanguageServer, converter: Converter) -> None:
        super().__init__(server, converter)
        self.state = State.NEW
        self._running: dict[MessageId, asyncio.Future[Any]] = {}
        self._background: set[asyncio.Future[Any]] = set()

    async def receive(self, body: bytes) -> None:
        """Take one message.

        A handler has run up to its first wait when this returns, so that what it reads of a
        document is what the client meant, and not what a later message made of it.
        """
        try:
            message: object = json.loads(body.decode(), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            logger.warning("a message is not valid JSON")
            self._reply_error(None, types.ErrorCodes.ParseError, "The message is not valid JSON.")
            return
        if isinstance(message, dict):
            self._dispatch(cast("dict[str, object]", message))
        else:
            self._refuse(None)
        await asyncio.sleep(0)

    def refuse_skipped(self) -> None:
        """A message was too long to be read."""
        logger.warning("skipped a message that is too long")
        sentence = f"The message is longer than {MAX_BODY_BYTES} bytes."
        self._reply_error(None, types.ErrorCodes.ParseError, sentence)

    def cancel_all(self) -> None:
        """Cancel every request that is not answered yet."""
        current = asyncio.current_task()
        for task in [*self._running.values(), *self._background]:
            if task is not current:
                task.cancel()

    def _dispatch(self, message: dict[str, object]) -> None:
        msg_id, method = message.get("id"), message.get("method")
        is_id = isinstance(msg_id, (str, int)) and not isinstance(msg_id, bool)
        if message.get("jsonrpc") != "2.0" or ("id" in message and not is_id):
            self._refuse(cast("MessageId", msg_id) if is_id and "method" in message else None)
        elif isinstance(method, str) and is_id:
            self._request(cast("MessageId", msg_id), method, message.get("params"))
        elif isinstance(method, str):
            self._notification(method, message.get("params"))
        elif "method" not in message and is_id:
            self._response(cast("MessageId", msg_id), message)
        else:
            self._refuse(cast("MessageId", msg_id) if is_id else None)

    def _request(self, msg_id: MessageId, method: str, raw: object) -> None:
        try:
            self._check_request(msg_id, method)
            handler = self._request_handler(method)
            params = self._params(method, raw)
        except ProtocolError as error:
            logger.warning("refused %s: %s", _name(method), error.sentence)
            self._reply_error(msg_id, error.code, error.sentence)
            return
        task = asyncio.ensure_future(_run(handler, params))
        self._running[msg_id] = task
        task.add_done_callback(partial(self._finish, msg_id, method))

    def _check_request(self, msg_id: MessageId, method: str) -> None:
        is_initialize = method == types.INITIALIZE
        if self.state is State.NEW and not is_initialize:
            code, sentence = types.ErrorCodes.ServerNotInitialized, "Send initialize first."
        elif self.state is State.SHUT_DOWN:
            code, sentence = types.ErrorCodes.InvalidRequest, "The server has been shut down."
        elif self.state is State.RUNNING and is_initialize:
            code, sentence = types.ErrorCodes.InvalidRequest, "The server is initialized already."
        elif msg_id in self._running:
            code, sentence = types.ErrorCodes.InvalidRequest, "The request id is in use."
        else:
            return
        raise ProtocolError(code, sentence)

    def _notification(self, method: str, raw: object) -> None:
        if self.state is not State.RUNNING and method != types.EXIT:
            logger.warning("dropped %s: the server is %s", _name(method), self.state.value)
            return
        if method == types.CANCEL_REQUEST:
            self._cancel(raw)
            return
        handler = self._handler(method)
        if handler is None:
            if not method.startswith("$/"):
                logger.info("dropped %s: no such notification", _name(method))
            return
        try:
            params = self._params(method, raw)
        except ProtocolError as error:
            logger.warning("dropped %s: %s", _name(method), error.sentence)
            self.on_malformed(method, raw)
            return
        task = asyncio.ensure_future(_run(handler, params))
        self._background.add(task)
        task.add_done_callback(partial(self._finish_notification, method))

    def on_malformed(self, method: str, raw: object) -> None:
        """Called for a notification whose parameters are not valid; nothing to do by default."""

    def _response(self, msg_id: MessageId, message: Mapping[str, object]) -> None:
        self._result_types.pop(msg_id, None)
        waiting = self._request_futures.pop(msg_id, None)
        if waiting is None or not waiting.set_running_or_notify_cancel():
            logger.info("dropped a response that nobody waits for")
        elif "error" in message:
            # The client's words may quote anything; what matters here is that it refused.
            waiting.set_exception(JsonRpcException("The client refused the request."))
        else:
            waiting.set_result(message.get("result"))

    def _cancel(self, raw: object) -> None:
        msg_id = cast("dict[str, object]", raw).get("id") if isinstance(raw, dict) else None
        task = self._running.get(msg_id) if isinstance(msg_id, (str, int)) else None
        if task is not None:
            task.cancel()

    def _request_handler(self, method: str) -> Handler:
        handler = self._handler(method)
        if handler is None:
            sentence = f"This server has no method {_name(method)}."
            raise ProtocolError(types.ErrorCodes.MethodNotFound, sentence)
        return handler

    def _handler(self, method: str) -> Handler | None:
        registered = cast("Mapping[str, Handler]", self.fm.features)
        return registered.get(method)

    def _params(self, method: str, raw: object) -> object:
        params_type = types.METHOD_TO_TYPES.get(method, (None, None, None))[2]
        if params_type is None or method in _UNTYPED:
            return raw
        try:
            return cast("object", self._converter.structure(raw, params_type))
        except Exception as error:
            sentence = f"The parameters of {method} are not valid."
            raise ProtocolError(types.ErrorCodes.InvalidParams, sentence) from error

    def _finish(self, msg_id: MessageId, method: str, task: asyncio.Future[Any]) -> None:
        del self._running[msg_id]
        try:
            self._reply(msg_id, result=self._converter.unstructure(task.result()))
        except asyncio.CancelledError:
            self._reply_error(
                msg_id, types.LSPErrorCodes.RequestCancelled, "The request was cancelled."
            )
        except ProtocolError as error:
            logger.warning("refused %s: %s", method, error.sentence)
            self._reply_error(msg_id, error.code, error.sentence)
        except CornermanError as error:
            logger.warning("%s failed: %s", method, error)
            self._reply_error(msg_id, types.LSPErrorCodes.RequestFailed, str(error))
        except Exception:
            logger.exception("%s failed", method)
            self._reply_error(msg_id, types.ErrorCodes.InternalError, "Internal error.")

    def _finish_notification(self, method: str, task: asyncio.Future[Any]) -> None:
        self._background.discard(task)
        try:
            task.result()
        except asyncio.CancelledError:
            pass
        except Exception:
            logger.exception("%s failed", method)

    def _refuse(self, msg_id: MessageId | None) -> None:
        logger.warning("a message is not a JSON-RPC 2.0 message")
        sentence = "The message is not a JSON-RPC 2.0 request, notification or response."
        self._reply_error(msg_id, types.ErrorCodes.InvalidRequest, sentence)

    def _reply_error(self, msg_id: MessageId | None, code: int, sentence: str) -> None:
        self._reply(msg_id, error={"code": int(code), "message": sentence})

    def _reply(self, msg_id: MessageId | None, **outcome: object) -> None:
        self._send_data({"jsonrpc": "2.0", "id": msg_id, **outcome})

    def _send_data(self, data: Any) -> None:
        body = json.dumps(data, default=self._serialize_message, separators=(",", ":"))
        if self.writer is not None:
            self.writer.write(frame(body.encode()))

    def _register_builtin_features(self) -> None:
        """None of pygls's own handlers: they keep a second copy of every document."""


async def _run(handler: Handler, params: object) -> object:
    result = handler(params)
    return await result if isawaitable(result) else result


def _name(method: str) -> str:
    return method if _SAFE_NAME.fullmatch(method) else "with an odd name"


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")
