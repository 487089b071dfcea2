"""Speed of models: what is asked, what follows from it, and how it is drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import AsyncGenerator

from cornerman.bench.plot import svg
from cornerman.bench.speed import Speed, budgets, measure_speed
from cornerman.core.generation import Chunk, FinishReason, GenerationRequest, Prompt, Text, Timings
from cornerman.settings.fields import all_settings


class Clockwork:
    """An engine that reads a token for every four characters, 100 a second, and writes 50."""

    def __init__(self) -> None:
        self.prompts: list[str] = []

    async def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        assert isinstance(request.prompt, Prompt)
        text = "".join(piece.text for piece in request.prompt.pieces if isinstance(piece, Text))
        self.prompts.append(text)
        tokens, written = len(text) // 4, request.sampling.max_tokens
        # The clock of writing starts at the first token.
        timings = Timings(0, tokens, 10.0 * tokens, written, 20.0 * (written - 1))
        yield Chunk("x", finish=FinishReason.LENGTH, timings=timings)


async def test_prompts_of_each_length_are_read_and_have_nothing_in_common() -> None:
    engine = Clockwork()
    steps: list[None] = []
    found = await measure_speed("m", engine, (100, 400), lambda: steps.append(None))
    assert [(round(s.prefill), round(s.decode)) for s in found] == [(100, 50), (100, 50)]
    assert found[0].tokens < found[1].tokens
    assert len(steps) == 2
    _, short, long = engine.prompts
    assert short[:8] != long[:8]


def test_budgets_follow_the_speed_within_what_one_waits_for() -> None:
    def of(prefill: float, decode: float) -> list[object]:
        return list(budgets([Speed(500, 0.0, prefill, decode)]).values())

    assert of(10_000, 200) == [400, 1000, 400]
    assert of(200, 20) == [1500, 10_000, 1000]
    assert of(5, 1) == [2500, 15_000, 2000]
    known = {setting.name for setting in all_settings()}
    assert set(budgets([Speed(1, 1, 1, 1)])) <= known


def test_a_plot_is_a_picture_with_a_line_for_each_model() -> None:
    picture = svg("<T>", "x", "y", {"a & b": [(0, 0), (100, 300)], "c": [(50, 10)]})
    root = ET.fromstring(picture)
    lines = root.findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [2, 1]
    said = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"<T>", "a & b", "c", "100", "400"} <= set(said)
