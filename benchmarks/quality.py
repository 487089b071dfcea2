"""How good suggestions are, against a plain fill-in-the-middle client on the same model.

    python benchmarks/quality.py [--holes 12] [--seed 7] [--json FILE]

The plain client sends prefix, suffix and middle as the model's documentation shows, with the same
window, greedily, without healing, and takes the first line (or the dedented block). Both ask the
same engine in the same run. `exact` and `similarity` are over all holes, shown or not.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import difflib
import json
import statistics
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from cornerman.bench.holes import KINDS, Hole, cut_holes
from cornerman.context.site import completion_site
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import GenerationRequest, Prompt, SamplingParams, Text
from cornerman.core.site import Extent
from cornerman.engine.client import EngineClient
from cornerman.engine.launcher import ensure_engine
from cornerman.features.complete import complete
from cornerman.models.catalog import ModelSpec, find
from cornerman.models.families import FIM_TOKENS
from cornerman.postprocess.extent import complete_length
from cornerman.prompting.window import window_around
from cornerman.settings import STARTER_MODEL, CompletionSettings, EngineSettings

SETTINGS = CompletionSettings()


@dataclass(frozen=True, slots=True)
class Result:
    """One hole answered by one client."""

    client: str
    kind: str
    module: str
    is_shown: bool
    is_exact: bool
    similarity: float
    parses: bool
    evaluated: int


async def product(hole: Hole, model: ModelSpec, engine: EngineClient) -> tuple[str, int]:
    snapshot, offset = document(hole)
    outcome = await complete(snapshot, offset, SETTINGS, model, engine)
    text = outcome.completion.text if outcome.completion else ""
    return text, outcome.timings.evaluated if outcome.timings else 0


async def plain(hole: Hole, model: ModelSpec, engine: EngineClient) -> tuple[str, int]:
    snapshot, offset = document(hole)
    site = completion_site(snapshot, offset)
    window = window_around(site, SETTINGS.prefix_lines, SETTINGS.suffix_lines)
    tokens = FIM_TOKENS[model.family]
    before, after = Text(window.prefix + window.typed), Text(window.suffix)
    prompt = Prompt((tokens.prefix, before, tokens.suffix, after, *tokens.middle))
    is_block = site.extent is Extent.BLOCK
    limit = SETTINGS.max_block_tokens if is_block else SETTINGS.max_line_tokens
    request = GenerationRequest(model.name, prompt, SamplingParams(limit), session="plain")
    text, evaluated = "", 0
    async with aclosing(engine.stream(request)) as chunks:
        async for chunk in chunks:
            text += chunk.text
            evaluated = chunk.timings.evaluated if chunk.timings else evaluated
            length = complete_length(text, site) if is_block else text.find("\n")
            if length is not None and length >= 0:
                return text[:length], evaluated
    return text, evaluated


def document(hole: Hole) -> tuple[DocumentSnapshot, int]:
    text = hole.before + hole.after
    return DocumentSnapshot(f"file:///{hole.module}.py", "python", 1, text), len(hole.before)


def judge(client: str, hole: Hole, text: str, evaluated: int) -> Result:
    similarity = difflib.SequenceMatcher(None, text.rstrip(), hole.middle.rstrip()).ratio()
    return Result(
        client=client,
        kind=hole.kind,
        module=hole.module,
        is_shown=bool(text.strip()),
        is_exact=text.rstrip() == hole.middle.rstrip(),
        similarity=similarity,
        parses=parses(hole.before + text + hole.after),
        evaluated=evaluated,
    )


def parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


async def run(holes: list[Hole]) -> list[Result]:
    model = find(STARTER_MODEL)
    engine = EngineClient(lambda: ensure_engine(EngineSettings()))
    results: list[Result] = []
    for hole in track(holes, description="holes"):
        for name, client in (("cornerman", product), ("plain", plain)):
            text, evaluated = await client(hole, model, engine)
            results.append(judge(name, hole, text, evaluated))
    await engine.aclose()
    return results


def table_of(results: list[Result]) -> Table:
    table = Table(
        "cursor", "client", "holes", "exact", "similarity", "parses", "shown", "evaluated"
    )
    for kind in (*KINDS, "all"):
        for client in ("cornerman", "plain"):
            rows = [r for r in results if r.client == client and kind in (r.kind, "all")]
            shown = [row for row in rows if row.is_shown]
            if not rows:
                continue
            table.add_row(
                kind,
                client,
                str(len(rows)),
                f"{sum(row.is_exact for row in rows)}",
                f"{100 * statistics.mean(row.similarity for row in rows):.0f} %",
                f"{100 * sum(row.parses for row in shown) / max(len(shown), 1):.0f} %",
                f"{100 * len(shown) / len(rows):.0f} %",
                f"{statistics.median(row.evaluated for row in rows):.0f}",
            )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--holes", type=int, default=12, help="of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path, help="write every result to this file")
    args = parser.parse_args()
    results = asyncio.run(run(cut_holes(args.holes, args.seed)))
    Console().print(table_of(results))
    if args.json:
        rows = [asdict(result) for result in results]
        args.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
