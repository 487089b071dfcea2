"""A random editor: whatever it can do, in any order, against a model of its documents."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from support.code_units import CodeUnits
from support.correspondence import Correspondence, Json
from support.random_edits import random_change, random_position, random_text
from support.torture_server import MARK, digest

# So many messages are sent, at most, before everything asked for has to be answered.
_MESSAGES_BETWEEN_LOOKS = 250
_DOCUMENTS = 5
_CANCELLED, _REQUEST_FAILED, _INVALID_PARAMS, _NO_METHOD = -32800, -32803, -32602, -32601
_EXPECTED_ERRORS = (_CANCELLED, _REQUEST_FAILED, _INVALID_PARAMS, _NO_METHOD)
_ACTION_COMMANDS = ("refactor", "document", "test", "todo")


@dataclass(frozen=True)
class Look:
    """What the server's process holds after so many messages. ``memory`` in bytes."""

    messages: int
    memory: int
    tasks: int
    descriptors: int
    threads: int


@dataclass
class Torture:
    """A session of one window. ``looks`` has a figure for each time that all was answered.

    With ``asks_model`` the server is the real one, whose answers say nothing of the documents;
    what takes a model long is left out then.
    """

    client: Correspondence
    folder: Path
    encoding: str
    seed: int
    asks_model: bool = False
    looks: list[Look] = field(default_factory=lambda: list[Look]())
    counts: Counter[str] = field(default_factory=lambda: Counter[str]())
    _documents: dict[str, CodeUnits] = field(default_factory=lambda: dict[str, CodeUnits]())
    _versions: Counter[str] = field(default_factory=lambda: Counter[str]())
    _actions: list[Json] = field(default_factory=lambda: list[Json]())

    def __post_init__(self) -> None:
        self._random = random.Random(f"{self.encoding} {self.seed}")
        self._steps: dict[Callable[[], Awaitable[object]], int] = {
            self._edit: 40,
            self._complete: 25,
            self._cancel: 10,
            self._explain: 5,
            self._code_action: 5,
            self._resolve: 3,
            self._command: 4,
            self._tell: 2,
            self._nonsense: 2,
            self._open: 3,
            self._close: 1,
            self._rename: 1,
            self._configure: 1,
        }
        if self.asks_model:
            for step in (self._explain, self._resolve, self._command):
                del self._steps[step]

    async def run(self, messages: int) -> None:
        """Send at least so many messages, look now and then, and at the end."""
        await self._open()
        steps, weights = list(self._steps), list(self._steps.values())
        while self.client.sent < messages:
            until = self.client.sent + self._random.randint(1, _MESSAGES_BETWEEN_LOOKS)
            while self.client.sent < until:
                await self._random.choices(steps, weights)[0]()
                if self._random.random() < 0.02:
                    await asyncio.sleep(self._random.choice((0, 0.001, 0.02)))
            await self._look()

    async def _look(self) -> None:
        """Everything is answered, and what the server has of the documents is what we have."""
        await self.client.all_answered()
        if not self._documents:
            await self._open()
        tasks = 0
        for uri, document in self._documents.items() if not self.asks_model else ():
            text = await self.client.command("explain", {"uri": uri, "position": _AT_START})
            said, _, count = str(text["text"]).partition(" ")
            assert said == digest(document.text(), 0), f"{uri} has diverged"
            tasks = int(count)
        process = psutil.Process(self.client.process.pid)
        memory, descriptors = process.memory_info().rss, process.num_fds()
        look = Look(self.client.sent, memory, tasks, descriptors, process.num_threads())
        self.looks.append(look)

    async def _edit(self) -> None:
        uri = self._any()
        document = self._documents[uri]
        changes = [
            random_change(self._random, document) for _ in range(self._random.choice((1, 1, 3)))
        ]
        self._versions[uri] += self._random.randint(1, 3)
        where = {"uri": uri, "version": self._versions[uri]}
        params = {"textDocument": where, "contentChanges": changes}
        await self.client.notify("textDocument/didChange", params)

    async def _complete(self) -> None:
        uri = self._any()
        document = self._documents[uri]
        line, character = random_position(self._random, document)
        before = document.offset(line, character)
        offset = len(document.part(before))
        expected = digest(document.text(), offset)

        def check(response: Json) -> None:
            items: list[Json] = response["result"]["items"] if "result" in response else []
            self.counts["suggestions"] += bool(items)
            for item in items:
                said = item["insertText"].partition("#")[0]
                is_right = self.asks_model or said == MARK + expected
                assert is_right, "a suggestion was made for another text"

        await self.client.ask(
            "textDocument/inlineCompletion",
            {
                **_place(uri, line, character),
                "context": {"triggerKind": self._random.choice((1, 2, 2))},
            },
            self._checked(check),
        )

    async def _explain(self) -> None:
        uri = self._any()
        expected = digest(self._documents[uri].text(), 0)

        def check(response: Json) -> None:
            if "result" in response:
                self.counts["explanations"] += 1
                assert str(response["result"]["text"]).startswith(expected)

        arguments = {"uri": uri, "position": _AT_START, "partialResultToken": "p"}
        await self.client.ask(
            "workspace/executeCommand",
            {"command": "cornerman.explain", "arguments": [arguments]},
            self._checked(check),
        )

    async def _code_action(self) -> None:
        def keep(response: Json) -> None:
            found: list[Json] = response.get("result") or []
            self._actions = [one for one in found if "data" in one] or self._actions

        params = {"textDocument": {"uri": self._any()}, "range": self._range(), "context": _ASKED}
        await self.client.ask("textDocument/codeAction", params, self._checked(keep))

    async def _resolve(self) -> None:
        if self._actions:
            action = self._random.choice(self._actions)
            await self.client.ask("codeAction/resolve", action, self._checked())

    async def _command(self) -> None:
        name = self._random.choice((*_ACTION_COMMANDS, "why", "status", "review"))
        arguments = {"uri": self._any(), "range": self._range(), "kind": "simplify"}
        params = {"command": f"cornerman.{name}", "arguments": [arguments]}
        await self.client.ask("workspace/executeCommand", params, self._checked())

    async def _cancel(self) -> None:
        known = [*self.client.unanswered] or [0]
        number = self._random.choice((*known, self._random.randint(0, 10**6)))
        await self.client.notify("$/cancelRequest", {"id": number})

    async def _tell(self) -> None:
        number = str(self._random.randint(1, 1000))
        params = {"command": "cornerman.accepted", "arguments": [number]}
        await self.client.ask("workspace/executeCommand", params, self._checked())
        await self.client.notify("textDocument/didShowCompletion", {"item": {"insertText": "x"}})

    async def _nonsense(self) -> None:
        method = self._random.choice(("no/such", "textDocument/inlineCompletion", "$/x"))
        params = self._random.choice((None, [], {"position": -1}, "x", 5))
        await self.client.ask(method, params, self._checked())
        await self.client.notify(self._random.choice(("no/such", "$/setTrace")), params)

    async def _open(self) -> None:
        uri = (self.folder / f"{self._random.randrange(_DOCUMENTS)}.py").as_uri()
        if uri not in self._documents:
            await self._open_as(uri, random_text(self._random, 60))

    async def _open_as(self, uri: str, text: str) -> None:
        self._documents[uri] = CodeUnits(text, self.encoding)
        self._versions[uri] = 1
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        await self.client.notify("textDocument/didOpen", {"textDocument": item})

    async def _close(self) -> None:
        uri = self._any()
        del self._documents[uri]
        await self.client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        if not self._documents:
            await self._open()

    async def _rename(self) -> None:
        """Editors tell of a new name by closing the document and opening it again."""
        uri = self._any()
        text = self._documents[uri].text()
        new = uri.replace(".py", f"-{self._random.randrange(3)}.py")
        if new not in self._documents:
            await self._open_as(new, text)
        del self._documents[uri]
        await self.client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    async def _configure(self) -> None:
        completion: dict[str, object] = {
            "enabled": self._random.random() < 0.9,
            "deadline_ms": self._random.choice((100, 300)),
            "candidates": self._random.choice((1, 3, "many")),
        }
        settings = {"completion": completion, "actions": {"enabled": self._random.random() < 0.9}}
        params = {"settings": {"cornerman": settings}}
        await self.client.notify("workspace/didChangeConfiguration", params)

    def _checked(
        self, check: Callable[[Json], object] = lambda _response: None
    ) -> Callable[[Json], None]:
        def on_response(response: Json) -> None:
            self.counts["responses"] += 1
            if "error" in response:
                assert response["error"]["code"] in _EXPECTED_ERRORS, response
                self.counts[str(response["error"]["code"])] += 1
            check(response)

        return on_response

    def _any(self) -> str:
        return self._random.choice(list(self._documents))

    def _range(self) -> dict[str, Any]:
        line, character = self._random.randrange(4), self._random.randrange(8)
        start = {"line": line, "character": character}
        return {"start": start, "end": {**start, "line": line + self._random.randrange(3)}}


_AT_START = {"line": 0, "character": 0}
_ASKED = {"diagnostics": list[object](), "triggerKind": 1}


def _place(uri: str, line: int, character: int) -> dict[str, object]:
    position = {"line": line, "character": character}
    return {"textDocument": {"uri": uri}, "position": position}
