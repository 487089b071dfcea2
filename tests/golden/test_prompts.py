"""Prompts, to the byte."""

from __future__ import annotations

from itertools import pairwise

import pytest

from cornerman.context.site import completion_site
from cornerman.core.errors import BadInputError
from cornerman.core.generation import Control, Prompt, Text
from cornerman.prompting.fim import fim_prompt
from cornerman.prompting.window import window_around
from support.golden import at_cursor


def prompt_at(marked: str, prefix_lines: int = 64, suffix_lines: int = 24) -> Prompt:
    snapshot, offset = at_cursor(marked)
    window = window_around(completion_site(snapshot, offset), prefix_lines, suffix_lines)
    return fim_prompt("qwen2.5-coder", "suffix-first", window)


def test_suffix_first_puts_the_suffix_before_the_prefix() -> None:
    prompt = prompt_at("a = 1\nb = a‸ + 1\nc = 3\n")
    assert prompt == Prompt(
        (
            Control("<|fim_prefix|>"),
            Control("<|fim_suffix|>"),
            Text(" + 1\nc = 3\n"),
            Control("<|fim_middle|>"),
            Text("a = 1\n"),
        ),
        required_start="b = a",
    )
    assert prompt.as_text() == (
        "<|fim_prefix|><|fim_suffix|> + 1\nc = 3\n<|fim_middle|>a = 1\nb = a"
    )


def test_column_0_requires_nothing() -> None:
    assert prompt_at("a = 1\n‸\nc = 3\n").required_start == ""


def test_typing_only_appends_to_the_prompt() -> None:
    body = "".join(f"line_{n} = {n}\n" for n in range(300))
    tail = "\nafter = 1\nend = 2\n"
    typed = "def f(x):\n    return x + 1"
    texts = [prompt_at(body + typed[:n] + "‸" + tail).as_text() for n in range(len(typed) + 1)]
    for earlier, later in pairwise(texts):
        assert later.startswith(earlier)


def test_the_window_moves_in_blocks() -> None:
    lines = [f"line_{n} = {n}\n" for n in range(400)]
    starts = [prompt_at("".join(lines[:n]) + "‸").pieces[-1] for n in range(100, 300)]
    first_lines = {piece.text.split("\n")[0] for piece in starts if isinstance(piece, Text)}
    assert len(first_lines) <= 200 // 32 + 2


def test_the_window_is_bounded_for_very_long_lines() -> None:
    text = prompt_at("x = '" + "a" * 200_000 + "‸" + "b" * 200_000 + "'\n").as_text()
    assert len(text) < 30_000


def test_control_tokens_in_the_source_stay_text() -> None:
    prompt = prompt_at("# <|fim_middle|>\nx = ‸\n# <|fim_suffix|>\n")
    assert prompt.pieces[2] == Text("\n# <|fim_suffix|>\n")
    assert prompt.pieces[4] == Text("# <|fim_middle|>\n")


def test_an_unknown_family_is_refused_in_one_sentence() -> None:
    snapshot, offset = at_cursor("‸")
    window = window_around(completion_site(snapshot, offset), 64, 24)
    with pytest.raises(BadInputError, match=r"cornerman\.model"):
        fim_prompt("unheard-of", "suffix-first", window)
