"""What code of other files is worth: cross-file lines with and without it, and the index.

    python benchmarks/context.py [--packages rich click] [--holes 6] [--seed 7] [--chars 1600]
        [--share 0.55] [--json FILE] [--only retrieval|model|index]

Lines are cut from real packages, copied to a folder of their own: at a call to, an attribute of,
or an argument list for something that another file of the package defines, where the needed name
is not in sight (for an argument list: the signature). Both sides have the same number of characters
for their prompts: without context all of them show the document, with it up to ``--share`` of them
show snippets, the others the document. `hit` says that the needed definition is among the snippets;
`ids` that all identifiers of the line are right, in order; `first` that the first one is; `F1` is
over all of them.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import json
import keyword
import re
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TypeVar

from cross_file import KINDS, CrossFileHole, cut
from rich.console import Console
from rich.table import Table

from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import GenerationRequest, SamplingParams
from cornerman.core.snippets import Room, Snippet, Surroundings
from cornerman.engine.client import EngineClient
from cornerman.engine.launcher import ensure_engine
from cornerman.features.surroundings import History, Search, question_of, surroundings_of
from cornerman.features.workspace import Workspace, open_folder, update_folder
from cornerman.models.catalog import ModelSpec, find
from cornerman.prompting.fim import NO_SURROUNDINGS, fim_prompt
from cornerman.prompting.window import Window
from cornerman.settings import STARTER_MODEL, ContextSettings, EngineSettings

_T = TypeVar("_T")
_SHARE_OF_PREFIX = 0.75
_MAX_TOKENS = 48
_IDENTIFIER = re.compile(r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|([^\W\d]\w*)")


@dataclass(frozen=True, slots=True)
class Result:
    """One hole: what was found for it, and what the model wrote without and with it."""

    kind: str
    path: str
    hit: bool
    milliseconds: float
    ids: tuple[bool, bool] = (False, False)
    first: tuple[bool, bool] = (False, False)
    exact: tuple[bool, bool] = (False, False)
    f1: tuple[float, float] = (0.0, 0.0)
    evaluated: tuple[int, int] = (0, 0)


def package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{name} is no installed package")
    return Path(next(iter(spec.submodule_search_locations)))


def workspace_of(package: Path, folder: Path) -> Workspace:
    """The package in a folder of its own, indexed."""
    root = folder / f"{package.name}-source"
    shutil.copytree(package, root / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    opened = open_folder(root, ContextSettings(), folder / "state")
    update_folder(opened)
    workspace = Workspace()
    workspace.add(opened)
    return workspace


def window_of(hole: CrossFileHole, chars: int) -> Window:
    """The document around a hole, in so many characters, in whole lines."""
    before, typed = hole.before[: (at := hole.before.rfind("\n") + 1)], hole.before[at:]
    room = int(chars * _SHARE_OF_PREFIX)
    prefix = before if len(before) <= room else before[-room:].partition("\n")[2]
    suffix = hole.after[: chars - room]
    return Window(prefix, typed, suffix.rpartition("\n")[0] or suffix, "python")


def searched(workspace: Workspace, hole: CrossFileHole, window: Window, chars: int) -> Search:
    text = hole.before + hole.after
    uri = (workspace.folders[0] / hole.path).as_uri()
    snapshot = DocumentSnapshot(uri, "python", 1, text)
    line = snapshot.index.line_of(len(hole.before))
    first, last = line - window.prefix.count("\n"), line + window.suffix.count("\n")
    room = Room(snapshot, len(hole.before), first, last, "", chars)
    file = workspace.put(snapshot)
    assert file is not None
    search = Search(question_of(workspace, file, room, History()))
    search.run()
    workspace.index.close(file)
    return search


def has_definition(name: str, snippets: tuple[Snippet, ...]) -> bool:
    text = "\n".join(snippet.text for snippet in snippets)
    pattern = rf"\b(?:def|class)\s+{re.escape(name)}\b|^\s*(?:self\.)?{re.escape(name)}\s*[:=]"
    return re.search(pattern, text, re.MULTILINE) is not None


def identifiers(code: str) -> list[str]:
    found = (match[1] for match in _IDENTIFIER.finditer(code))
    return [name for name in found if name and not keyword.iskeyword(name)]


async def line_of(
    engine: EngineClient, model: ModelSpec, window: Window, beside: Surroundings
) -> tuple[str, int]:
    """The rest of the line as the model writes it, and the tokens it had to read."""
    prompt = fim_prompt(model.family, model.fim_layout, window, beside)
    request = GenerationRequest(model.name, prompt, SamplingParams(_MAX_TOKENS), session="context")
    text, evaluated = "", 0
    async with aclosing(engine.stream(request)) as chunks:
        async for chunk in chunks:
            text += chunk.text
            evaluated = chunk.timings.evaluated if chunk.timings else evaluated
            if "\n" in text:
                break
    return text.partition("\n")[0], evaluated


async def measured(
    engine: EngineClient, workspace: Workspace, hole: CrossFileHole, args: argparse.Namespace
) -> Result:
    """One hole without and with context; without a model if only retrieval is measured."""
    chars = int(args.chars * args.share)
    search = searched(workspace, hole, window_of(hole, args.chars - chars), chars)
    snippets = search.chosen(chars)
    left = args.chars - sum(len(snippet.path) + len(snippet.text) for snippet in snippets)
    windows = window_of(hole, args.chars), window_of(hole, left)
    took = sum(search.milliseconds.values())
    result = Result(hole.kind, hole.path, has_definition(hole.needed, snippets), took)
    if args.only == "retrieval":
        return result
    model = find(STARTER_MODEL)
    besides = NO_SURROUNDINGS, surroundings_of(search.question.file, snippets)
    lines = [await line_of(engine, model, w, b) for w, b in zip(windows, besides, strict=True)]
    written, wanted = [identifiers(text) for text, _ in lines], identifiers(hole.middle)
    return replace(
        result,
        ids=_pair(names == wanted for names in written),
        first=_pair(names[:1] == wanted[:1] for names in written),
        exact=_pair(text.strip() == hole.middle.strip() for text, _ in lines),
        f1=_pair(f1(names, wanted) for names in written),
        evaluated=_pair(evaluated for _, evaluated in lines),
    )


async def run(args: argparse.Namespace, folder: Path, console: Console) -> list[Result]:
    engine = EngineClient(lambda: ensure_engine(EngineSettings()))
    results: list[Result] = []
    try:
        for name in args.packages:
            package = package_folder(name)
            workspace = workspace_of(package, folder)
            holes = [h for h in cut(package, 10 * args.holes, args.seed) if h.is_new]
            for hole in few_of_each(holes, args.holes):
                results.append(await measured(engine, workspace, hole, args))
                console.print(f"{name}: {len(results)} lines", end="\r")
    finally:
        await engine.aclose()
    return results


def table_of(results: list[Result], *, with_model: bool) -> Table:
    table = Table("kind", "lines", "hit", "search ms", "ids", "first", "exact", "F1 %", "read")
    for kind in (*KINDS, "all"):
        rows = [r for r in results if kind in (r.kind, "all")]
        if not rows:
            continue
        row = [kind, str(len(rows)), f"{100 * sum(r.hit for r in rows) / len(rows):.0f} %"]
        row.append(f"{statistics.median(r.milliseconds for r in rows):.0f}")
        if with_model:
            for field in ("ids", "first", "exact"):
                sums = [sum(getattr(r, field)[side] for r in rows) for side in (0, 1)]
                row.append(f"{sums[0]} -> {sums[1]}")
            means = [100 * statistics.mean(r.f1[side] for r in rows) for side in (0, 1)]
            row.append(f"{means[0]:.0f} -> {means[1]:.0f}")
            read = [statistics.median(r.evaluated[side] for r in rows) for side in (0, 1)]
            row.append(f"{read[0]:.0f} -> {read[1]:.0f}")
        table.add_row(*row)
    return table


def index_figures(names: list[str], folder: Path) -> dict[str, float]:
    """What it costs to index packages, all in one folder, and how fast the index answers."""
    root = folder / "everything"
    for name in names:
        package = package_folder(name)
        skip = shutil.ignore_patterns("__pycache__")
        shutil.copytree(package, root / package.name, ignore=skip)
    opened = open_folder(root, ContextSettings(), folder / "state")
    started, cpu = time.perf_counter(), time.process_time()
    count = update_folder(opened)
    figures = {"files": float(count), "seconds": time.perf_counter() - started}
    figures["cpu_seconds"] = time.process_time() - cpu
    figures["resident_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    update_folder(opened)
    figures["second_pass_seconds"] = time.perf_counter() - started
    names_known = [
        s.name
        for p in opened.store.paths()[::50]
        if (f := opened.store.facts(p))
        for s in f.symbols[:3]
    ]
    figures["slowest_query_ms"] = max(_timed(opened.store.named, name) for name in names_known)
    figures["slowest_mention_ms"] = max(
        _timed(opened.store.mentioning, name) for name in names_known
    )
    return figures


def _timed(query: Callable[[str], object], name: str) -> float:
    started = time.perf_counter()
    query(name)
    return (time.perf_counter() - started) * 1000


def _pair(values: Iterator[_T]) -> tuple[_T, _T]:
    first, second = values
    return first, second


def f1(written: list[str], wanted: list[str]) -> float:
    common = sum(min(written.count(name), wanted.count(name)) for name in set(written))
    return 2 * common / max(len(written) + len(wanted), 1)


def few_of_each(holes: list[CrossFileHole], count: int) -> Iterator[CrossFileHole]:
    for kind in KINDS:
        found = [h for h in holes if h.kind == kind and identifiers(h.middle)]
        yield from found[:count]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packages", nargs="+", default=["rich", "starlette", "huggingface_hub"])
    parser.add_argument("--holes", type=int, default=6, help="of each kind and package")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--chars", type=int, default=1600, help="of every prompt")
    parser.add_argument("--share", type=float, default=0.55, help="of snippets")
    parser.add_argument("--only", choices=("retrieval", "model", "index"), default="model")
    parser.add_argument("--json", type=Path, help="write every result to this file")
    args = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        if args.only == "index":
            found: object = index_figures(args.packages, Path(name))
            console.print(found)
        else:
            results = asyncio.run(run(args, Path(name), console))
            console.print(table_of(results, with_model=args.only == "model"))
            found = [asdict(result) for result in results]
    if args.json:
        args.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
