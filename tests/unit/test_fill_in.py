from __future__ import annotations

import pytest

from cornerman.core.errors import EngineRequestError
from cornerman.engine.host.fill_in import fill_in
from cornerman.engine.host.tokenizer import ModelTokenizer
from support.vocabularies import VOCABULARIES

BEFORE, AFTER = "a = 1\nb = a", " + 1\n"


@pytest.mark.parametrize(
    ("family", "prompt"),
    [
        ("qwen2.5-coder", "<|fim_prefix|><|fim_suffix|> + 1\n<|fim_middle|>a = 1\nb = a"),
        ("starcoder2", "<fim_prefix><fim_suffix> + 1\n<fim_middle>a = 1\nb = a"),
        ("codestral", "[SUFFIX] + 1\n[PREFIX]a = 1\nb = a"),
        ("seed-coder", "<[fim-suffix]> + 1\n<[fim-prefix]>a = 1\n<[fim-middle]>b = a"),
    ],
)
def test_the_gap_is_laid_out_for_the_family(family: str, prompt: str) -> None:
    found = fill_in(ModelTokenizer(VOCABULARIES[family]()), BEFORE, AFTER)
    assert found.as_text() == prompt
    assert found.required_start == "b = a"


def test_a_model_without_the_marks_is_refused_in_a_sentence() -> None:
    with pytest.raises(EngineRequestError, match="cannot fill in the middle"):
        fill_in(ModelTokenizer(VOCABULARIES["smollm2"]()), BEFORE, AFTER)
