from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from cornerman.core.cancellation import CancellationToken
from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import FinishReason, SamplingParams, Timings
from cornerman.engine.host.backends.base import TokenRequest, TokenText
from cornerman.engine.host.backends.mlx.cache import KvPool
from cornerman.engine.host.backends.mlx.library import Layer, evaluate, ids, new_layers
from cornerman.engine.host.backends.mlx.model import MlxModel
from cornerman.engine.host.backends.mlx.vocabulary import Vocabulary
from cornerman.engine.host.backends.step import StepSize
from support.oracle_network import OracleNetwork

SOURCE = '''\
def total_price(items, tax):
    """The price of all items with tax."""
    price = 0
    for item in items:
        price = price + item.cost * item.count
        if item.reduced:
            price = price - item.cost / 10
    price = price * (1 + tax)
    if price > 100:
        print("expensive", price)
    return price
'''
RENAMED = SOURCE.replace("price", "amount")
REORDERED = "".join(line for line in reversed(SOURCE.splitlines(keepends=True)) if line[0] == " ")


def words(text: str) -> list[str]:
    """Pieces about as long as a real model's tokens."""
    return re.findall(r"\n +| ?\w+|\W", text)


WORDS = sorted({*words(SOURCE), *words(RENAMED), *words(REORDERED), *words(" +"), "$"})
NUMBER = {word: number for number, word in enumerate(WORDS)}
END = len(WORDS)
VOCABULARY = Vocabulary({n: word.encode() for word, n in NUMBER.items()}, control=[END])


def tokens(text: str) -> list[int]:
    return [NUMBER[word] for word in words(text)]


PROMPT = tokens(SOURCE + "$")


def says(answer: str, prompt: Sequence[int] = PROMPT) -> OracleNetwork:
    """A network that answers the prompt, and only the prompt, with that text."""
    script = [*prompt, *tokens(answer), END]

    def oracle(history: Sequence[int]) -> int:
        right = len(history) < len(script) and list(history) == script[: len(history)]
        return script[len(history)] if right else NUMBER["$"]

    return OracleNetwork(len(WORDS) + 8, oracle)


def run(
    model: MlxModel,
    prompt: Sequence[int] = PROMPT,
    *,
    copies: bool = False,
    emit: Callable[[TokenText], None] | None = None,
) -> tuple[str, FinishReason, Timings]:
    parts: list[TokenText] = []
    asked = TokenRequest(prompt, SamplingParams(max_tokens=400), copies_input=copies)
    finished = model.generate(asked, emit or parts.append, CancellationToken())
    return "".join(part.text for part in parts), finished.reason, finished.timings


def test_speculation_takes_many_tokens_of_a_rename_per_call() -> None:
    network = says(RENAMED)
    model = MlxModel(network, VOCABULARY, 1024)
    assert run(model, copies=True)[:2] == (RENAMED, FinishReason.STOP)
    assert model.last_speculation.tokens_per_call >= 5


def test_speculation_says_what_is_said_without_it() -> None:
    for answer in (RENAMED, SOURCE, REORDERED, " +" * 9, ""):
        plain = run(MlxModel(says(answer), VOCABULARY, 1024))
        model = MlxModel(says(answer), VOCABULARY, 1024)
        drafted = run(model, copies=True)
        assert drafted[:2] == plain[:2] == (answer, FinishReason.STOP)
        # What was drafted wrongly must be gone from the cache.
        assert run(model)[:2] == plain[:2]


def test_fresh_text_is_not_drafted() -> None:
    model = MlxModel(says(RENAMED), VOCABULARY, 1024)
    run(model)
    assert model.last_speculation.calls == 0


def test_a_failure_of_the_library_is_one_sentence_and_the_model_stays_usable() -> None:
    network, failing = says(RENAMED), [True]

    def oracle(history: Sequence[int]) -> int:
        if failing[0] and len(history) > len(PROMPT) + 5:
            raise RuntimeError(SOURCE)
        return network.oracle(history)

    model = MlxModel(OracleNetwork(len(WORDS) + 8, oracle), VOCABULARY, 1024)
    with pytest.raises(EngineRequestError, match=r"MLX failed.*RuntimeError") as caught:
        run(model)
    assert "price" not in str(caught.value)
    failing.clear()
    failing.append(False)
    assert run(model)[0] == RENAMED


def test_an_error_of_the_listener_passes_and_the_model_stays_usable() -> None:
    model = MlxModel(says(RENAMED), VOCABULARY, 1024)

    def refuse(_: TokenText) -> None:
        raise EngineRequestError("not that")

    with pytest.raises(EngineRequestError, match="not that"):
        run(model, emit=refuse)
    assert run(model)[0] == RENAMED


def test_a_closed_model_says_so() -> None:
    model = MlxModel(says(RENAMED), VOCABULARY, 1024)
    model.close()
    with pytest.raises(EngineRequestError):
        run(model)


def fill(layers: list[Layer], count: int) -> None:
    OracleNetwork(8, lambda _: 0)(ids([1] * count)[None], layers)
    evaluate([layer.state for layer in layers])


def pool(parked_bytes: int = 1 << 20) -> KvPool:
    network = OracleNetwork(8, lambda _: 0)
    return KvPool(lambda: new_layers(network), parked_bytes)


def take(kvs: KvPool, slot: int, prompt: list[int]) -> int:
    """Evaluate a prompt in a slot; how many of its tokens were there already."""
    kv = kvs.take(slot, prompt)
    cached = len(kv.tokens)
    fill(kv.layers, len(prompt) - cached)
    kv.tokens += prompt[cached:]
    return cached


A, B = list(range(300)), list(range(1000, 1300))


def test_each_slot_keeps_its_own() -> None:
    kvs = pool()
    assert [take(kvs, 0, A), take(kvs, 1, B), take(kvs, 0, A), take(kvs, 1, B)] == [0, 0, 299, 299]


def test_a_slot_that_changes_its_prompt_and_comes_back_finds_the_old_one() -> None:
    kvs = pool()
    assert [take(kvs, 0, A), take(kvs, 0, B), take(kvs, 0, A)] == [0, 0, 299]


def test_a_common_beginning_is_shared_between_slots() -> None:
    kvs = pool()
    take(kvs, 0, A)
    assert take(kvs, 1, A[:200] + B) == 200
    assert take(kvs, 0, A) == 299


def test_what_does_not_fit_is_dropped_oldest_first() -> None:
    # One prompt of this length takes 512 tokens of two numbers of four bytes.
    kvs = pool(parked_bytes=2 * 512 * 8)
    prompts = [list(range(start, start + 300)) for start in (0, 1000, 2000, 3000)]
    for slot, prompt in enumerate(prompts):
        take(kvs, slot, prompt)
    assert [take(kvs, slot, prompts[slot]) for slot in (3, 2, 1)] == [299, 299, 299]
    assert take(kvs, 0, prompts[0]) == 0


def test_steps_of_prefill_grow_and_shrink_to_the_time_they_may_take() -> None:
    size = StepSize(0.1, 2048)
    for _ in range(10):
        size.observe(size.tokens, size.tokens / 1000)
    assert size.tokens == 100
    size.observe(100, 1.0)
    assert size.tokens == 10
    size.observe(1, 5.0)
    assert size.tokens == 10
    size.observe(10, 50.0)
    assert size.tokens == 1
