"""``cornerman/status``: what a status item shows, sent on every change to clients that show one."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from cornerman.core.completions import EngineStatus
from cornerman.core.errors import CornermanError, ModelMissingError

if TYPE_CHECKING:
    from cornerman.protocol.language_server import CornermanServer

STATUS_NOTIFICATION = "cornerman/status"
PULL_COMMAND = "cornerman.pull"

# Most completions are over by then: a status item must not flicker with every key.
_SETTLE_SECONDS = 0.15
_SECONDS_BETWEEN_LOOKS = 2.0
# An engine goes on loading a model for a request that could not wait for it.
_SECONDS_OF_PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Status:
    """What the user sees; ``fix`` is a command of this server."""

    state: str
    model: str
    message: str = ""
    tokens_per_second: float | None = None
    fix: types.Command | None = None

    def as_json(self) -> dict[str, object]:
        """As docs/protocol.md has it."""
        speed = self.tokens_per_second
        fix = self.fix
        return {
            "state": self.state,
            "model": self.model,
            "message": self.message,
            "tokensPerSecond": None if speed is None else round(speed, 1),
            "fix": None
            if fix is None
            else {"title": fix.title, "command": fix.command, "arguments": fix.arguments or []},
        }


class StatusReporter:
    """Derives the status from the session's activity.

    The engine is looked at only while the user waits for one whose model is not known to be
    loaded, for a while after a request has waited in vain, and when it should be unloaded.
    """

    def __init__(self, ls: CornermanServer) -> None:
        self._ls = ls
        # No model's name yet: nothing is sent before the first look.
        self._engine = EngineStatus("")
        self._obstacle: CornermanError | None = None
        self._answers = 0
        self._sent: Status | None = None
        self._settling: asyncio.TimerHandle | None = None
        self._unload: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_looking = False
        self._is_started = False

    def start(self) -> None:
        """Begin to send, if the client shows a status."""
        if self._ls.client.plugin.status:
            self._is_started = True
            self._ls.session.activity.on_change = self._changed
            self.refresh()

    def refresh(self) -> None:
        """Look again for what keeps the models from being asked, after something has changed."""
        if self._is_started:
            self._start(self._check())

    def executed(self) -> None:
        """A command has run, which may have removed what stood in the way."""
        if self._obstacle is not None:
            self.refresh()

    def stop(self) -> None:
        """Send no more."""
        self._is_started = False
        self._ls.session.activity.on_change = lambda: None
        for timer in (self._settling, self._unload):
            if timer is not None:
                timer.cancel()
        for task in self._tasks:
            task.cancel()

    async def now(self) -> tuple[Status, EngineStatus]:
        """The status as it is, whatever was sent; asks the engine if there is one."""
        session = self._ls.session
        self._engine = await session.status()
        self._obstacle = await session.obstacle()
        return self._status(), self._engine

    def _status(self) -> Status:
        session, engine = self._ls.session, self._engine
        activity, model = session.activity, engine.model or session.settings.model
        if activity.running:
            state = "thinking" if engine.is_loaded else "loading"
            return Status(state, model, tokens_per_second=activity.tokens_per_second)
        if not session.settings.completion.enabled:
            return Status("off", model)
        error = self._obstacle or activity.error
        if error is not None:
            return Status("error", model, str(error), fix=_fix(error, model))
        if engine.is_loaded:
            return Status("ready", model, tokens_per_second=activity.tokens_per_second)
        return Status("loading" if self._is_looking and engine.pid else "idle", model)

    def _changed(self) -> None:
        activity = self._ls.session.activity
        if activity.answers > self._answers:
            self._answers, self._obstacle = activity.answers, None
            if not self._engine.is_loaded:
                self.refresh()
        if activity.running and not self._engine.is_loaded and not self._is_looking:
            self._start(self._look_while_running())
        elif not activity.running:
            self._expect_unload()
            if activity.error is not None:
                self.refresh()
        if self._settling is None:
            loop = asyncio.get_running_loop()
            self._settling = loop.call_later(_SETTLE_SECONDS, self._settled)

    def _settled(self) -> None:
        self._settling = None
        status = self._status()
        if self._engine.model and status != self._sent:
            self._sent = status
            self._ls.protocol.notify(STATUS_NOTIFICATION, status.as_json())

    async def _check(self) -> None:
        session = self._ls.session
        self._obstacle = await session.obstacle()
        self._engine = await session.status()
        self._settled()

    async def _look_while_running(self) -> None:
        session, clock = self._ls.session, asyncio.get_running_loop().time
        self._is_looking, is_there, ending = True, False, 0.0
        try:
            while not self._engine.is_loaded:
                self._engine = await session.status()
                # One that loads may be too busy to answer.
                is_there = is_there or self._engine.pid > 0
                self._settled()
                if session.activity.running:
                    ending = clock() + _SECONDS_OF_PATIENCE
                elif session.activity.error is not None or not is_there or clock() > ending:
                    return
                await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
        finally:
            self._is_looking = False
            self._settled()

    def _expect_unload(self) -> None:
        if self._unload is not None:
            self._unload.cancel()
        seconds = self._ls.session.settings.engine.unload_after_minutes * 60 + 1
        loop = asyncio.get_running_loop()
        self._unload = loop.call_later(seconds, self._look_after_unload)

    def _look_after_unload(self) -> None:
        self._start(self._check())
        if self._engine.is_loaded:
            self._expect_unload()

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _fix(error: CornermanError, model: str) -> types.Command | None:
    if isinstance(error, ModelMissingError):
        return types.Command("Download the model", PULL_COMMAND, None, [{"model": model}])
    return None
