"""Answers that the engine must not end before their time."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import Chunk, FinishReason


async def unbroken(stream: AsyncGenerator[Chunk, None]) -> AsyncGenerator[Chunk, None]:
    """The chunks of ``stream``; closing this one closes it.

    Raises:
        EngineRequestError: the engine gave the answer up, as it does when it is about to end.
    """
    async with aclosing(stream) as chunks:
        async for chunk in chunks:
            if chunk.finish is FinishReason.CANCELLED:
                raise EngineRequestError(
                    "The engine gave up in the middle of an answer; try again."
                )
            yield chunk
