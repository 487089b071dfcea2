"""The models that the settings name, found once for many keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from cornerman.models import choice, store
from cornerman.models.spec import ModelSpec

# Models come and go. To find the best of all takes a look at the files of each.
_SECONDS = 5.0


class ChosenModels:
    """Remembers for a few seconds what was found, but not that something was missing.

    ``is_remote`` says that another machine has the model; otherwise it must be on this one: no
    engine starts in vain. ``clock`` tells seconds. For one event loop.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[object, tuple[ModelSpec, float]] = {}

    async def completion(self, name: str, *, is_remote: bool) -> ModelSpec:
        """The model for completions that is called so, or is the best one for ``auto``.

        Raises:
            BadInputError: there is no model of that name.
            ModelMissingError: it is not on this machine.
        """
        return await self._found(choice.resolve, (name,), is_remote)

    async def chat(self, name: str, completion: str, *, is_remote: bool) -> ModelSpec:
        """The model for everything else, beside the one for completions; raises the same."""
        return await self._found(choice.resolve_chat, (name, completion), is_remote)

    async def _found(
        self, resolve: Callable[..., ModelSpec], names: tuple[str, ...], is_remote: bool
    ) -> ModelSpec:
        key = (resolve, names, is_remote)
        known = self._known.get(key)
        if known is not None and self._clock() - known[1] < _SECONDS:
            return known[0]
        spec = await asyncio.to_thread(resolve, *names)
        if not is_remote:
            await asyncio.to_thread(store.require, spec)
        self._known[key] = (spec, self._clock())
        return spec
