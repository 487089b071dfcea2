"""In which form and order a small model makes most of what is found in other files.

    python benchmarks/context_forms.py [--packages jinja2 uvicorn click] [--holes 4] [--seed 3]
        [--forms without product ...] [--json FILE]

The lines are those of context.py; the packages and the seed are others, so that what is chosen here
can be tried there. All prompts of a line have the same number of characters.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import context
from cross_file import CrossFileHole, cut
from rich.console import Console
from rich.table import Table

from cornerman.context.select import SIMILAR, select
from cornerman.core.snippets import Snippet, Surroundings
from cornerman.engine.client import EngineClient
from cornerman.engine.launcher import ensure_engine
from cornerman.features.surroundings import Search, shown_text, surroundings_of
from cornerman.features.workspace import Workspace
from cornerman.models.catalog import find
from cornerman.prompting.comments import comment
from cornerman.prompting.fim import NO_SURROUNDINGS
from cornerman.prompting.window import Window
from cornerman.settings import STARTER_MODEL, EngineSettings

CHARS, SHARE = 1600, 0.55
Chosen = tuple[Snippet, ...]


def without(_search: Search, _chars: int) -> Chosen:
    return ()


def product(search: Search, chars: int) -> Chosen:
    return search.chosen(chars)


def similar_last(search: Search, chars: int) -> Chosen:
    return tuple(sorted(search.chosen(chars), key=lambda snippet: snippet.source == SIMILAR))


def similar_first(search: Search, chars: int) -> Chosen:
    return tuple(sorted(search.chosen(chars), key=lambda snippet: snippet.source != SIMILAR))


def similar_only(search: Search, chars: int) -> Chosen:
    found = [snippet for snippet in search.found if snippet.source == SIMILAR]
    return select(found, chars, shown_text(search.question))


def definitions_only(search: Search, chars: int) -> Chosen:
    found = [snippet for snippet in search.found if snippet.source != SIMILAR]
    return select(found, chars, shown_text(search.question))


FORMS: dict[str, Callable[[Search, int], Chosen]] = {
    "without": without,
    "product": product,
    "as comments": product,
    "similar last": similar_last,
    "similar first": similar_first,
    "similar only": similar_only,
    "definitions only": definitions_only,
}


def prompt_parts(
    form: str, hole: CrossFileHole, search: Search
) -> tuple[Window, Surroundings, bool]:
    """Window and surroundings of a form, and whether the needed definition is in them."""
    snippets = FORMS[form](search, int(CHARS * SHARE))
    left = CHARS - sum(len(snippet.path) + len(snippet.text) for snippet in snippets)
    window = context.window_of(hole, left)
    is_hit = context.has_definition(hole.needed, snippets)
    if not snippets:
        return window, NO_SURROUNDINGS, is_hit
    if form != "as comments":
        return window, surroundings_of(search.question.file, snippets), is_hit
    lines = [line for s in snippets for line in (s.path, *s.text.split("\n"))]
    above = "".join(f"{comment(line, 'python')}\n" for line in lines)
    return replace(window, prefix=above + window.prefix), NO_SURROUNDINGS, is_hit


async def measured(
    engine: EngineClient, workspace: Workspace, hole: CrossFileHole, forms: list[str]
) -> list[dict[str, object]]:
    chars = int(CHARS * SHARE)
    search = context.searched(workspace, hole, context.window_of(hole, CHARS - chars), chars)
    wanted = context.identifiers(hole.middle)
    rows: list[dict[str, object]] = []
    for form in forms:
        window, beside, is_hit = prompt_parts(form, hole, search)
        text, _ = await context.line_of(engine, find(STARTER_MODEL), window, beside)
        names = context.identifiers(text)
        ids, first = names == wanted, names[:1] == wanted[:1]
        row = {"form": form, "kind": hole.kind, "path": hole.path, "hit": is_hit}
        rows.append({**row, "ids": ids, "first": first, "f1": context.f1(names, wanted)})
    return rows


async def run(args: argparse.Namespace, folder: Path, console: Console) -> list[dict[str, object]]:
    engine = EngineClient(lambda: ensure_engine(EngineSettings()))
    rows: list[dict[str, object]] = []
    try:
        for name in args.packages:
            package = context.package_folder(name)
            workspace = context.workspace_of(package, folder)
            holes = [hole for hole in cut(package, 10 * args.holes, args.seed) if hole.is_new]
            for hole in context.few_of_each(holes, args.holes):
                rows += await measured(engine, workspace, hole, args.forms)
                console.print(f"{name}: {len(rows) // len(args.forms)} lines", end="\r")
    finally:
        await engine.aclose()
    return rows


def table_of(rows: list[dict[str, object]], forms: list[str]) -> Table:
    table = Table("form", "lines", "hit", "ids", "first", "F1 %")
    for form in forms:
        of_form = [row for row in rows if row["form"] == form]
        figures = [sum(bool(row[name]) for row in of_form) for name in ("hit", "ids", "first")]
        mean = sum(float(str(row["f1"])) for row in of_form) / max(len(of_form), 1)
        table.add_row(form, str(len(of_form)), *map(str, figures), f"{100 * mean:.0f}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packages", nargs="+", default=["jinja2", "uvicorn", "click"])
    parser.add_argument("--holes", type=int, default=4, help="of each kind and package")
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--forms", nargs="+", choices=list(FORMS), default=list(FORMS))
    parser.add_argument("--json", type=Path, help="write every result to this file")
    args = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        rows = asyncio.run(run(args, Path(name), console))
    console.print(table_of(rows, args.forms))
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
