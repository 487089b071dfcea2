from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cornerman.core.errors import EngineRequestError
from cornerman.engine.host.backends.mlx.healing import RequiredStart
from cornerman.engine.host.backends.mlx.vocabulary import Vocabulary, vocabulary_of
from cornerman.models.gguf import Metadata

SHORT = st.binary(min_size=1, max_size=4).map(lambda raw: bytes(b"ab\xff\x00"[b % 4] for b in raw))


@given(st.lists(SHORT, max_size=40), SHORT)
def test_agreeing_tokens_are_those_and_only_those_that_can_come_first(
    texts: list[bytes], required: bytes
) -> None:
    vocabulary = Vocabulary(dict(enumerate([b"", *texts])))
    expected = [
        token
        for token, text in enumerate([b"", *texts])
        if text and (text.startswith(required) or required.startswith(text))
    ]
    assert sorted(vocabulary.agreeing_with(required)) == expected


def test_a_required_start_is_spelled_token_by_token() -> None:
    vocabulary = Vocabulary(dict(enumerate([b"e", b"en", b"c", b"nc", b"code", b"enc_x"])))
    start = RequiredStart(vocabulary, "enc", banned=[5])
    assert start.allowed() == [0, 1]
    start.take(1)
    assert sorted(start.allowed()) == [2, 4]
    start.take(4)
    assert not start.missing


def test_a_start_that_cannot_be_spelled_is_an_error() -> None:
    with pytest.raises(EngineRequestError, match="cannot spell"):
        RequiredStart(Vocabulary({0: b"a"}), "b").allowed()


def metadata(model: str, *tokens: tuple[str, int]) -> Metadata:
    return {
        "tokenizer.ggml.model": model,
        "tokenizer.ggml.tokens": [text for text, _ in tokens],
        "tokenizer.ggml.token_type": [kind for _, kind in tokens],
    }


def test_knows_the_bytes_of_byte_level_tokens() -> None:
    normal = [("Ġdef", 1), ("Ċ", 1), ("Ã", 1), ("é", 1)]
    vocabulary = vocabulary_of(metadata("gpt2", *normal, ("é <b>", 4), ("[PAD5]", 5)))
    texts = [vocabulary.bytes_of(token) for token in range(6)]
    assert texts == [b" def", b"\n", b"\xc3", b"\xe9", "é <b>".encode(), b""]
    assert vocabulary.size == 5


def test_knows_the_bytes_of_sentence_piece_tokens() -> None:
    texts = [("▁def", 1), ("<0x0A>", 1), ("é", 1), ("<0xZZ>", 1)]
    vocabulary = vocabulary_of(metadata("llama", *texts))
    found = [vocabulary.bytes_of(token) for token in range(vocabulary.size)]
    assert found == [b" def", b"\n", "é".encode(), b"<0xZZ>"]


def test_control_tokens_have_no_text() -> None:
    tokens = [("a", 1), ("</s>", 3), ("<tool>", 4), ("end", 1)]
    vocabulary = vocabulary_of(metadata("gpt2", *tokens), end_tokens=[3])
    assert [vocabulary.is_control(token) for token in range(4)] == [False, True, False, True]
    assert vocabulary.bytes_of(1) == vocabulary.bytes_of(3) == vocabulary.bytes_of(99) == b""
    assert vocabulary.agreeing_with(b"<") == [2]
