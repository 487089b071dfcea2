"""The language server process: one editor window, over standard input and output."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from functools import partial

from lsprotocol import types

from cornerman import __version__
from cornerman.pipelines import EnginePipelines
from cornerman.protocol import configuration, lifecycle, workspace
from cornerman.protocol.execute_command import execute_command
from cornerman.protocol.framing import FrameDecoder, FramingError
from cornerman.protocol.inline_completion import inline_completion
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.stdio import WireReader, WireWriter, claim_stdio
from cornerman.session import Pipelines

logger = logging.getLogger(__name__)

_CLOSE_SECONDS = 1.0
_EXIT_SECONDS = 3.0


def run() -> int:
    """Serve the editor on the other side of standard input and output; return the exit code."""
    wire_in, wire_out = claim_stdio()
    logger.info("cornerman %s started", __version__)
    code = asyncio.run(serve(EnginePipelines(), wire_in, wire_out))
    logger.info("leaving with exit code %d", code)
    return code


def build(pipelines: Pipelines) -> CornermanServer:
    """A server with every method it answers. To be called inside a running event loop."""
    server = CornermanServer(pipelines)
    server.feature(types.INITIALIZE)(lifecycle.initialize)
    server.feature(types.INITIALIZED)(lifecycle.initialized)
    server.feature(types.SHUTDOWN)(lifecycle.shutdown)
    server.feature(types.EXIT)(lifecycle.leave)
    server.feature(types.TEXT_DOCUMENT_DID_OPEN)(workspace.did_open)
    server.feature(types.TEXT_DOCUMENT_DID_CHANGE)(workspace.did_change)
    server.feature(types.TEXT_DOCUMENT_DID_CLOSE)(workspace.did_close)
    server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)(configuration.did_change_configuration)
    server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION)(inline_completion)
    server.feature(types.WORKSPACE_EXECUTE_COMMAND)(execute_command)
    server.wire.on_malformed = partial(workspace.distrust, server)
    return server


async def serve(pipelines: Pipelines, wire_in: int, wire_out: int) -> int:
    """Serve one connection on two file descriptors until it ends; return the exit code."""
    server = build(pipelines)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_log_loop_error)
    writer = WireWriter(wire_out, lambda: _call_soon(loop, server))
    server.wire.set_writer(writer)
    reading = asyncio.ensure_future(_read(server, wire_in))
    code = await server.stopped
    _leave_within(_EXIT_SECONDS, code)
    reading.cancel()
    server.wire.cancel_all()
    with contextlib.suppress(Exception):
        await asyncio.wait_for(server.session.aclose(), _CLOSE_SECONDS)
    await asyncio.sleep(0)
    writer.close()
    return code


async def _read(server: CornermanServer, wire_in: int) -> None:
    decoder = FrameDecoder()
    try:
        async for data in WireReader(wire_in).chunks():
            for body in decoder.feed(data):
                await server.wire.receive(body)
                if server.stopped.done():
                    return
        logger.info("the input has ended%s", "" if decoder.is_empty else " inside a message")
    except FramingError as error:
        logger.error("leaving: %s", error)  # noqa: TRY400  (the place says nothing)
    finally:
        server.stop()


def _call_soon(loop: asyncio.AbstractEventLoop, server: CornermanServer) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: it is leaving already
        loop.call_soon_threadsafe(server.stop)


def _leave_within(seconds: float, code: int) -> None:
    """End the process in any case: an executor's thread that still waits would keep it alive."""
    timer = threading.Timer(seconds, os._exit, (code,))
    timer.daemon = True
    timer.start()


def _log_loop_error(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    error = context.get("exception")
    details = error if isinstance(error, Exception) else None
    logger.error("an error that nobody handled", exc_info=details)
