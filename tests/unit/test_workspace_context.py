"""What a window's prompts show of other files, keystroke by keystroke."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from cornerman.core.documents import DocumentSnapshot
from cornerman.core.snippets import Room, Surroundings
from cornerman.session import indexing
from cornerman.session.context import WorkspaceContext
from cornerman.session.edits import EditHistory
from cornerman.settings import ContextSettings
from support.workspaces import CURSOR, room_at, write

DEADLINE = 60.0
FILES = {
    "shop/prices.py": (
        "class PriceList:\n    def gross_of(self, article: str) -> float: ...\n\n\n"
        "def load_prices(path: str) -> PriceList: ...\n"
    ),
    "shop/stock.py": "def articles_in_stock() -> list[str]: ...\n",
}
MARKED = "from shop.prices import PriceList, load_prices\n\n\ndef f(p: PriceList):\n    price = ‸\n"


@pytest.fixture
async def context(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[WorkspaceContext]:
    monkeypatch.setattr(indexing, "_DELAY_SECONDS", 0.0)
    write(tmp_path / "app", FILES)
    indexed = asyncio.Event()

    def note(done: int, total: int) -> None:
        if done == total:
            indexed.set()

    made = WorkspaceContext(tmp_path / "state", note)
    made.set_folders([tmp_path / "app"])
    # The first question opens the workspace, which begins to index it.
    await made.surroundings(room_at(tmp_path / "app", "shop/order.py", MARKED))
    await asyncio.wait_for(indexed.wait(), DEADLINE)
    yield made
    await made.aclose()


def typed(room: Room, text: str) -> Room:
    """The same place after ``text`` was typed there."""
    version = room.snapshot.version + 1
    snapshot = room.snapshot.replace(room.offset, room.offset, text, version)
    return replace(room, snapshot=snapshot, offset=room.offset + len(text))


def text_of(surroundings: Surroundings) -> str:
    return "\n".join(snippet.text for snippet in surroundings.snippets)


async def settled(context: WorkspaceContext, room: Room) -> Surroundings:
    """What is shown once no provider is late any more, however slow the machine, and read."""
    shown = await context.surroundings(replace(room, is_resting=True))
    context.keep(room.snapshot.uri)
    return shown


async def outdated(context: WorkspaceContext, app: Path) -> tuple[Room, Surroundings]:
    """A place, and what is shown there although more is known by now."""
    room = room_at(app, "shop/order.py", MARKED)
    first = await settled(context, room)
    write(app, {"shop/prices.py": "def load_prices(folder: bytes) -> int: ...\n"})
    context.files_changed([app / "shop/prices.py"])
    elsewhere = await settled(context, room_at(app, "shop/bill.py", MARKED))
    assert "folder: bytes" in text_of(elsewhere)
    return room, first


async def test_definitions_are_shown_with_the_document_named(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    shown = await settled(context, room_at(tmp_path / "app", "shop/order.py", MARKED))
    assert (shown.repository, shown.path) == ("app", "shop/order.py")
    assert "def load_prices(path: str) -> PriceList" in text_of(shown)


async def test_the_same_is_shown_while_somebody_types_in_one_place(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    room = room_at(tmp_path / "app", "shop/order.py", MARKED)
    first = await settled(context, room)
    for char in "load_prices(":
        room = typed(room, char)
        assert await context.surroundings(room) == first


async def test_what_is_shown_stays_in_the_next_region_if_it_is_as_good(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    room = room_at(tmp_path / "app", "shop/order.py", MARKED)
    first = await settled(context, room)
    elsewhere = replace(room, region="another", chars=room.chars // 2)
    assert (await settled(context, elsewhere)).snippets == first.snippets


async def test_what_other_tools_say_is_shown_until_lines_move(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    found: list[bool] = []
    for name, text in (("shop/order.py", "1"), ("shop/bill.py", "1\n")):
        before = room_at(tmp_path / "app", name, MARKED, chars=4000)
        context.note_problems(before.snapshot.uri, [(4, "price is never used")])
        after = typed(before, text)
        context.put(before.snapshot, after.snapshot)
        found.append("price is never used" in text_of(await settled(context, after)))
    assert found == [True, False]


async def test_a_glance_neither_searches_nor_changes_anything(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    room = room_at(tmp_path / "app", "shop/order.py", MARKED)
    first = await settled(context, room)
    glance = replace(room, region="taken", is_glance=True)
    assert await context.surroundings(glance) == first


async def test_a_changed_file_is_seen_at_the_next_rest(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    room = room_at(tmp_path / "app", "shop/order.py", MARKED)
    write(tmp_path / "app", {"shop/prices.py": "def load_prices(folder: bytes) -> int: ...\n"})
    context.files_changed([tmp_path / "app/shop/prices.py"])
    shown = await settled(context, room)
    assert "folder: bytes" in text_of(shown)


async def test_what_was_learned_meanwhile_is_shown_after_a_rest(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    room, first = await outdated(context, tmp_path / "app")
    room = typed(room, "p.")
    assert await context.surroundings(room) == first
    assert "folder: bytes" in text_of(await settled(context, room))


async def test_what_was_not_read_to_the_end_is_not_shown(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    room, first = await outdated(context, tmp_path / "app")
    resting = replace(room, is_resting=True)
    assert "folder: bytes" in text_of(await context.surroundings(resting))
    # The user types on: the reading ends early.
    room = typed(room, "p.")
    assert await context.surroundings(room) == first
    context.keep(room.snapshot.uri)
    assert await context.surroundings(room) == first


async def test_where_reading_is_quick_better_snippets_are_shown_between_keys(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    marked = MARKED.replace("p: PriceList", "p")
    room = room_at(tmp_path / "app", "shop/order.py", marked)
    first = await settled(context, room)
    room = replace(typed(room, "PriceList('p.csv')."), is_quick=True)
    shown = first
    deadline = asyncio.get_running_loop().time() + DEADLINE
    while shown == first and asyncio.get_running_loop().time() < deadline:
        shown = await context.surroundings(room)
    assert "gross_of" in text_of(shown)
    assert "gross_of" not in text_of(first)


async def test_an_open_document_is_seen_as_it_is_in_the_editor(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    uri = (tmp_path / "app/shop/prices.py").as_uri()
    opened = DocumentSnapshot(uri, "python", 1, "def load_prices(unsaved: int): ...\n")
    context.put(None, opened)
    room = room_at(tmp_path / "app", "shop/order.py", MARKED)
    assert "unsaved: int" in text_of(await settled(context, room))


async def test_folders_come_and_go(context: WorkspaceContext, tmp_path: Path) -> None:
    room = room_at(tmp_path / "app", "shop/order.py", MARKED)
    context.change_folders([], [tmp_path / "app"])
    assert await settled(context, room) == Surroundings()
    context.change_folders([tmp_path / "app"], [])
    assert "load_prices" in text_of(await settled(context, room))


async def test_nothing_is_shown_when_it_is_turned_off(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    context.configure(ContextSettings(enabled=False))
    room = room_at(tmp_path / "app", "shop/order.py", MARKED)
    assert await settled(context, room) == Surroundings()


async def test_questions_find_definitions_and_documents(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    write(tmp_path / "app", {"README.md": "# Shop\n\n## Refunds\nRefunds take three days.\n"})
    context.files_changed([tmp_path / "app/README.md"])
    for question, path in (
        ("Where are prices loaded?", "shop/prices.py"),
        ("How long do refunds take?", "README.md"),
    ):
        findings = await context.retrieve(question)
        assert not findings.is_weak
        assert findings.passages[0].path == path
        lines = (tmp_path / "app" / path).read_text().split("\n")
        first = findings.passages[0]
        assert first.text == "\n".join(lines[first.first - 1 : first.last])
    assert (await context.retrieve("Which quantum teleporter is configured?")).is_weak


def test_what_is_typed_in_one_go_is_one_edit() -> None:
    edits = EditHistory()
    before = DocumentSnapshot("file:///a.py", "python", 1, "a = 1\nb = 2\n")
    snapshot = before
    for offset, char in enumerate("xyz"):
        after = snapshot.replace(4 + offset, 4 + offset, char, snapshot.version + 1)
        edits.changed(snapshot, after)
        snapshot = after
    (edit,) = edits.latest()
    assert (edit.before, edit.after) == ("a = 1", "a = xyz1")


def test_edits_far_apart_are_two_and_replaced_files_none() -> None:
    edits = EditHistory()
    text = "line = 1\n" * 40
    first = DocumentSnapshot("file:///a.py", "python", 1, text)
    second = first.replace(0, 4, "word", 2)
    third = second.replace(len(text) - 9, len(text) - 5, "rule", 3)
    edits.changed(first, second)
    edits.changed(second, third)
    assert [edit.after for edit in edits.latest()] == ["rule = 1", "word = 1"]
    edits.changed(third, replace(third, text="x\n" * 200, uri="file:///b.py"))
    assert [edit.uri for edit in edits.latest()] == ["file:///a.py", "file:///a.py"]


SECRETS = ("PLANTED" + "a8Kd93mNx72LqPz5VbTw", "hunter2-planted", "IGNORED_PLANTED")


async def test_planted_secrets_are_in_no_prompt_of_a_long_session(
    context: WorkspaceContext, tmp_path: Path
) -> None:
    token, password, ignored = SECRETS
    planted = {
        ".gitignore": "local_prices.py\n",
        ".env": f"PRICES_TOKEN={token}\n",
        "shop/secrets.py": f"prices_token = '{token}'\n",
        "local_prices.py": f"def {ignored}_prices(path): ...\n",
        "shop/client.py": (
            f'PRICES_PASSWORD = "{password}"\nprices_token = "{token}"\n'
            "def load_prices_from_client(path):\n"
            f'    return load_prices(path, "{token}", password="{password}")\n'
        ),
    }
    write(tmp_path / "app", planted)
    context.files_changed([tmp_path / "app" / name for name in planted])
    for name in planted:
        uri = (tmp_path / "app" / name).as_uri()
        context.put(None, DocumentSnapshot(uri, "python", 1, planted[name]))
    prompts: list[str] = []
    for line in (
        *("prices = load_prices(‸", "token = prices_token‸", "client = load_prices_from_client(‸"),
        *("PRICES_PASSWORD = ‸", "x = prices.‸", "import shop.client\nshop.client.‸"),
    ):
        for start in range(3):
            marked = f"from shop.client import *\nfrom shop.prices import *\n{'#' * start}\n{line}"
            room = room_at(tmp_path / "app", "shop/order.py", marked, chars=4000)
            room = replace(room, region=f"{line}{start}")
            prompts.append(text_of(await settled(context, room)))
    assert CURSOR not in "".join(prompts)
    assert any("load_prices_from_client" in prompt for prompt in prompts)
    for secret in SECRETS:
        assert not any(secret in prompt for prompt in prompts)
