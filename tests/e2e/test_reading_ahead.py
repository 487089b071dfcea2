"""What the real engine reads ahead is not read again when somebody types there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from cornerman.core.budget import ReadingSpeed
from cornerman.core.completions import CompletionRequest
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Timings
from cornerman.paths import state_dir
from cornerman.pipelines import EnginePipelines
from cornerman.settings import Settings
from cornerman.statistics.speeds import FILE_NAME, SpeedBook
from support.engine import private_folders

MOST_TOKENS_OF_A_KEY = 64
LINES = [f"def double_{number}(value):\n    return value * {number}\n" for number in range(80)]
# However slow the machine is, there is more to read in a rest than at first.
BUDGET = {"new_region": 50, "typing": 120_000}
LIMITS = {"max_line_tokens": 8, "max_block_tokens": 8, "deadline_ms": 120_000}
SETTINGS = Settings.model_validate(
    {
        "completion": {**LIMITS, "latency_budget_ms": BUDGET},
        "engine": {"context_tokens": 4096},
    }
)


@pytest.fixture(scope="module", autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("home")
    with private_folders(folder):
        yield folder


@pytest.fixture
async def pipelines() -> AsyncIterator[EnginePipelines]:
    pipelines = EnginePipelines()
    yield pipelines
    await pipelines.aclose()


def typed(line: str, uri: str = "file:///a.py") -> tuple[DocumentSnapshot, int]:
    """A document with ``line`` in its middle, and the end of that line."""
    before, after = "\n".join(LINES[:40]) + "\n", "\n\n" + "\n".join(LINES[40:])
    return DocumentSnapshot(uri, "python", 1, before + line + after), len(before) + len(line)


async def cost(pipelines: EnginePipelines, line: str, uri: str = "file:///a.py") -> Timings:
    outcome = await pipelines.complete(CompletionRequest(*typed(line, uri)), SETTINGS)
    assert outcome.timings is not None
    return outcome.timings


async def test_no_engine_is_started_to_read_ahead(pipelines: EnginePipelines) -> None:
    assert not await pipelines.read_ahead(*typed("x = "), SETTINGS)
    assert (await pipelines.status(SETTINGS)).pid == 0


async def test_a_place_that_was_read_ahead_is_warm(pipelines: EnginePipelines) -> None:
    await pipelines.complete(CompletionRequest(*typed("x = ", "file:///first.py")), SETTINGS)
    place = typed("total = ")
    assert await pipelines.read_ahead(*place, SETTINGS)
    first = await cost(pipelines, "total = d")
    assert first.evaluated <= MOST_TOKENS_OF_A_KEY < first.cached
    # A longer rest there shows the model more, and typing on goes on from that.
    assert await pipelines.read_ahead(*place, SETTINGS)
    second = await cost(pipelines, "total = do")
    assert second.evaluated <= MOST_TOKENS_OF_A_KEY
    assert second.cached > 1.5 * first.cached
    assert not await pipelines.read_ahead(*typed("total = dou"), SETTINGS)


async def test_the_speed_of_reading_is_kept_for_the_next_session(
    pipelines: EnginePipelines,
) -> None:
    place = DocumentSnapshot("file:///c.py", "python", 1, "import os\n" * 60)
    outcome = await pipelines.complete(CompletionRequest(place, len(place.text)), SETTINGS)
    assert outcome.timings is not None
    speed = SpeedBook(state_dir() / FILE_NAME).of(outcome.model)
    assert speed.tokens_per_second is not None
    assert speed.chars_per_token != ReadingSpeed().chars_per_token
