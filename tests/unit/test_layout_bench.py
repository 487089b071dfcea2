from __future__ import annotations

from collections.abc import AsyncGenerator
from itertools import takewhile

from cornerman.bench.holes import KINDS, Hole, cut_holes
from cornerman.bench.layouts import layouts_of, measure_layouts, steps_of
from cornerman.core.generation import Chunk, FinishReason, GenerationRequest, Prompt, Timings
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, CompletionSettings

HOLES = [
    Hole("after indent", "m", "def f(x):\n    ", "return x", "\n"),
    Hole("block body", "m", "def g(x):\n    ", "y = x + 1\n    return y", "\n\n\nf(1)\n"),
]


class CountingEngine:
    """Says the same line to everything, and reads what is new of a prompt, a token a character."""

    def __init__(self) -> None:
        self._read = ""

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        assert isinstance(request.prompt, Prompt)
        text = request.prompt.as_text()
        pairs = zip(text, self._read, strict=False)
        known = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        self._read = text
        if request.sampling.max_tokens:
            yield Chunk("return x\n")
        timings = Timings(cached=known, evaluated=len(text) - known)
        yield Chunk("", finish=FinishReason.STOP, timings=timings)


async def test_every_layout_is_measured_and_the_catalogues_is_marked() -> None:
    model, steps = find(STARTER_MODEL), list[int]()
    results = await measure_layouts(
        model, CountingEngine(), HOLES, CompletionSettings(), lambda: steps.append(1)
    )
    assert tuple(row.layout for row in results) == layouts_of(model)
    assert len(steps) == steps_of(model, HOLES)
    assert [row.layout for row in results if row.is_used] == [model.fim_layout]
    assert all(row.holes == 2 and row.exact == 0.5 and row.shown == 1.0 for row in results)
    assert all(0.5 < row.similarity < 1 for row in results)


async def test_a_key_costs_what_is_typed_where_typing_only_appends() -> None:
    rows = await measure_layouts(find(STARTER_MODEL), CountingEngine(), HOLES, CompletionSettings())
    cost = {row.layout: row.evaluated for row in rows}
    assert cost["suffix-first"] == cost["anchored"] == 3
    assert cost["psm"] > 20


def test_holes_are_the_same_for_the_same_seed_and_their_text_fits() -> None:
    holes = cut_holes(2, seed=3)
    assert holes == cut_holes(2, seed=3)
    assert {hole.kind for hole in holes} == {*KINDS}
    for hole in holes:
        compile(hole.before + hole.middle + hole.after, hole.module, "exec")
