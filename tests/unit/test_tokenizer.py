from __future__ import annotations

import pytest

from cornerman.core.errors import EngineRequestError, EngineUnavailableError
from cornerman.core.generation import Control, Piece, Text
from cornerman.engine.host.tokenizer import ModelTokenizer
from support.gguf import tiny_metadata

PREFIX = Control("<|fim_prefix|>")


@pytest.fixture(scope="module")
def tokenizer() -> ModelTokenizer:
    return ModelTokenizer(tiny_metadata())


def test_merges_apply_within_a_pre_token(tokenizer: ModelTokenizer) -> None:
    assert len(tokenizer.encode([Text("enco")])) == 1
    assert len(tokenizer.encode([Text("en"), Text("co")])) == 2


def test_a_control_piece_is_one_token_and_its_spelling_in_text_is_not(
    tokenizer: ModelTokenizer,
) -> None:
    as_control = tokenizer.encode([PREFIX])
    as_text = tokenizer.encode([Text(PREFIX.token)])
    assert len(as_control) == 1
    assert len(as_text) > 1
    assert not set(as_control) & set(as_text)


def test_an_unknown_control_token_is_refused(tokenizer: ModelTokenizer) -> None:
    with pytest.raises(EngineRequestError):
        tokenizer.encode([Control("<|nothing|>")])


def test_text_is_not_normalized(tokenizer: ModelTokenizer) -> None:
    assert tokenizer.encode([Text("e\u0301")]) != tokenizer.encode([Text("\u00e9")])


@pytest.mark.parametrize(
    ("before", "start", "required"),
    [
        ("x = ", "enco", " enco"),
        ("x = en", "co", " enco"),
        ("def f():\n", "    ", "    "),
        ("def f():\n    ", "retu", " retu"),
        ("def f():\r", "  ", "  "),
        ("a.b", "(", "("),
        ("x = 'it", "'s", "'s"),
        ("s = 日本", "語", " 日本語"),
        ("a😀", "!", "😀!"),
        ("f(x)", "\n", ""),
        ("f(x)", "\r\n", ""),
        ("f(x)\n", "", ""),
        ("x = en", "", ""),
        ("x = ", "n" * 500, ""),
    ],
)
def test_healing_goes_back_to_the_last_pre_token(
    tokenizer: ModelTokenizer, before: str, start: str, required: str
) -> None:
    pieces: list[Piece] = [PREFIX, Text(before)]
    ids, found = tokenizer.heal(pieces, start)
    evaluated = (before + start).removesuffix(required)
    assert found == required
    assert ids == tokenizer.encode([PREFIX, Text(evaluated)])


def test_healing_without_text_before_takes_the_start_alone(tokenizer: ModelTokenizer) -> None:
    assert tokenizer.heal([PREFIX], "enco") == (tokenizer.encode([PREFIX]), "enco")


def test_no_healing_where_nothing_would_be_left_to_evaluate(tokenizer: ModelTokenizer) -> None:
    assert tokenizer.heal([], "enco") == (tokenizer.encode([Text("enco")]), "")


def test_no_healing_of_text_that_holds_a_stop(tokenizer: ModelTokenizer) -> None:
    pieces = [PREFIX, Text("x = ")]
    unhealed = tokenizer.encode([PREFIX, Text("x = enco")])
    assert tokenizer.heal(pieces, "enco", ("nc",)) == (unhealed, "")
    assert tokenizer.heal(pieces, "enco", ("xy",))[1] == " enco"


def test_control_tokens_that_could_pass_for_required_text(tokenizer: ModelTokenizer) -> None:
    assert len(tokenizer.clashing_controls("<|")) == len(tokenizer.control_tokens)
    assert len(tokenizer.clashing_controls("<|fim_mi")) == 1
    assert tokenizer.clashing_controls(" <|") == []
    assert tokenizer.clashing_controls("enco") == []


@pytest.mark.parametrize(
    "damage",
    [
        {"tokenizer.ggml.pre": "unheard-of"},
        {"tokenizer.ggml.model": "bert"},
        {"tokenizer.ggml.tokens": 3},
        {"tokenizer.ggml.merges": [1, 2]},
        {"tokenizer.ggml.merges": ["never heard"]},
    ],
)
def test_models_it_does_not_know_are_refused_in_a_sentence(damage: dict[str, int]) -> None:
    with pytest.raises(EngineUnavailableError, match=r"model"):
        ModelTokenizer(tiny_metadata() | damage)
