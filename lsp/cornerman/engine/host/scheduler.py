"""One thread that generates, and the queue before it.

The thread also loads models: whatever touches a model library happens there and nowhere else.
"""

from __future__ import annotations

import asyncio
import heapq
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass

from cornerman.core.cancellation import CancellationToken
from cornerman.core.generation import Chunk, FinishReason, Priority

Work = Callable[[Callable[[Chunk], None], CancellationToken], bool]
"""Goes on with one generation and hands over its chunks; true when it is done.

False when it ended early, because its token was cancelled: called again, with a new token, it goes
on where it was.
"""


class Job:
    """One generation, waiting, running or done. Iterate over it for its chunks, once.

    Belongs to the event loop in which it was made; only ``cancel`` may be called elsewhere.
    ``ended_early`` is true once it has ended because it was cancelled.
    """

    def __init__(self, work: Work, priority: Priority, session: str) -> None:
        self.priority = priority
        self.session = session
        self._work = work
        self.ended_early = False
        self._cancelled = False
        self._turn = CancellationToken()
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[Chunk | BaseException | None] = asyncio.Queue()

    def cancel(self) -> None:
        """Stop as soon as possible; nothing happens if it is done already."""
        self._cancelled = True
        self._turn.cancel()

    def pause(self) -> None:
        """End the turn it has on the thread, so that another job can have one."""
        self._turn.cancel()

    async def __aiter__(self) -> AsyncIterator[Chunk]:
        """The chunks as they come; raises whatever the work raised."""
        while (event := await self._events.get()) is not None:
            if isinstance(event, BaseException):
                raise event
            yield event

    def begin_turn(self) -> None:
        """Called by the scheduler before ``run``: from now on it can be paused."""
        self._turn = CancellationToken()
        if self._cancelled:
            self._turn.cancel()

    def run(self) -> bool:
        """Do the work, on the scheduler's thread. False when it was paused before its end."""
        try:
            is_done = not self._cancelled and self._work(self._put, self._turn)
        except Exception as error:
            self._put(error)
        else:
            if not is_done and not self._cancelled:
                return False
            if not is_done:
                self._end_early()
        self._put(None)
        return True

    def drop(self) -> None:
        """End a job that waits, cancelled."""
        self.cancel()
        self._end_early()
        self._put(None)

    def _end_early(self) -> None:
        self.ended_early = True
        self._put(Chunk("", finish=FinishReason.CANCELLED))

    def _put(self, event: Chunk | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody listens any more
            self._loop.call_soon_threadsafe(self._events.put_nowait, event)


@dataclass(frozen=True, slots=True)
class Figures:
    """``jobs`` run or wait; the others count since the start."""

    jobs: int
    requests: int
    cancellations: int
    sessions: int


_Entry = tuple[Priority, int, Job]


class Scheduler:
    """Runs jobs one at a time: the lowest priority value first, then in order of arrival.

    Two at once would each be slower than one after the other. So a job that is more urgent than
    the one that runs pauses it, and has the thread for itself.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: list[_Entry] = []
        self._arrivals = 0
        self._requests = 0
        self._cancelled = 0
        self._sessions = set[str]()
        self._running: Job | None = None
        self._last: Callable[[], None] | None = None
        self._thread = threading.Thread(target=self._run, name="generation", daemon=True)
        self._thread.start()

    def figures(self) -> Figures:
        """What there was to do since the start, and what there is now."""
        with self._changed:
            jobs = len(self._jobs())
            return Figures(jobs, self._requests, self._cancelled, len(self._sessions))

    def submit(
        self, work: Work, priority: Priority, session: str = "", *, is_request: bool = True
    ) -> Job:
        """Queue work. Call it from a running event loop. Only requests are counted.

        A waiting completion of the same session is superseded and ends at once, cancelled. A
        running one is its client's to cancel: what it makes may still be wanted.
        """
        job = Job(work, priority, session)
        with self._changed:
            if session and priority is Priority.COMPLETION:
                self._supersede(session)
            self._sessions |= {session} - {""}
            self._arrivals += 1
            self._requests += is_request
            heapq.heappush(self._waiting, (priority, self._arrivals, job))
            if self._running is not None and priority < self._running.priority:
                self._running.pause()
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
        def is_superseded(entry: _Entry) -> bool:
            return entry[0] is Priority.COMPLETION and entry[2].session == session

        for entry in filter(is_superseded, self._waiting):
            entry[2].drop()
            self._cancelled += 1
        self._waiting = [entry for entry in self._waiting if not is_superseded(entry)]
        heapq.heapify(self._waiting)

    def _jobs(self) -> list[Job]:
        running = [self._running] if self._running else []
        return running + [job for _, _, job in self._waiting]

    def _run(self) -> None:
        while (entry := self._next()) is not None:
            self._after(entry, is_done=entry[2].run())
        if self._last is not None:
            self._last()

    def _next(self) -> _Entry | None:
        """The next job, waiting for one if need be; None once closed and empty."""
        with self._changed:
            self._running = None
            while not self._waiting and self._last is None:
                self._changed.wait()
            if not self._waiting:
                return None
            entry = heapq.heappop(self._waiting)
            self._running = entry[2]
            self._running.begin_turn()
            return entry

    def _after(self, entry: _Entry, *, is_done: bool) -> None:
        with self._changed:
            self._running = None
            if not is_done:
                heapq.heappush(self._waiting, entry)
            elif entry[2].ended_early:
                self._cancelled += 1
