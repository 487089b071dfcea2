"""Fetching a model for somebody on an event loop, who may change their mind."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from cornerman.core.cancellation import CancellationToken
from cornerman.core.models import OnPull, PulledModel, PullProgress
from cornerman.models import catalog, choice, store
from cornerman.models.progress import Progress


class _AbandonedError(Exception):
    """Nobody waits for it any longer."""


class Pull:
    """One download. ``run`` blocks and belongs on a thread; ``cancel`` may be called anywhere.

    ``on_progress`` is called on ``loop``. ``auto`` stands for the recommended model.
    """

    def __init__(self, name: str, on_progress: OnPull, loop: asyncio.AbstractEventLoop) -> None:
        self._name = name
        self._on_progress = on_progress
        self._loop = loop
        self._token = CancellationToken()

    def cancel(self) -> None:
        """Break the download off soon. What is there is kept."""
        self._token.cancel()

    def run(self) -> PulledModel:
        """Fetch the model, if it is not here.

        Raises:
            CornermanError: there is no such model, it does not fit this machine, or it could not
                be fetched.
        """
        is_named = self._name != choice.AUTO
        spec = catalog.find(self._name) if is_named else choice.recommended()
        choice.refuse_unfit(spec)

        def report(event: Progress) -> None:
            if self._token.cancelled:
                raise _AbandonedError
            news = PullProgress(spec.name, event.stage, event.done, event.total)
            with suppress(RuntimeError):  # the loop is closed: the process is leaving
                self._loop.call_soon_threadsafe(self._on_progress, news)

        return PulledModel(spec.name, str(store.pull(spec, report)))
