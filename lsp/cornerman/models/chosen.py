"""The models that the settings name, found once for many keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial

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
        self._known: dict[tuple[str, ...], tuple[ModelSpec, float]] = {}

    async def completion(self, name: str, *, is_remote: bool) -> ModelSpec:
        """The model for completions that is called so, or is the best one for ``auto``.

        Raises:
            BadInputError: there is no model of that name.
            ModelMissingError: it is not on this machine.
        """
        find = partial(_present, partial(choice.resolve, name), is_remote=is_remote)
        return await self._found(("completion", name, str(is_remote)), find)

    async def chat(self, name: str, completion: str, *, is_remote: bool) -> ModelSpec:
        """The model for everything else, beside the one for completions; raises the same."""
        resolve = partial(choice.resolve_chat, name, completion)
        find = partial(_present, resolve, is_remote=is_remote)
        return await self._found(("chat", name, completion, str(is_remote)), find)

    async def _found(self, key: tuple[str, ...], find: Callable[[], ModelSpec]) -> ModelSpec:
        known = self._known.get(key)
        if known is not None and self._clock() - known[1] < _SECONDS:
            return known[0]
        spec = await asyncio.to_thread(find)
        self._known[key] = (spec, self._clock())
        return spec


def _present(resolve: Callable[[], ModelSpec], *, is_remote: bool) -> ModelSpec:
    spec = resolve()
    if not is_remote:
        store.require(spec)
    return spec
