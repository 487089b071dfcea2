"""How good suggestions are, against a plain fill-in-the-middle client on the same model.

    python benchmarks/quality.py [--holes 12] [--seed 7] [--tokens 320] [--json FILE]

The plain client sends prefix, suffix and middle as the model's documentation shows, with the same
window, greedily, without healing, and takes the first line (or the dedented block). Both ask the
same engine in the same run. The first table is about everything the model said that passed the
filters, as somebody gets it who asks by hand; `exact` and `similarity` are over all holes, shown
or not. The second one is about what is shown unasked at several thresholds of confidence: a
suggestion is right if the code goes on like that, as far as it reaches.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import json
import statistics
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from cornerman.bench.holes import KINDS, Hole, cut_holes
from cornerman.context.site import completion_site
from cornerman.core.budget import TokenBudget
from cornerman.core.certainty import Asking
from cornerman.core.completions import CompletionRequest, Outcome
from cornerman.core.generation import GenerationRequest, SamplingParams
from cornerman.core.site import CompletionSite, Extent
from cornerman.engine.client import EngineClient
from cornerman.engine.launcher import ensure_engine
from cornerman.features.complete import WindowOf, complete
from cornerman.models.catalog import ModelSpec, find
from cornerman.postprocess.extent import complete_length
from cornerman.prompting.fim import fim_prompt
from cornerman.prompting.region import Region
from cornerman.prompting.window import Window
from cornerman.settings import STARTER_MODEL, CompletionSettings, EngineSettings

SETTINGS = CompletionSettings()
LINES = (SETTINGS.prefix_lines, SETTINGS.suffix_lines)
THRESHOLDS = (0.0, 0.03, 0.1, 0.2, 0.35, 0.5)


@dataclass(frozen=True, slots=True)
class Said:
    """What a client says; with what probability, and what it shows unasked between two keys."""

    text: str
    evaluated: int
    probability: float | None = None
    unasked: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """One hole answered by one client. The last three are about what is shown unasked."""

    client: str
    kind: str
    module: str
    is_shown: bool
    is_exact: bool
    similarity: float
    parses: bool
    evaluated: int
    probability: float | None
    is_right: bool
    shown_typing: str


async def product(hole: Hole, model: ModelSpec, engine: EngineClient, see: WindowOf) -> Said:
    request = CompletionRequest(*hole.document())
    outcome = await complete(request, SETTINGS, model, engine, window_of=see)
    evaluated = outcome.timings.evaluated if outcome.timings else 0
    if outcome.completion is None:
        return Said("", evaluated)
    unasked = replace(request, is_unasked=True)
    offered = await complete(unasked, SETTINGS, model, engine, window_of=see)
    text, known = outcome.completion.text, outcome.certainty
    return Said(text, evaluated, known.probability(0, len(text)), _between_keys(offered))


def _between_keys(outcome: Outcome) -> str:
    if outcome.completion is None:
        return ""
    text = outcome.completion.text
    return text[: outcome.certainty.shown_until(len(text), 0, Asking.TYPING)]


async def plain(hole: Hole, model: ModelSpec, engine: EngineClient, see: WindowOf) -> Said:
    snapshot, offset = hole.document()
    site = completion_site(snapshot, offset)
    prompt = fim_prompt(model.family, "psm", see(site))
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
                return Said(text[:length], evaluated)
    return Said(text, evaluated)


def judge(client: str, hole: Hole, said: Said) -> Result:
    text = said.text
    return Result(
        client=client,
        kind=hole.kind,
        module=hole.module,
        is_shown=bool(text.strip()),
        is_exact=hole.is_filled_by(text),
        similarity=hole.likeness(text),
        parses=parses(hole.before + text + hole.after),
        evaluated=said.evaluated,
        probability=said.probability,
        is_right=bool(text) and (hole.middle + hole.after).startswith(text.rstrip()),
        shown_typing=_shown_typing(hole, said.unasked),
    )


def _shown_typing(hole: Hole, text: str) -> str:
    if not text:
        return "nothing"
    return "right" if (hole.middle + hole.after).startswith(text.rstrip()) else "wrong"


def parses(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


async def run(holes: list[Hole], tokens: int) -> list[Result]:
    model = find(STARTER_MODEL)
    engine = EngineClient(lambda: ensure_engine(EngineSettings()))

    def see(site: CompletionSite) -> Window:
        return Region.around(site, TokenBudget(tokens), LINES).window(site)

    results: list[Result] = []
    # Holes of one line stand together, so that much of their prompts is evaluated once.
    holes = sorted(holes, key=lambda hole: (hole.module, len(hole.after), len(hole.before)))
    for name, client in (("cornerman", product), ("plain", plain)):
        results += [
            judge(name, hole, await client(hole, model, engine, see))
            for hole in track(holes, description=name)
        ]
    await engine.aclose()
    return results


def table_of(results: list[Result]) -> Table:
    table = Table(
        *("cursor", "client", "holes", "exact", "similarity", "parses", "shown", "evaluated")
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
                share(sum(row.parses for row in shown), len(shown)),
                share(len(shown), len(rows)),
                f"{statistics.median(row.evaluated for row in rows):.0f}",
            )
    return table


def confidence_table(results: list[Result]) -> Table:
    """What the gate makes of the same answers, and what is shown with the default settings."""
    table = Table("unasked, if at least so likely", "shown", "right of those", "right ones shown")
    rows = [row for row in results if row.client == "cornerman"]
    right = sum(row.is_right for row in rows)
    for least in THRESHOLDS:
        shown = [row for row in rows if row.is_shown and (row.probability or 0.0) >= least]
        good = sum(row.is_right for row in shown)
        table.add_row(
            f"{least:g}", share(len(shown), len(rows)), share(good, len(shown)), share(good, right)
        )
    typing = [row.shown_typing for row in rows if row.shown_typing != "nothing"]
    good = typing.count("right")
    table.add_row(
        "default, between two keys", share(len(typing), len(rows)), share(good, len(typing)), ""
    )
    return table


def share(part: int, whole: int) -> str:
    return f"{100 * part / max(whole, 1):.0f} %"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--holes", type=int, default=12, help="of each kind")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--tokens", type=int, default=320, help="of the document in each prompt")
    parser.add_argument("--json", type=Path, help="write every result to this file")
    args = parser.parse_args()
    results = asyncio.run(run(cut_holes(args.holes, args.seed), args.tokens))
    Console().print(table_of(results))
    Console().print(confidence_table(results))
    if args.json:
        rows = [asdict(result) for result in results]
        args.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
