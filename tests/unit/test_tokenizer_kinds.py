"""Tokenizers of the kinds that model families have: words, spaces, bytes, and the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.core.generation import Control, Piece, Text
from cornerman.engine.host.tokenizer import ModelTokenizer
from cornerman.engine.host.tokenizer.words import PATTERNS
from cornerman.models.families import FAMILIES
from cornerman.models.gguf import Metadata
from support.vocabularies import VOCABULARIES

BYTE_LEVEL = ("qwen2.5-coder", "starcoder2", "deepseek-coder", "mellum", "seed-coder", "llama-3")
PIECES = ("codellama", "codestral", "mistral", "phi-3")
SPACELESS = ("codegemma", "gemma")


def spelled(family: str, pieces: Sequence[Piece], *, starts: bool = True) -> list[str]:
    metadata = VOCABULARIES[family]()
    tokens = cast("list[str]", metadata["tokenizer.ggml.tokens"])
    return [tokens[i] for i in ModelTokenizer(metadata).encode(pieces, starts=starts)]


def whole(family: str, pieces: Sequence[Piece]) -> str:
    return "".join(spelled(family, pieces))


@pytest.mark.parametrize("family", FAMILIES)
def test_no_text_holds_a_control_token(family: str) -> None:
    metadata = VOCABULARIES[family]()
    tokenizer = ModelTokenizer(metadata)
    controls = tokenizer.control_tokens
    if fim := FAMILIES[family].fim:
        assert fim.texts <= {*controls}
    text = " ".join(controls) + "".join(controls)
    ids = tokenizer.encode([Text(text)])
    marked = {i for control in controls for i in tokenizer.encode([Control(control)])}
    assert len(marked) == len(controls)
    assert not marked & set(ids)


def test_code_llama_puts_a_space_before_the_prefix_and_none_before_the_suffix() -> None:
    pieces = (Control("▁<PRE>"), Text("a"), Control("▁<SUF>"), Text("b"), Control("▁<MID>"))
    assert whole("codellama", pieces) == "<s>▁<PRE>▁a▁<SUF>b▁<MID>"
    assert whole("codellama", (*pieces, Text("c"))) == "<s>▁<PRE>▁a▁<SUF>b▁<MID>c"


def test_code_llama_suffix_first_puts_it_before_the_prefix_too() -> None:
    pieces = (Control("▁<PRE>"), Control("▁<SUF>"), Text("b"), Control("▁<MID>"), Text("a"))
    assert whole("codellama", pieces) == "<s>▁<PRE>▁<SUF>b▁<MID>▁a"


def test_codestral_puts_a_space_before_the_prefix_only() -> None:
    pieces = (Control("[SUFFIX]"), Text("b"), Control("[PREFIX]"), Text("a"))
    assert whole("codestral", pieces) == "<s>[SUFFIX]b[PREFIX]▁a"
    assert whole("codestral", (Text("x\n"), *pieces)) == "<s>▁x\n[SUFFIX]b[PREFIX]▁a"


@pytest.mark.parametrize("family", SPACELESS)
def test_gemma_puts_no_space_in_front_of_a_text(family: str) -> None:
    assert whole(family, (Text("a"),)) == "<bos>a"


def test_a_conversation_that_begins_with_its_own_start_gets_no_second_one() -> None:
    for family in ("codellama", "gemma", "deepseek-coder", "llama-3"):
        start = spelled(family, ())
        assert len(start) == 1
        assert spelled(family, (Control(start[0]), Text("[x"))).count(start[0]) == 1
        assert start[0] not in spelled(family, (Text("x"),), starts=False)


@pytest.mark.parametrize("family", ["qwen2.5-coder", "starcoder2", "granite-code", "smollm2"])
def test_models_without_a_start_get_none(family: str) -> None:
    assert spelled(family, ()) == []


def test_whether_there_is_a_start_can_be_said_by_the_file() -> None:
    metadata = VOCABULARIES["llama-3"]()
    del metadata["tokenizer.ggml.add_bos_token"]
    assert len(ModelTokenizer(metadata).encode([], starts=True)) == 1
    metadata["tokenizer.ggml.add_bos_token"] = False
    assert ModelTokenizer(metadata).encode([], starts=True) == []


def test_what_no_piece_can_spell_is_spelled_in_bytes() -> None:
    found = spelled("mistral", (Text("é世"),), starts=False)
    assert found == ["<0xC3>", "<0xA9>", "<0xE4>", "<0xB8>", "<0x96>"]


HEALED = [
    ("x = ", "enco", " enco"),
    ("x = en", "co", " enco"),
    ("def f():\n", "    ", "    "),
    ("def f():\n    ", "retu", " retu"),
    ("f(self.fo", "o", "f(self.foo"),
    ("return f(self.fo", "o", " f(self.foo"),
    ("f(x)", "\n", ""),
    ("x = ", "n" * 500, ""),
]


@pytest.mark.parametrize("family", [*PIECES, *SPACELESS])
@pytest.mark.parametrize(("before", "start", "required"), HEALED)
def test_healing_goes_back_to_the_last_space(
    family: str, before: str, start: str, required: str
) -> None:
    tokenizer = ModelTokenizer(VOCABULARIES[family]())
    ids, found = tokenizer.heal([Text(before)], start)
    assert found == required
    assert ids == tokenizer.encode([Text((before + start).removesuffix(required))], starts=True)


@pytest.mark.parametrize(
    ("family", "required"),
    [
        ("qwen2.5-coder", "(it"),
        ("llama-3", "(it"),
        ("seed-coder", "(it"),
        ("starcoder2", "it"),
        ("granite-code", "it"),
        ("deepseek-coder", "it"),
        ("mellum", "it"),
        ("smollm2", "it"),
    ],
)
def test_healing_goes_back_to_the_last_word(family: str, required: str) -> None:
    tokenizer = ModelTokenizer(VOCABULARIES[family]())
    assert tokenizer.heal([Text("x = 1\nsum")], "(it")[1] == required
    assert tokenizer.heal([Text("x = 1\n")], "    ")[1] == "    "
    assert tokenizer.heal([Text("s = 日本")], "語")[1].endswith("日本語")


@pytest.mark.parametrize("name", PATTERNS)
def test_every_splitting_by_name_can_be_built_and_loses_nothing(name: str) -> None:
    metadata = VOCABULARIES["starcoder2"]() | {"tokenizer.ggml.pre": name}
    tokens = cast("list[str]", metadata["tokenizer.ggml.tokens"])
    text = "Def f2(x): return 'it''s' + 1234\n\n\t  y"
    ids = ModelTokenizer(metadata).encode([Text(text)])
    assert "".join(tokens[i] for i in ids).replace("Ġ", " ").replace("Ċ", "\n").replace(
        "ĉ", "\t"
    ) == (text)


DAMAGED: list[tuple[str, Metadata]] = [
    ("codellama", {"tokenizer.ggml.scores": [0.0]}),
    ("codellama", {"tokenizer.ggml.scores": "none"}),
    ("mistral", {"tokenizer.ggml.tokens": []}),
    ("starcoder2", {"tokenizer.ggml.merges": ["never heard"]}),
    ("starcoder2", {"tokenizer.json.pre_tokenizer": '{"type": "Unheard"}'}),
]


@pytest.mark.parametrize(("family", "damage"), DAMAGED)
def test_damaged_vocabularies_are_refused_in_a_sentence(family: str, damage: Metadata) -> None:
    with pytest.raises(EngineUnavailableError, match=r"model"):
        ModelTokenizer(VOCABULARIES[family]() | damage)
