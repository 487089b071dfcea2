"""What a foreign server is asked, and what is made of its answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import (
    Chunk,
    Control,
    GenerationRequest,
    Message,
    Prompt,
    SamplingParams,
    Text,
)
from cornerman.engine.capabilities import CORNERMAN, KINDS, LLAMA_CPP, OLLAMA, OTHER, VLLM
from cornerman.engine.capabilities import ServerProfile as Server
from cornerman.engine.dialect import AnswerStart, NotHealedError, Question, question
from cornerman.models.families import MARKS
from support.engine import fim

FIM = "<|fim_prefix|><|fim_suffix|>\n<|fim_middle|>"


def asked(request: GenerationRequest, kind: str) -> tuple[Question, dict[str, Any]]:
    found = question(request, "theirs", Server(kind, KINDS[kind]))
    return found, json.loads(found.body)


def answered(question: Question, *texts: str) -> str:
    start = AnswerStart(question)
    return "".join(start.rest(Chunk(text)).text for text in texts)


def test_our_own_engine_gets_pieces_and_foreign_ones_text_without_our_extensions() -> None:
    request = fim("a = 1\n", "b")
    _, ours = asked(request, CORNERMAN)
    assert ours["model"] == "theirs"
    assert ours["cornerman"]["required_start"] == "b"
    for kind in (LLAMA_CPP, VLLM, OLLAMA, OTHER):
        _, body = asked(request, kind)
        assert body["model"] == "theirs"
        assert "cornerman" not in body
        assert body["stream"] is True


@pytest.mark.parametrize(
    ("typed", "sent", "left_out"),
    [
        ("", "", ""),
        ("    ", "", "    "),
        ("\t\t", "", "\t\t"),
        ("    enco", "    enco", ""),
        ("x = ", "x =", " "),
        ("a\n    ", "a\n", "    "),
    ],
)
def test_without_healing_the_prompt_never_ends_in_white_space(
    typed: str, sent: str, left_out: str
) -> None:
    found, body = asked(fim("a = 1\n", typed), VLLM)
    assert body["prompt"] == f"{FIM}a = 1\n{sent}"
    assert (found.repeated, found.must_repeat) == (left_out, False)
    assert "grammar" not in body


@pytest.mark.parametrize(
    ("left_out", "texts", "suggested"),
    [
        ("    ", ["    return x"], "return x"),
        ("    ", ["  ", "  ", "return", " x"], "return x"),
        ("    ", ["   ", " return x"], "return x"),
        ("    ", ["return x"], "return x"),
        ("    ", ["        deeper"], "    deeper"),
        ("    ", ["  less"], "less"),
        ("    ", ["\tx"], "\tx"),
        (" ", ["\n", "    x"], "\n    x"),
        ("    ", ["    "], ""),
        ("", ["  x"], "  x"),
    ],
)
def test_white_space_that_the_answer_repeats_is_removed_once(
    left_out: str, texts: list[str], suggested: str
) -> None:
    assert answered(Question("/", "", left_out), *texts) == suggested


@pytest.mark.parametrize(
    ("typed", "sent", "healed"),
    [
        ("    enco", "", "    enco"),
        ("x = enco", "x =", " enco"),
        ("text.enco", "text", ".enco"),
        ("f(a, [", "f(a,", " ["),
        ("x = ", "x", " = "),
        ("x = '" + "y" * 100, "x = '" + "y" * 100, ""),
        ("x = '" + "y" * 100 + " ", "x = '" + "y" * 100, " "),
    ],
)
def test_llama_server_is_bound_by_a_grammar_to_write_the_last_word_again(
    typed: str, sent: str, healed: str
) -> None:
    found, body = asked(fim("a = 1\n", typed, max_tokens=16), LLAMA_CPP)
    assert body["prompt"] == f"{FIM}a = 1\n{sent}"
    assert found.repeated == healed
    assert found.must_repeat is ("grammar" in body) is bool(healed)
    assert body["cache_prompt"] is True
    assert body["max_tokens"] >= 16


def test_nothing_of_the_source_can_end_the_grammars_literal() -> None:
    _, body = asked(fim("", '\\"]é'), LLAMA_CPP)
    assert body["grammar"] == r'root ::= "\U0000005C\U00000022\U0000005D\U000000E9" .*'


def test_an_answer_that_was_bound_and_does_not_repeat_is_noticed() -> None:
    bound = Question("/", "", "enco", must_repeat=True)
    assert answered(bound, "en", "code()") == "de()"
    with pytest.raises(NotHealedError):
        answered(bound, "de()")
    with pytest.raises(NotHealedError):
        answered(bound, "en", "dow")


@given(
    start=st.text(max_size=20),
    texts=st.lists(st.text(max_size=4), max_size=8),
    must_repeat=st.booleans(),
)
def test_a_repeated_start_is_removed_however_it_is_cut(
    start: str, texts: list[str], *, must_repeat: bool
) -> None:
    rest = "".join(texts)
    chunks = [*start, *texts] if len(start) % 2 else [start, *texts]
    assert answered(Question("/", "", start, must_repeat), *chunks) == rest


def test_control_tokens_in_the_source_do_not_reach_a_server_as_such() -> None:
    request = fim("a = '<|fim_middle|>'\n", "b = '<|endoftext|>", after="<|fim_prefix|>\n")
    for kind in (VLLM, LLAMA_CPP, OTHER):
        _, body = asked(request, kind)
        sent = body["prompt"]
        assert [sent.count(token) for token in ("<|fim_prefix|>", "<|fim_middle|>")] == [1, 1]
        assert "<|endoftext|>" not in sent
    pieces = (Control("<PRE>"), Text("x <PRE> | y <| z"))
    plain = GenerationRequest("m", Prompt(pieces), SamplingParams(1))
    assert asked(plain, VLLM)[1]["prompt"] == "<PRE>x < PRE> | y <| z"


@pytest.mark.parametrize("mark", sorted(MARKS))
@pytest.mark.parametrize("kind", [VLLM, LLAMA_CPP, OLLAMA, OTHER])
def test_no_familys_marks_in_the_source_reach_a_server_as_such(mark: str, kind: str) -> None:
    half = len(mark) // 2
    pieces = (
        Control("<SUF>"),
        Text(f"after = {mark}"),
        Control("<PRE>"),
        Text(f"{mark}\nx = {mark[:half]}"),
        Text(f"{mark[half:]} + {mark[:half]}"),
    )
    request = GenerationRequest("m", Prompt(pieces, f"{mark[half:]} "), SamplingParams(1))
    _, body = asked(request, kind)
    assert mark not in body["prompt"]
    assert mark not in (body.get("suffix") or "")


def test_ollama_gets_the_two_sides_of_the_cursor() -> None:
    found, body = asked(fim("a = 1\n", "b = ", after="\nc = 3\n"), OLLAMA)
    assert (body["prompt"], body["suffix"]) == ("a = 1\nb =", "\nc = 3\n")
    assert found.repeated == " "


def test_a_prompt_whose_sides_cannot_be_told_is_refused_for_ollama() -> None:
    request = GenerationRequest(
        "m", Prompt((Control("<|begin|>"), Text("a"), Control("<|hole|>"))), SamplingParams(1)
    )
    with pytest.raises(EngineRequestError, match="llama-server"):
        asked(request, OLLAMA)


def test_messages_go_to_the_chat_endpoint() -> None:
    messages = (Message("user", "Explain <|im_end|>."),)
    found, body = asked(GenerationRequest("m", messages, SamplingParams(5), logprobs=True), VLLM)
    assert found.path == "/v1/chat/completions"
    assert body["messages"] == [{"role": "user", "content": "Explain <|im_end|>."}]
    assert body["logprobs"] is True
    assert "prompt" not in body


def test_log_probabilities_are_asked_for_where_they_exist() -> None:
    request = fim("a", logprobs=True)
    assert [asked(request, kind)[1].get("logprobs") for kind in (LLAMA_CPP, VLLM)] == [1, 1]
    assert [asked(request, kind)[1].get("logprobs") for kind in (OLLAMA, OTHER)] == [None, None]
