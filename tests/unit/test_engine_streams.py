"""Streams that wait, that are silent for long, and that nobody reads any more."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from starlette.types import Message

from cornerman.engine.host import responses
from support.engine import DEADLINE
from support.http_engine import engine, jobs, post


async def test_a_completion_goes_before_a_chat_of_another_tool(tmp_path: Path) -> None:
    async with engine(tmp_path, "1", "2") as e:
        e.backend.gate = gate = threading.Semaphore(0)
        chat = asyncio.create_task(e.chat(messages=[{"role": "user", "content": "<"}]))
        await jobs(e, 1)
        completion = asyncio.create_task(e.complete())
        await jobs(e, 2)
        gate.release(5)
        await asyncio.gather(chat, completion)
        order = [len(request.prompt) for request in e.backend.requests[1:]]
    assert len(order) == 3
    assert order[1] < order[0]
    assert order[2] >= order[0]


async def test_a_silent_stream_is_kept_alive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(responses, "_SILENCE_SECONDS", 0.01)
    async with engine(tmp_path, "1") as e:
        e.backend.gate = threading.Semaphore(0)
        wanted = asyncio.Event()

        async def send(message: Message) -> None:
            if b": still at work\n\n" in message.get("body", b""):
                assert e.backend.gate is not None
                e.backend.gate.release()
            if b"[DONE]" in message.get("body", b""):
                wanted.set()

        await asyncio.wait_for(post(e, asyncio.Event(), send), DEADLINE)
        assert wanted.is_set()


async def test_a_client_that_goes_away_cancels_its_job(tmp_path: Path) -> None:
    async with engine(tmp_path, "1", "2") as e:
        e.backend.gate = gate = threading.Semaphore(1)
        gone = asyncio.Event()

        async def send(message: Message) -> None:
            if b'"1"' in message.get("body", b""):
                gone.set()
                await asyncio.sleep(0)  # let the news arrive before the model goes on
                gate.release()

        await asyncio.wait_for(post(e, gone, send), DEADLINE)
        assert await asyncio.to_thread(e.backend.cancelled.wait, DEADLINE)
        assert e.activity.idle_seconds > 0
