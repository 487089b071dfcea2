"""What a model is asked in a session over a folder full of secrets, as its server gets it."""

from __future__ import annotations

import json
from pathlib import Path

from support.fake_openai import FakeOpenAI, events, serving
from support.rpc import RpcClient
from support.workspaces import write

TOKEN = "PLANTED" + "a8Kd93mNx72LqPz5VbTw"
PASSWORD = "hunter2-planted"
IGNORED = "IGNORED_PLANTED"
CLIENT = f"""\
PRICES_PASSWORD = "{PASSWORD}"


def load_prices(path):
    token = "{TOKEN}"
    for price in path:
        dial(token)
    return fetch(path, "{TOKEN}", password="{PASSWORD}")


prices = load_prices("""
FILES = {
    ".gitignore": "local_prices.py\n",
    ".env": f"PRICES_TOKEN={TOKEN}\n",
    "local_prices.py": f"def {IGNORED}_load_prices(path): ...\n",
    "client.py": CLIENT,
    "other.py": f'def load_prices_of_shop(key="{TOKEN}"): ...\n',
    "README.md": f"# Prices\n\n## Loading prices\nprices_token: '{TOKEN}'\n",
}
SAID = {"index": 0, "text": "path", "delta": {"content": "path"}}
ANSWER = events({"choices": [SAID]}, {"choices": [{**SAID, "finish_reason": "stop"}]}, "[DONE]")
FUNCTION = {"start": {"line": 3, "character": 0}, "end": {"line": 7, "character": 0}}


async def test_no_request_to_a_model_holds_a_secret(tmp_path: Path) -> None:
    app = tmp_path / "app"
    write(app, FILES)
    private, uri = (app / ".env").as_uri(), (app / "client.py").as_uri()
    async with (
        serving(FakeOpenAI([ANSWER])) as model,
        await RpcClient.start(tmp_path) as client,
    ):
        await client.initialize(
            workspaceFolders=[{"uri": app.as_uri(), "name": "app"}],
            initializationOptions={"engine": {"url": model.url, "remote_model": "m"}},
        )
        await client.open(uri, CLIENT)
        await client.open(private, FILES[".env"])
        lines = CLIENT.split("\n")
        for line in (len(lines) - 1, 1):
            await client.answer(await client.ask_completion(uri, line, len(lines[line])))
        asked: list[int] = []
        for document in (uri, private):
            place = {"uri": document, "range": FUNCTION if document == uri else _LINE}
            for command, more in COMMANDS:
                wanted = {"command": command, "arguments": [{**place, **more}]}
                await client.answer(await client.request("workspace/executeCommand", wanted))
            asked.append(len(model.posts))
        question = {"question": "How are prices loaded?"}
        wanted = {"command": "cornerman.ask", "arguments": [question]}
        await client.answer(await client.request("workspace/executeCommand", wanted))
    bodies = [json.dumps(post.body) for post in model.posts]
    assert len([body for body in bodies if "def load_prices" in body]) >= len(COMMANDS)
    assert asked[0] == asked[1], "a file of secrets was shown"
    assert len(bodies) > asked[1], "the question was not asked"
    for secret in (TOKEN, PASSWORD, IGNORED):
        assert not any(secret in body for body in bodies)


_LINE = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 5}}
COMMANDS: tuple[tuple[str, dict[str, str]], ...] = (
    ("cornerman.explain", {}),
    ("cornerman.review", {}),
    ("cornerman.refactor", {"kind": "instruction", "instruction": "log each price"}),
    ("cornerman.refactor", {"kind": "simplify"}),
)
