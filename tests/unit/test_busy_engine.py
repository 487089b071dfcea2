"""An engine that is busy, or answers a moment too late: nobody is troubled by it."""

from __future__ import annotations

import asyncio
import logging
import socket
from pathlib import Path

import anyio
import pytest

from cornerman.core.generation import Timings
from cornerman.engine.endpoint import SOCKET_NAME, socket_dir
from cornerman.pipelines import EnginePipelines
from cornerman.server import log_loop_error
from cornerman.settings import Settings


async def test_a_status_does_not_fail_with_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CORNERMAN_RUNTIME_DIR", str(tmp_path / "run"))
    asked = asyncio.Event()

    async def says_nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]")
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(says_nonsense, socket_dir() / SOCKET_NAME)
    status = await EnginePipelines().status(Settings())
    assert asked.is_set()
    assert (status.pid, status.is_loaded) == (0, False)
    assert status.model
    server.close()


async def test_news_for_a_cancelled_reader_is_no_error(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader is cancelled in the very turn of the loop that brings its data."""
    caplog.set_level(logging.DEBUG)
    loop = asyncio.get_running_loop()
    reported: list[dict[str, object]] = []

    def handle(of: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        reported.append(context)
        log_loop_error(of, context)

    loop.set_exception_handler(handle)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        stream = await anyio.connect_unix(tmp_path / "s")
        peer, _ = listener.accept()
        control, trigger = socket.socketpair()
        reading = asyncio.ensure_future(stream.receive())
        loop.add_reader(control, reading.cancel)
        for _ in range(5):  # Until it waits.
            await asyncio.sleep(0)
        trigger.send(b"x")
        peer.send(b"x")
        with pytest.raises(asyncio.CancelledError):
            await reading
        await asyncio.sleep(0)
        loop.remove_reader(control)
        await stream.aclose()
        for one in (peer, control, trigger):
            one.close()
    assert all(isinstance(one["exception"], asyncio.InvalidStateError) for one in reported)
    assert len(reported) == 1
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    log_loop_error(loop, {"exception": ValueError()})
    assert caplog.records[-1].levelno == logging.ERROR


@pytest.mark.parametrize(
    ("timings", "speed"),
    [(Timings(), 0), (Timings(generated=1, decode_ms=0.001), 0), (Timings(1, 2, 3, 11, 100), 100)],
)
def test_the_first_token_tells_no_speed(timings: Timings, speed: float) -> None:
    assert timings.tokens_per_second == speed
