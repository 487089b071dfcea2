"""Prompts, to the byte."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import pytest

from cornerman.context.site import completion_site
from cornerman.core.budget import TokenBudget
from cornerman.core.errors import BadInputError
from cornerman.core.generation import Control, Prompt, Text
from cornerman.core.site import CompletionSite
from cornerman.core.snippets import Snippet, Surroundings
from cornerman.models.families import FAMILIES
from cornerman.prompting.fim import NO_SURROUNDINGS, fim_prompt
from cornerman.prompting.layouts import CONTINUATION, LAYOUTS
from cornerman.prompting.region import Region
from cornerman.prompting.window import Window
from support.golden import at_cursor

SOURCE = "a = 1\nb = a‸ + 1\nc = 3\n"
AROUND = Surroundings(
    "shop",
    "src/app.py",
    (
        Snippet("src/cart.py", "def total(): ...\n", "test", 1.0, "1", "python"),
        Snippet("src/Cart.java", "class Cart {}", "test", 0.5, "2", "java"),
    ),
)


def prompt_at(
    marked: str,
    family: str = "qwen2.5-coder",
    layout: str = "suffix-first",
    surroundings: Surroundings = NO_SURROUNDINGS,
) -> Prompt:
    return prompts_at([marked], family, layout, surroundings)[0]


def prompts_at(
    typed: Iterable[str],
    family: str = "qwen2.5-coder",
    layout: str = "suffix-first",
    surroundings: Surroundings = NO_SURROUNDINGS,
) -> list[Prompt]:
    """The prompts while a document is typed, which stay in one region while they can."""
    sites = [completion_site(*at_cursor(marked)) for marked in typed]
    return [fim_prompt(family, layout, window, surroundings) for window in windows(sites)]


def windows(sites: Iterable[CompletionSite]) -> Iterator[Window]:
    region: Region | None = None
    for site in sites:
        known = region.at(site) if region is not None else None
        region = known or Region.around(site, TokenBudget(512), (64, 24))
        yield region.window(site)


def shown(prompt: Prompt) -> str:
    """The prompt with its control tokens in guillemets and what is required behind a bar."""
    pieces = (f"«{p.token}»" if isinstance(p, Control) else p.text for p in prompt.pieces)
    return "".join(pieces) + (f"¦{prompt.required_start}" if prompt.required_start else "")


def test_suffix_first_puts_the_suffix_before_the_prefix() -> None:
    prompt = prompt_at(SOURCE)
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


QWEN = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")
BIGCODE = ("<fim_prefix>", "<fim_suffix>", "<fim_middle>")
DEEPSEEK = ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>")
LLAMA = ("▁<PRE>", "▁<SUF>", "▁<MID>")
SEED = ("<[fim-prefix]>", "<[fim-suffix]>", "<[fim-middle]>")
MARKS = {
    "qwen2.5-coder": QWEN,
    "qwen3-coder": QWEN,
    "codegemma": QWEN,
    "starcoder2": BIGCODE,
    "granite-code": BIGCODE,
    "mellum": BIGCODE,
    "deepseek-coder": DEEPSEEK,
    "codellama": LLAMA,
    "seed-coder": SEED,
    "codestral": ("[PREFIX]", "[SUFFIX]", ""),
}
ORDERS = {
    "suffix-first": "«{p}»«{s}» + 1\nc = 3\n«{m}»a = 1\n¦b = a",
    "anchored": "«{p}»a = 1\n«{s}» + 1\nc = 3\n«{m}»¦b = a",
    "suffix-prefix": "«{s}» + 1\nc = 3\n«{p}»a = 1\n«{m}»¦b = a",
    "psm": "«{p}»a = 1\nb = a«{s}» + 1\nc = 3\n«{m}»",
}


@pytest.mark.parametrize(
    ("family", "layout"),
    [(name, layout) for name, family in FAMILIES.items() for layout in family.layouts],
)
def test_every_family_has_its_marks_in_every_layout(family: str, layout: str) -> None:
    if layout == CONTINUATION:
        expected = "# c = 3\na = 1\n¦b = a"
    else:
        prefix, suffix, middle = MARKS[family]
        expected = ORDERS[layout].format(p=prefix, s=suffix, m=middle).replace("«»", "")
    assert shown(prompt_at(SOURCE, family, layout)) == expected


def test_every_layout_belongs_to_a_family() -> None:
    used = {layout for family in FAMILIES.values() for layout in family.layouts}
    assert used == {*LAYOUTS, CONTINUATION}


CART, JAVA = "src/cart.py\ndef total(): ...\n", "src/Cart.java\nclass Cart {}\n"
AS_COMMENTS = f"# {CART}// {JAVA}"


@pytest.mark.parametrize(
    ("family", "layout", "expected"),
    [
        (
            "qwen2.5-coder",
            "suffix-first",
            (
                f"«<|repo_name|>»shop\n«<|file_sep|>»{CART}«<|file_sep|>»{JAVA}"
                "«<|file_sep|>»src/app.py\n«<|fim_prefix|>»«<|fim_suffix|>»\n«<|fim_middle|>»¦x = "
            ),
        ),
        (
            "starcoder2",
            "anchored",
            (
                f"«<repo_name>»shop«<file_sep>»{CART}«<file_sep>»{JAVA}"
                "«<file_sep>»«<fim_prefix>»src/app.py\n«<fim_suffix>»\n«<fim_middle>»¦x = "
            ),
        ),
        (
            "starcoder2",
            "suffix-first",
            (
                f"«<repo_name>»shop«<file_sep>»{CART}«<file_sep>»{JAVA}"
                "«<file_sep>»«<fim_prefix>»«<fim_suffix>»\n«<fim_middle>»src/app.py\n¦x = "
            ),
        ),
        (
            "mellum",
            "suffix-prefix",
            (
                f"«<reponame>»shop«<filename>»{CART}«<filename>»{JAVA}"
                "«<filename>»src/app.py\n«<fim_suffix>»\n«<fim_prefix>»«<fim_middle>»¦x = "
            ),
        ),
        (
            "codegemma",
            "suffix-first",
            (
                f"{CART}«<|file_separator|>»{JAVA}«<|file_separator|>»"
                "«<|fim_prefix|>»«<|fim_suffix|>»\n«<|fim_middle|>»¦x = "
            ),
        ),
        (
            "deepseek-coder",
            "anchored",
            f"«<｜fim▁begin｜>»{AS_COMMENTS}# src/app.py\n«<｜fim▁hole｜>»\n«<｜fim▁end｜>»¦x = ",
        ),
        (
            "codellama",
            "suffix-first",
            f"{AS_COMMENTS}«▁<PRE>»«▁<SUF>»\n«▁<MID>»# src/app.py\n¦x = ",
        ),
        (
            "codestral",
            "suffix-prefix",
            f"{AS_COMMENTS}«[SUFFIX]»\n«[PREFIX]»# src/app.py\n¦x = ",
        ),
        ("smollm2", "continuation", f"{AS_COMMENTS}# src/app.py\n¦x = "),
    ],
)
def test_names_and_snippets_stand_in_the_familys_form(
    family: str, layout: str, expected: str
) -> None:
    assert shown(prompt_at("x = ‸\n", family, layout, AROUND)) == expected


def test_a_path_alone_is_left_out_where_it_does_not_help() -> None:
    path = Surroundings("shop", "src/app.py")
    assert prompt_at(SOURCE, surroundings=path) == prompt_at(SOURCE)


def test_a_family_without_the_layout_is_refused_in_one_sentence() -> None:
    for family, layout in (("codestral", "psm"), ("mistral", "suffix-first"), ("x", "psm")):
        with pytest.raises(BadInputError, match=r"cornerman\.model"):
            prompt_at("‸", family, layout)


def test_what_follows_is_shown_as_comments_to_a_model_without_the_marks() -> None:
    prompt = prompt_at("def f(x‸):\n\n    return x\n", "smollm2", "continuation")
    assert shown(prompt) == "#\n#     return x\n¦def f(x"
    assert shown(prompt_at("def f(x‸)", "smollm2", "continuation")) == "¦def f(x"


def test_column_0_requires_nothing() -> None:
    assert prompt_at("a = 1\n‸\nc = 3\n").required_start == ""


BODY = "".join(f"line_{n} = {n}\n" for n in range(300))


@pytest.mark.parametrize(
    ("family", "layout"),
    [
        ("qwen2.5-coder", "suffix-first"),
        ("qwen2.5-coder", "anchored"),
        ("codestral", "suffix-prefix"),
        ("smollm2", "continuation"),
    ],
)
def test_typing_only_appends_to_the_prompt(family: str, layout: str) -> None:
    tail = "\nafter = 1\nend = 2\n"
    typed = "def f(x):\n    return x + 1"
    keys = (BODY + typed[:n] + "‸" + tail for n in range(len(typed) + 1))
    texts = [prompt.as_text() for prompt in prompts_at(keys, family, layout, AROUND)]
    for earlier, later in pairwise(texts):
        assert later.startswith(earlier)


@pytest.mark.parametrize("family", ["mellum", "seed-coder"])
def test_only_the_line_being_typed_stands_behind_a_last_mark(family: str) -> None:
    keys = (f"{BODY}x = {'1' * n}‸\n" for n in range(9))
    texts = [prompt.as_text() for prompt in prompts_at(keys, family, "suffix-prefix")]
    for earlier, later in pairwise(texts):
        assert later.startswith(earlier)


def test_the_anchor_stays_while_lines_are_typed() -> None:
    keys = ("x = 1\n" * n + "‸" for n in range(160, 224))
    anchored = [prompt.pieces[1] for prompt in prompts_at(keys, layout="anchored")]
    assert len(set(anchored)) <= 64 // 16 + 1


def test_the_window_moves_in_blocks() -> None:
    lines = [f"line_{n} = {n}\n" for n in range(400)]
    keys = ("".join(lines[:n]) + "‸" for n in range(100, 300))
    starts = [prompt.pieces[-1] for prompt in prompts_at(keys)]
    first_lines = {piece.text.split("\n")[0] for piece in starts if isinstance(piece, Text)}
    assert len(first_lines) <= 200 // 32 + 2


def test_the_window_is_bounded_for_very_long_lines() -> None:
    text = prompt_at("x = '" + "a" * 200_000 + "‸" + "b" * 200_000 + "'\n").as_text()
    assert len(text) < 30_000


def test_control_tokens_in_the_source_stay_text() -> None:
    prompt = prompt_at("# <|fim_middle|>\nx = ‸\n# <|fim_suffix|>\n")
    assert prompt.pieces[2] == Text("\n# <|fim_suffix|>\n")
    assert prompt.pieces[4] == Text("# <|fim_middle|>\n")


def test_a_comments_end_inside_a_line_does_not_end_the_comment() -> None:
    snapshot, offset = at_cursor("a {‸\n/* b */\n", "css")
    (window,) = windows([completion_site(snapshot, offset)])
    assert shown(fim_prompt("gemma", "continuation", window)) == "/* /* b  */\n¦a {"
