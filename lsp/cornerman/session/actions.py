"""Code actions in progress: at most one edit in the making for each document."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from cornerman.core.actions import (
    ActionRequest,
    Offer,
    OfferStatus,
    OnProgress,
    ReviewComment,
)
from cornerman.session.pipelines import Features
from cornerman.settings import Settings

STALE = "The document has changed meanwhile; run the action again."


class Actions:
    """Runs actions. For one event loop."""

    def __init__(self, features: Features) -> None:
        self._features = features
        self._stale: dict[str, asyncio.Future[None]] = {}

    async def offer(
        self, request: ActionRequest, settings: Settings, on_progress: OnProgress
    ) -> Offer:
        """The edit of a request, or why there is none.

        It is refused as soon as the document changes. Another call for the same document takes
        the place of this one, which then ends as if it had been cancelled.

        Raises:
            CornermanError: the engine or the model failed.
        """
        uri = request.snapshot.uri
        making = asyncio.ensure_future(
            self._features.offer(request, settings, on_progress=on_progress)
        )
        stale: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        former = self._stale.get(uri)
        if former is not None:
            former.cancel()
        self._stale[uri] = stale
        try:
            await asyncio.wait({making, stale}, return_when=asyncio.FIRST_COMPLETED)
            if stale.done():
                stale.result()
                return Offer(OfferStatus.REFUSED, request.kind.value, STALE)
            return making.result()
        finally:
            making.cancel()
            if self._stale.get(uri) is stale:
                del self._stale[uri]

    async def explain(
        self, request: ActionRequest, settings: Settings
    ) -> AsyncGenerator[str, None]:
        """Text of the explanation as it is made; raises ``CornermanError``."""
        async with aclosing(self._features.explain(request, settings)) as chunks:
            async for chunk in chunks:
                if chunk.text:
                    yield chunk.text

    async def review(
        self, request: ActionRequest, settings: Settings, on_progress: OnProgress
    ) -> tuple[ReviewComment, ...]:
        """Remarks about a range of the request's snapshot; raises ``CornermanError``."""
        return await self._features.review(request, settings, on_progress=on_progress)

    def changed(self, uri: str) -> None:
        """A document has changed or was closed: an edit in the making for it is of no use."""
        stale = self._stale.get(uri)
        if stale is not None and not stale.done():
            stale.set_result(None)
