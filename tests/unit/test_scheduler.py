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

    def __call__(self, emit: Callable[[Chunk], None], cancel: CancellationToken) -> bool:
        self.cancel = cancel
        emit(Chunk("started"))
        self.running.set()
        while not self.release.wait(0.01) and not cancel.cancelled:
            pass
        if cancel.cancelled:
            return False
        emit(Chunk("ended", finish=FinishReason.STOP))
        return True


def saying(text: str, heard: list[str]) -> Work:
    def work(emit: Callable[[Chunk], None], cancel: CancellationToken) -> bool:
        heard.append(text)
        emit(Chunk(text, finish=FinishReason.STOP))
        return True

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
    jobs = [scheduler.submit(blocker, Priority.COMPLETION)]
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
    superseded = [chunk async for chunk in old]
    assert superseded == [Chunk("", finish=FinishReason.CANCELLED)], "it does not wait for its turn"
    blocker.release.set()
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


class Counter:
    """Work of five steps, which waits before each for ``gate``; goes on where it was paused."""

    def __init__(self, heard: list[str]) -> None:
        self.gate = threading.Semaphore(0)
        self.turns = 0
        self._heard = heard
        self._done = 0

    def __call__(self, emit: Callable[[Chunk], None], cancel: CancellationToken) -> bool:
        self.turns += 1
        while self._done < 5:
            assert self.gate.acquire(timeout=DEADLINE)
            if cancel.cancelled:
                return False
            self._done += 1
            self._heard.append(f"step {self._done}")
            emit(Chunk(str(self._done)))
        return True


async def test_a_more_urgent_job_pauses_the_running_one(scheduler: Scheduler) -> None:
    heard: list[str] = []
    long = Counter(heard)
    job = scheduler.submit(long, Priority.ACTION)
    chunks = aiter(job)
    long.gate.release()
    assert (await anext(chunks)).text == "1"
    for name in "ab":
        urgent = scheduler.submit(saying(name, heard), Priority.COMPLETION)
        long.gate.release()
        await texts(urgent)
        long.gate.release()
        await anext(chunks)
    long.gate.release(2)
    assert [chunk.text async for chunk in chunks] == ["4", "5"]
    assert heard == ["step 1", "a", "step 2", "b", "step 3", "step 4", "step 5"]
    assert long.turns == 3


async def test_a_less_urgent_job_pauses_nothing(scheduler: Scheduler) -> None:
    heard: list[str] = []
    long = Counter(heard)
    job = scheduler.submit(long, Priority.ACTION)
    others = [scheduler.submit(saying(p.name, heard), p) for p in list(Priority)[1:]]
    long.gate.release(5)
    assert await texts(job) == ["1", "2", "3", "4", "5"]
    await asyncio.gather(*map(texts, others))
    assert long.turns == 1
    assert heard[5:] == ["ACTION", "BACKGROUND"]


async def test_a_paused_job_can_be_cancelled(scheduler: Scheduler) -> None:
    paused, urgent = Counter([]), Blocker()
    job = scheduler.submit(paused, Priority.ACTION)
    completion = scheduler.submit(urgent, Priority.COMPLETION)
    paused.gate.release()
    await asyncio.to_thread(urgent.running.wait, DEADLINE)
    assert scheduler.figures().jobs == 2
    job.cancel()
    urgent.release.set()
    assert [chunk.finish async for chunk in job] == [FinishReason.CANCELLED]
    await texts(completion)
    assert paused.turns <= 1


async def test_an_error_reaches_whoever_reads_and_the_thread_lives_on(
    scheduler: Scheduler,
) -> None:
    def fail(emit: Callable[[Chunk], None], cancel: CancellationToken) -> bool:
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
    assert await texts(running) == ["started", ""]
    assert await texts(waiting) == [""]
    assert heard == []
    assert ended == ["generation"]


async def test_counts_requests_and_what_became_of_them(scheduler: Scheduler) -> None:
    blocker = Blocker()
    running = scheduler.submit(blocker, Priority.COMPLETION, "a")
    await asyncio.to_thread(blocker.running.wait, DEADLINE)
    superseded = scheduler.submit(saying("old", []), Priority.COMPLETION, "b")
    latest = scheduler.submit(saying("new", []), Priority.COMPLETION, "b")
    chore = scheduler.submit(saying("chore", []), Priority.BACKGROUND, is_request=False)
    figures = scheduler.figures()
    assert (figures.jobs, figures.requests, figures.sessions) == (3, 3, 2)
    assert figures.cancellations == 1
    running.cancel()
    await asyncio.gather(*map(texts, [running, superseded, latest, chore]))
    latest.cancel()  # after its end, as every response does
    await texts(scheduler.submit(saying("last", []), Priority.BACKGROUND))
    assert scheduler.figures().cancellations == 2
