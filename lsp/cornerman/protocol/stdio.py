"""The two ends of the wire: file descriptors served by a thread each.

Plain threads rather than asyncio's pipe transports, which cannot take files and work differently
on Windows. They read and write descriptors, not ``sys.stdin`` and ``sys.stdout``: an interpreter
that exits while a thread waits inside a buffered stream aborts.
"""

from __future__ import annotations

import asyncio
import os
import queue
import threading
from collections.abc import AsyncIterator, Callable

_CHUNK_BYTES = 64 * 1024
_CHUNKS_AHEAD = 16
_FLUSH_SECONDS = 2.0


def claim_stdio() -> tuple[int, int]:
    """Take standard input and output for the wire and return private copies of them.

    Afterwards a stray ``print`` lands on standard error, and child processes cannot reach the
    wire.
    """
    wire_in, wire_out = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return wire_in, wire_out


class WireReader:
    """Bytes of a descriptor as they arrive. Reading stops while nobody takes them."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._chunks: asyncio.Queue[bytes] = asyncio.Queue()
        self._slots = threading.Semaphore(_CHUNKS_AHEAD)

    async def chunks(self) -> AsyncIterator[bytes]:
        """Every piece of input until its end. To be called once."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(loop,), name="wire-in", daemon=True).start()
        while data := await self._chunks.get():
            self._slots.release()
            yield data

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        data = b"-"
        while data:
            self._slots.acquire()
            try:
                data = os.read(self._descriptor, _CHUNK_BYTES)
            except OSError:
                data = b""
            try:
                loop.call_soon_threadsafe(self._chunks.put_nowait, data)
            except RuntimeError:  # the loop is closed: nobody is left to read for
                return


class WireWriter:
    """Writes in order and never makes the caller wait for a slow reader.

    ``on_broken`` is called once, from another thread, when the other side has gone.
    """

    def __init__(self, descriptor: int, on_broken: Callable[[], object]) -> None:
        self._descriptor = descriptor
        self._on_broken = on_broken
        self._pending: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="wire-out", daemon=True)
        self._thread.start()

    def write(self, data: bytes) -> None:
        """Send ``data`` after everything written before."""
        self._pending.put(data)

    def close(self) -> None:
        """Wait until everything is sent, for two seconds at most."""
        self._pending.put(None)
        self._thread.join(_FLUSH_SECONDS)

    def _run(self) -> None:
        while (data := self._pending.get()) is not None:
            view = memoryview(data)
            try:
                while view:
                    view = view[os.write(self._descriptor, view) :]
            except OSError:
                self._on_broken()
                return
