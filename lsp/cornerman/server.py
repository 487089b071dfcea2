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
from cornerman.protocol import (
    configuration,
    lifecycle,
    shown_completion,
    workspace,
    workspace_folders,
)
from cornerman.protocol.code_action import code_action, resolve
from cornerman.protocol.completion import completion
from cornerman.protocol.execute_command import execute_command
from cornerman.protocol.framing import FrameDecoder, FramingError
from cornerman.protocol.inline_completion import inline_completion
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.progress import cancel_progress
from cornerman.protocol.stdio import WireReader, WireWriter, claim_stdio
from cornerman.session import Pipelines

logger = logging.getLogger(__name__)

_CLOSE_SECONDS = 1.0
_EXIT_SECONDS = 1.0


def run(pipelines: Pipelines) -> int:
    """Serve the editor on the other side of standard input and output; return the exit code."""
    return asyncio.run(_serve_process(pipelines))


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
    server.feature(types.TEXT_DOCUMENT_COMPLETION)(completion)
    server.feature(types.TEXT_DOCUMENT_CODE_ACTION)(code_action)
    server.feature(types.CODE_ACTION_RESOLVE)(resolve)
    server.feature(shown_completion.DID_SHOW)(shown_completion.did_show)
    server.feature(shown_completion.DID_PARTIALLY_ACCEPT)(shown_completion.did_partially_accept)
    server.feature(types.WORKSPACE_EXECUTE_COMMAND)(execute_command)
    server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(
        workspace_folders.did_change_workspace_folders
    )
    server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)(
        workspace_folders.did_change_watched_files
    )
    server.feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)(cancel_progress)
    server.wire.on_malformed = partial(workspace.distrust, server)
    return server


async def serve(pipelines: Pipelines, wire_in: int, wire_out: int) -> int:
    """Serve one connection on two file descriptors until it ends; return the exit code."""
    server = build(pipelines)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_loop_error)
    writer = WireWriter(wire_out, lambda: _call_soon(loop, server))
    server.wire.set_writer(writer)
    reading = asyncio.ensure_future(_read(server, wire_in))
    code = await server.stopped
    reading.cancel()
    server.wire.cancel_all()
    with contextlib.suppress(Exception):
        await asyncio.wait_for(server.session.aclose(), _CLOSE_SECONDS)
    await asyncio.sleep(0)
    writer.close()
    return code


async def _serve_process(pipelines: Pipelines) -> int:
    logger.info("cornerman %s started", __version__)
    code = await serve(pipelines, *claim_stdio())
    logger.info("leaving with exit code %d", code)
    # Work that does not let itself be cancelled, or a thread that still waits for something,
    # would keep the process alive.
    timer = threading.Timer(_EXIT_SECONDS, os._exit, (code,))
    timer.daemon = True
    timer.start()
    return code


async def _read(server: CornermanServer, wire_in: int) -> None:
    decoder = FrameDecoder()
    try:
        async for data in WireReader(wire_in).chunks():
            for body in decoder.feed(data):
                if body is None:
                    server.wire.refuse_skipped()
                else:
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


def log_loop_error(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Handler of a loop's exceptions: only their kind gets into the log."""
    error = context.get("exception")
    if isinstance(error, asyncio.InvalidStateError) and "handle" in context:
        # A socket had news for a reader that was cancelled a moment before: nothing is lost.
        logger.debug("news for a reader that was cancelled")
        return
    details = error if isinstance(error, Exception) else None
    logger.error("an error that nobody handled", exc_info=details)
