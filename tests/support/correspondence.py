"""A client that holds every request against its one response and forgets what is settled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from support.rpc import DEADLINE_SECONDS, Json, RpcClient

OnResponse = Callable[[Json], None]


class Correspondence(RpcClient):
    """``unanswered`` has open requests, ``sent`` counts messages of both kinds.

    What the server asks of the client is answered, now with a result and now with an error. The
    first thing that is wrong is raised by ``all_answered``: a response that nobody asked for, a
    second one, or one that its ``OnResponse`` does not accept.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.unanswered: dict[int, OnResponse] = {}
        self.sent = 0
        self._wrong: Exception | None = None
        self._asked_by_server = 0
        super().__init__(process)

    @property
    def last_id(self) -> int:
        """The id of the latest request."""
        return self._last_id

    async def send(self, message: object) -> None:
        self.sent += 1
        await super().send(message)

    async def ask(self, method: str, params: object, on_response: OnResponse) -> None:
        """Send a request; ``on_response`` gets its response."""
        self.unanswered[self._last_id + 1] = on_response
        await self.request(method, params)

    async def command(self, name: str, arguments: object) -> Any:
        """The result of one of Cornerman's commands."""
        found: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        params = {"command": f"cornerman.{name}", "arguments": [arguments]}
        await self.ask("workspace/executeCommand", params, found.set_result)
        response = await asyncio.wait_for(found, DEADLINE_SECONDS)
        assert "error" not in response, response
        return response["result"]

    async def all_answered(self) -> None:
        """Every request has its response, and all was as it should be."""
        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(self._is_settled), DEADLINE_SECONDS)
            except asyncio.TimeoutError:
                raise AssertionError(f"{len(self.unanswered)} requests were not answered") from None
        if self._wrong is not None:
            raise self._wrong
        assert not self._ended, "the server has left"

    def _is_settled(self) -> bool:
        return not self.unanswered or self._wrong is not None or self._ended

    async def _take(self, message: Json) -> None:
        try:
            await self._settle(message)
        except (AssertionError, KeyError) as error:
            self._wrong = self._wrong or error
        async with self._news:
            self._news.notify_all()

    async def _settle(self, message: Json) -> None:
        if "method" in message:
            if "id" in message:
                self._asked_by_server += 1
                await self.send(_answer(message, is_refused=self._asked_by_server % 3 == 0))
        elif message["id"] in self.unanswered:
            self.unanswered.pop(message["id"])(message)
        else:
            assert message["id"] is None, "a response that nobody waits for"


def _answer(request: Json, *, is_refused: bool) -> Json:
    answer: Json = {"jsonrpc": "2.0", "id": request["id"]}
    if is_refused:
        return {**answer, "error": {"code": -32803, "message": "no"}}
    return {**answer, "result": {"applied": False} if "Edit" in request["method"] else None}
