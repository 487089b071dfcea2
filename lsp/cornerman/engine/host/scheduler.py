"""One thread that generates, and the queue before it.

The thread also loads models: whatever touches a model library happens there and nowhere else.
"""

from __future__ import annotations

import asyncio
import heapq
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

from cornerman.core.cancellation import CancellationToken
from cornerman.core.generation import Chunk, FinishReason, Priority

Work = Callable[[Callable[[Chunk], None], CancellationToken], None]
"""Does one generation: hands over its chunks and ends early once the token is cancelled."""


class Job:
    """One generation, waiting, running or done. Iterate over it for its chunks, once.

    Belongs to the event loop in which it was made; only ``cancel`` may be called elsewhere.
    """

    def __init__(self, work: Work, priority: Priority, session: str) -> None:
        self.priority = priority
        self.session = session
        self._work = work
        self._cancel = CancellationToken()
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[Chunk | BaseException | None] = asyncio.Queue()

    def cancel(self) -> None:
        """Stop as soon as possible; nothing happens if it is done already."""
        self._cancel.cancel()

    async def __aiter__(self) -> AsyncIterator[Chunk]:
        """The chunks as they come; raises whatever the work raised."""
        while (event := await self._events.get()) is not None:
            if isinstance(event, BaseException):
                raise event
            yield event

    def run(self) -> None:
        """Do the work. Called by the scheduler, on its thread."""
        try:
            if self._cancel.cancelled:
                self._put(Chunk("", finish=FinishReason.CANCELLED))
            else:
                self._work(self._put, self._cancel)
        except Exception as error:
            self._put(error)
        finally:
            self._put(None)

    def _put(self, event: Chunk | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)


class Scheduler:
    """Runs jobs one at a time: the lowest priority value first, then in order of arrival."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[tuple[Priority, int, Job]] = []
        self._arrivals = 0
        self._running: Job | None = None
        self._last: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._run, name="generation", daemon=True)
        self._thread.start()

    def submit(self, work: Work, priority: Priority, session: str = "") -> Job:
        """Queue work. A waiting completion of the same session is superseded and cancelled.

        Call it from a running event loop. A running job is not interrupted, whatever the
        priorities.
        """
        job = Job(work, priority, session)
        with self._changed:
            if session and priority is Priority.COMPLETION:
                self._supersede(session)
            self._arrivals += 1
            heapq.heappush(self._waiting, (priority, self._arrivals, job))
            # Preemption belongs here: a running job of lower priority would be asked to pause.
            self._changed.notify()
        return job

    def close(self, last: Callable[[], None]) -> None:
        """Cancel everything, wait for the thread and let it call ``last`` at its end."""
        with self._changed:
            self._last = last
            for job in self._jobs():
                job.cancel()
            self._changed.notify()
        self._thread.join()

    def _supersede(self, session: str) -> None:
        for priority, _, job in self._waiting:
            if priority is Priority.COMPLETION and job.session == session:
                job.cancel()

    def _jobs(self) -> list[Job]:
        running = [self._running] if self._running else []
        return running + [job for _, _, job in self._waiting]

    def _run(self) -> None:
        while (job := self._next()) is not None:
            job.run()
        if self._last is not None:
            self._last()

    def _next(self) -> Job | None:
        """The next job, waiting for one if need be; None once closed and empty."""
        with self._changed:
            self._running = None
            while not self._waiting and self._last is None:
                self._changed.wait()
            if self._waiting:
                self._running = heapq.heappop(self._waiting)[2]
            return self._running
