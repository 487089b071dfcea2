"""Suggestions of a model that cannot fill in the middle: it only goes on, and must be stopped."""

from __future__ import annotations

import pytest

from cornerman.core.completions import CompletionRequest
from cornerman.features.complete import complete
from cornerman.models.catalog import find
from cornerman.settings import CompletionSettings
from support.golden import ScriptedEngine, at_cursor


@pytest.mark.parametrize(
    ("marked", "says", "expected"),
    [
        (
            "def f(a, b):\n    ‸\n\n\ndef g(a, b):\n    return a * b\n",
            "return a - b\n\n\ndef g(a, b):\n    return a * b\n",
            "return a - b",
        ),
        ("x = f(‸)\ny = 2\n", "1, 2)\ny = 2\nz = 3\n", "1, 2"),
        (
            "if a:\n    ‸\n    done()\n",
            "start()\n    done()\n    done()\n",
            "start()",
        ),
    ],
)
async def test_what_follows_is_shown_and_not_said_again(
    marked: str, says: str, expected: str
) -> None:
    snapshot, offset = at_cursor(marked)
    engine = ScriptedEngine(says)
    model = find("smollm2-135m-instruct")
    outcome = await complete(
        CompletionRequest(snapshot, offset), CompletionSettings(), model, engine
    )
    assert outcome.completion is not None, outcome.reason
    assert outcome.completion.text == expected
