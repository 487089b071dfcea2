from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest

from cornerman.core.cancellation import CancellationToken
from cornerman.core.generation import Chunk, FinishReason, Priority
from cornerman.engine.host.scheduler import Job, Scheduler, Work
from support.engine import DEADLINE


@pytest.fixture
async def scheduler() -> AsyncIterator[Scheduler]:
    scheduler = Scheduler()
    yield scheduler
    await asyncio.to_thread(scheduler.close, lambda: None)


class Blocker:
    """Work that holds the thread until released or cancelled."""

    def __init__(self) -> None:
        self.running = threading.Event()
        self.release = threading.Event()
        self.cancel: CancellationToken | None = None

    def __call__(self, emit: Callable[[Chunk], None], cancel: CancellationToken) -> None:
        self.cancel = cancel
        emit(Chunk("started"))
        self.running.set()
        while not self.release.wait(0.01) and not cancel.cancelled:
            pass
        emit(Chunk("ended", finish=FinishReason.STOP))


def saying(text: str, heard: list[str]) -> Work:
    def work(emit: Callable[[Chunk], None], cancel: CancellationToken) -> None:
        heard.append(text)
        emit(Chunk(text, finish=FinishReason.STOP))

    return work


async def texts(job: Job) -> list[str]:
    return [chunk.text async for chunk in job]


async def test_chunks_arrive_while_the_work_goes_on(scheduler: Scheduler) -> None:
    blocker = Blocker()
    chunks = aiter(scheduler.submit(blocker, Priority.COMPLETION))
    assert (await anext(chunks)).text == "started"
    blocker.release.set()
    assert (await anext(chunks)).text == "ended"
    with pytest.raises(StopAsyncIteration):
        await anext(chunks)


async def test_lowest_priority_value_first_then_in_order_of_arrival(scheduler: Scheduler) -> None:
    heard: list[str] = []
    blocker = Blocker()
    jobs = [scheduler.submit(blocker, Priority.BACKGROUND)]
    await asyncio.to_thread(blocker.running.wait, DEADLINE)
    for name, priority in [
        ("background", Priority.BACKGROUND),
        ("action", Priority.ACTION),
        ("completion 1", Priority.COMPLETION),
        ("completion 2", Priority.COMPLETION),
    ]:
        jobs.append(scheduler.submit(saying(name, heard), priority))
    blocker.release.set()
    await asyncio.gather(*map(texts, jobs))
    assert heard == ["completion 1", "completion 2", "action", "background"]


async def test_the_latest_waiting_completion_of_a_session_wins(scheduler: Scheduler) -> None:
    heard: list[str] = []
    blocker = Blocker()
    first = scheduler.submit(blocker, Priority.COMPLETION, "a")
    await asyncio.to_thread(blocker.running.wait, DEADLINE)
    submit = scheduler.submit
    old = submit(saying("old", heard), Priority.COMPLETION, "a")
    other = submit(saying("other window", heard), Priority.COMPLETION, "b")
    action = submit(saying("action", heard), Priority.ACTION, "a")
    new = submit(saying("new", heard), Priority.COMPLETION, "a")
    assert blocker.cancel is not None
    assert not blocker.cancel.cancelled, "a running job is its client's to cancel"
    blocker.release.set()
    superseded = [chunk async for chunk in old]
    assert superseded == [Chunk("", finish=FinishReason.CANCELLED)]
    await asyncio.gather(*map(texts, [first, other, action, new]))
    assert heard == ["other window", "new", "action"]


async def test_requests_without_session_do_not_supersede(scheduler: Scheduler) -> None:
    heard: list[str] = []
    blocker = Blocker()
    scheduler.submit(blocker, Priority.COMPLETION)
    jobs = [scheduler.submit(saying(n, heard), Priority.COMPLETION) for n in "ab"]
    blocker.release.set()
    await asyncio.gather(*map(texts, jobs))
    assert heard == ["a", "b"]


async def test_cancelling_ends_the_running_work(scheduler: Scheduler) -> None:
    job = scheduler.submit(Blocker(), Priority.COMPLETION)
    chunks = aiter(job)
    await anext(chunks)
    job.cancel()
    assert (await anext(chunks)).finish is not None


async def test_an_error_reaches_whoever_reads_and_the_thread_lives_on(
    scheduler: Scheduler,
) -> None:
    def fail(emit: Callable[[Chunk], None], cancel: CancellationToken) -> None:
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        await texts(scheduler.submit(fail, Priority.COMPLETION))
    assert await texts(scheduler.submit(saying("next", []), Priority.COMPLETION)) == ["next"]


async def test_closing_cancels_all_and_ends_with_the_last_call() -> None:
    scheduler, heard, ended = Scheduler(), list[str](), list[str]()
    blocker = Blocker()
    running = scheduler.submit(blocker, Priority.COMPLETION)
    await asyncio.to_thread(blocker.running.wait, DEADLINE)
    waiting = scheduler.submit(saying("waiting", heard), Priority.COMPLETION)
    await asyncio.to_thread(scheduler.close, lambda: ended.append(threading.current_thread().name))
    assert await texts(running) == ["started", "ended"]
    assert await texts(waiting) == [""]
    assert heard == []
    assert ended == ["generation"]
