"""How many edits are offered, and how many of them are wrong.

    python benchmarks/actions.py [--functions 8] [--kinds simplify,…] [--json FILE]

Actions run on small functions of the standard library and of installed packages, wherever the
menu offers them. Each edit that is offered is then tried: the module must still load, and the
function must do the same as before with a few hundred sample inputs, in a process of its own. For
type hints, calls that keep to them must also work and give what they say.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import json
import re
import time
from contextlib import aclosing
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from action_samples import Sample, judge, samples
from rich.console import Console
from rich.table import Table

from cornerman.core.actions import ActionKind, ActionRequest, Available, Offer, OfferStatus
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import (
    GenerationRequest,
    Message,
    Priority,
    SamplingParams,
    Timings,
)
from cornerman.engine.client import EngineClient
from cornerman.engine.launcher import ensure_engine
from cornerman.features.actions.available import available_actions
from cornerman.features.actions.python_code import PythonCode, parsed
from cornerman.features.actions.rewrite import rewrite
from cornerman.models.catalog import find
from cornerman.prompting import templates
from cornerman.settings import STARTER_MODEL, ActionSettings, EngineSettings

KINDS = (
    *("improve-names", "add-types", "document", "simplify", "convert-loop", "modernize"),
    "extract-function",
)
_BY_INSTRUCTION = "instruction"
_LONG = range(38, 43)


@dataclass(frozen=True, slots=True)
class Result:
    """One action on one function; ``outcome`` is "" when nothing was offered."""

    kind: str
    function: str
    is_offered: bool
    outcome: str
    reason: str
    seconds: float
    tokens_per_second: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One answer decoded twice; times in seconds.

    ``tokens_per_call`` is what guessing made of each call of the model, on any machine.
    """

    function: str
    tokens: int
    plain: float
    guessing: float
    tokens_per_call: float
    is_identical: bool


def document(sample: Sample) -> DocumentSnapshot:
    return DocumentSnapshot(f"file:///{sample.module}.py", "python", 1, sample.text)


def places(kind: str, count: int, seed: int) -> list[tuple[Sample, Available]]:
    """The first functions for which the menu has the action."""
    found: list[tuple[Sample, Available]] = []
    # Held, so that each module is parsed once.
    trees: dict[str, PythonCode | None] = {}
    for sample in samples(seed):
        code = trees.setdefault(sample.module, parsed(sample.text))
        spans = [(sample.offset, sample.offset)]
        if kind == ActionKind.EXTRACT_FUNCTION.value and code is not None:
            spans = _pairs(code, sample.offset)
        menus = (available_actions(document(sample), *span) for span in spans)
        action = next((one for menu in menus for one in menu if one.kind.value == kind), None)
        if kind == _BY_INSTRUCTION and action is not None:
            action = _renaming(sample, action)
        if action is not None:
            found.append((sample, action))
        if len(found) == count:
            break
    return found


def _pairs(code: PythonCode, offset: int) -> list[tuple[int, int]]:
    """Every two statements in a row of a function's own block."""
    function = code.definition_at(offset)
    body = function.body if function is not None else []
    return [(code.start(first), code.end(second)) for first, second in pairwise(body)]


def _renaming(sample: Sample, action: Available) -> Available | None:
    """An instruction that must not change what the function does."""
    code = sample.text[sample.offset :].split("\ndef ")[0]
    names = re.findall(r"^\s+(\w+) = ", code, re.M)
    if not names:
        return None
    words = f"Rename the variable `{names[0]}` to `renamed_{names[0].strip('_')}`."
    return Available(action.kind, action.title, action.start, action.end, words)


async def measure(
    sample: Sample, action: Available, engine: EngineClient, settings: ActionSettings
) -> Result:
    request = ActionRequest(
        action.kind, document(sample), action.start, action.end, action.instruction
    )
    started = time.perf_counter()
    offer = await rewrite(
        request, settings, find(STARTER_MODEL), engine, on_progress=lambda _progress: None
    )
    seconds = time.perf_counter() - started
    is_offered = offer.status is OfferStatus.OFFERED
    outcome = await asyncio.to_thread(_judged, sample, offer) if is_offered else ""
    return Result(
        kind=action.kind.value,
        function=str(sample),
        is_offered=is_offered,
        outcome=outcome,
        reason=offer.reason,
        seconds=seconds,
        tokens_per_second=offer.tokens_per_second,
    )


def _judged(sample: Sample, offer: Offer) -> str:
    return judge(sample, offer.edits[0].applied())


async def speculation(engine: EngineClient, seed: int, count: int) -> list[Comparison]:
    """Renames in functions of about 40 lines, with guessing ahead and without."""
    made: list[Comparison] = []
    for sample in samples(seed, _LONG):
        tree = next(n for n in ast.parse(sample.text).body if getattr(n, "name", "") == sample.name)
        code = ast.get_source_segment(sample.text, tree) or ""
        names = re.findall(r"^\s+(\w+) = ", code, re.M)
        if not names:
            continue
        words = f"Rename the variable `{names[0]}` to `renamed_{names[0].strip('_')}`."
        messages = templates.load("instruction").render(
            language="python", code=code, instruction=words
        )
        plain = await _generated(engine, messages, is_copy=False)
        guessing = await _generated(engine, messages, is_copy=True)
        made.append(
            Comparison(
                str(sample),
                plain[1].generated,
                plain[1].decode_ms / 1000,
                guessing[1].decode_ms / 1000,
                guessing[1].generated / max(1, guessing[2]),
                is_identical=plain[0] == guessing[0],
            )
        )
        if len(made) == count:
            break
    return made


async def _generated(
    engine: EngineClient, messages: tuple[Message, ...], *, is_copy: bool
) -> tuple[str, Timings, int]:
    """The answer, its cost, and how many calls of the model made it."""
    text, timings = "", Timings()
    # Tokens of one call come at one time.
    moments: set[float] = set()
    request = GenerationRequest(
        STARTER_MODEL,
        messages,
        SamplingParams(900),
        session=f"speculation:{is_copy}",
        priority=Priority.ACTION,
        copies_input=is_copy,
    )
    async with aclosing(engine.stream(request)) as chunks:
        async for chunk in chunks:
            text += chunk.text
            timings = chunk.timings or timings
            moments.add(timings.decode_ms)
    return text, timings, len(moments)


def table(results: list[Result]) -> Table:
    drawn = Table("action", "asked", "offered", "same", "unknown", "wrong", "seconds", "tokens/s")
    for kind in (*dict.fromkeys(result.kind for result in results), "all"):
        rows = [one for one in results if kind in (one.kind, "all")]
        offered = [one for one in rows if one.is_offered]
        wrong = sum(one.outcome in ("different", "broken") for one in offered)
        speeds = [one.tokens_per_second for one in rows if one.tokens_per_second]
        drawn.add_row(
            kind,
            str(len(rows)),
            f"{len(offered)} ({_share(len(offered), len(rows))})",
            str(sum(one.outcome == "same" for one in offered)),
            str(sum(one.outcome == "unknown" for one in offered)),
            f"{wrong} ({_share(wrong, len(offered))})",
            f"{sum(one.seconds for one in rows) / len(rows):.1f}",
            f"{sum(speeds) / len(speeds):.0f}" if speeds else "",
        )
    return drawn


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else "-"


async def run(args: argparse.Namespace, console: Console) -> None:
    engine = EngineClient(lambda: ensure_engine(EngineSettings()))
    settings = ActionSettings(candidates=args.candidates)
    results: list[Result] = []
    speeds: list[Comparison] = []
    try:
        for kind in [ActionKind(name).value for name in args.kinds.split(",") if name]:
            for sample, action in places(kind, args.functions, args.seed):
                result = await measure(sample, action, engine, settings)
                results.append(result)
                said = result.outcome or f"refused: {result.reason}"
                console.print(f"{kind} {sample}: {said} ({result.seconds:.1f} s)", markup=False)
        if args.comparisons:
            speeds = await speculation(engine, args.seed, args.comparisons)
    finally:
        await engine.aclose()
    if results:
        console.print(table(results))
    for one in speeds:
        times = one.plain / one.guessing if one.guessing else 0.0
        same = "identical" if one.is_identical else "NOT identical"
        calls = f"{one.tokens_per_call:.1f} tokens a call"
        said = f"{one.function}: {one.tokens} tokens, {calls}, {times:.2f} times faster, {same}"
        console.print(said, markup=False)
    if args.json:
        figures = {
            "results": [asdict(one) for one in results],
            "speculation": [asdict(one) for one in speeds],
        }
        await asyncio.to_thread(args.json.write_text, json.dumps(figures, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--functions", type=int, default=8, help="functions of each kind")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--candidates", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--comparisons", type=int, default=3, help="answers decoded twice")
    parser.add_argument("--json", type=Path)
    asyncio.run(run(parser.parse_args(), Console()))


if __name__ == "__main__":
    main()
