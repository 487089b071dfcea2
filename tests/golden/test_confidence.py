"""How much of a suggestion is shown, by how likely its tokens were."""

from __future__ import annotations

from math import log

import pytest

from cornerman.context.site import completion_site
from cornerman.core.certainty import Asking, Certainty
from cornerman.postprocess.confidence import Likelihoods, Scored, certainty
from cornerman.postprocess.syntax_gate import syntax_gate
from support.golden import at_cursor

LEAST = Likelihoods(line=0.3, block=0.1, beginning=0.6, pause=0.05)


def known(marked: str, *tokens: tuple[str, float]) -> tuple[str, Certainty]:
    """A suggestion made of ``tokens`` with their probabilities, and how sure the model was."""
    text = "".join(token for token, _ in tokens)
    scored = [Scored(token, (log(probability),)) for token, probability in tokens]
    site = completion_site(*at_cursor(marked))
    return text, certainty(text, scored, LEAST, site, syntax_gate)


def shown(asking: Asking, marked: str, *tokens: tuple[str, float]) -> str:
    text, found = known(marked, *tokens)
    return text[: found.shown_until(len(text), 0, asking)]


LIKELY = (("self", 0.9), (".name", 0.9), (".strip", 0.9), ("()", 0.9))
DOUBTFUL = (("self", 0.9), (".name", 0.9), (".strip", 0.2), ("()", 0.9))
UNLIKELY = (("self", 0.3), (".name", 0.4), (".strip", 0.5), ("()", 0.9))
GUESSED = (("self", 0.3), (".name", 0.1), (".strip", 0.5), ("()", 0.9))
UNKNOWN = (("self", 0.02), (".name", 0.1), (".strip", 0.5), ("()", 0.9))


@pytest.mark.parametrize(
    ("tokens", "typing", "pausing"),
    [
        (LIKELY, "self.name.strip()", "self.name.strip()"),
        (DOUBTFUL, "self.name", "self.name.strip()"),
        (UNLIKELY, "", "self.name.strip()"),
        (GUESSED, "", "self"),
        (UNKNOWN, "", ""),
    ],
    ids=["likely", "doubtful", "unlikely", "guessed", "unknown"],
)
def test_more_is_shown_the_surer_the_model_is(
    tokens: tuple[tuple[str, float], ...], typing: str, pausing: str
) -> None:
    line = "name = ‸\n"
    assert shown(Asking.TYPING, line, *tokens) == typing
    assert shown(Asking.PAUSING, line, *tokens) == pausing
    assert shown(Asking.INVOKED, line, *tokens) == "self.name.strip()"


def test_a_beginning_leaves_no_bracket_open() -> None:
    tokens = (("sorted", 0.9), ("(items", 0.9), (", key", 0.2), ("=len)", 0.9))
    assert shown(Asking.TYPING, "x = ‸\n", *tokens) == "sorted"


def test_a_beginning_ends_with_a_word() -> None:
    tokens = (("find", 0.9), ("_the", 0.9), ("_user", 0.2), ("()", 0.9))
    assert shown(Asking.TYPING, "x = ‸\n", *tokens) == ""


def test_a_beginning_must_parse() -> None:
    tokens = (("for item", 0.9), (" in", 0.9), (" items", 0.2), (":", 0.9))
    assert shown(Asking.TYPING, "def f(items):\n    ‸\n    return 1\n", *tokens) == ""


def test_of_a_block_whole_lines_are_shown() -> None:
    tokens = (
        ("total = 0", 0.9),
        ("\n    total += 1", 0.9),
        ("\n    return", 0.1),
        (" total * 2", 0.5),
    )
    block = "def f():\n    ‸\n"
    assert shown(Asking.TYPING, block, *tokens) == "total = 0\n    total += 1"


def test_in_a_pause_the_lines_of_a_block_count_one_by_one() -> None:
    tokens = (("total = 0", 0.1), ("\n    total += 1", 0.1), ("\n    return", 0.1))
    block = "def f():\n    ‸\n"
    assert shown(Asking.TYPING, block, *tokens) == ""
    assert shown(Asking.PAUSING, block, *tokens) == "total = 0\n    total += 1\n    return"


def test_what_is_typed_does_not_count_any_more() -> None:
    text, found = known("name = ‸\n", *UNLIKELY)
    for typed, rest in [(2, ""), (4, ""), (9, ".strip()"), (15, "()")]:
        assert text[typed : found.shown_until(len(text), typed, Asking.TYPING)] == rest


def test_a_model_that_tells_nothing_is_taken_to_be_sure() -> None:
    site = completion_site(*at_cursor("x = ‸\n"))
    found = certainty("sorted(items)", [Scored("sorted(items)", ())], LEAST, site, syntax_gate)
    assert found.shown_until(13, 0, Asking.TYPING) == 13
    assert found.probability(0, 13) is None


def test_white_space_that_a_filter_drops_shifts_the_tokens() -> None:
    site = completion_site(*at_cursor("x = ‸\n"))
    scored = [Scored("  ", (log(0.9),)), Scored("self", (log(0.2),)), Scored(".x", (log(0.9),))]
    found = certainty("self.x", scored, LEAST, site, syntax_gate)
    assert found.starts == (0, 0, 4)
    assert found.probability(4, 6) == pytest.approx(0.9)
