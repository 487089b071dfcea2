"""Evaluates tokens and chooses the next ones: bound, one by one, or by verifying drafts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import mlx.core as mx

from cornerman.engine.host.backends.base import TokenRequest
from cornerman.engine.host.backends.mlx.cache import KvCache
from cornerman.engine.host.backends.mlx.drafts import PromptLookup
from cornerman.engine.host.backends.mlx.healing import RequiredStart
from cornerman.engine.host.backends.mlx.library import (
    Network,
    evaluate,
    ids,
    numbers,
    sampler,
    start_evaluating,
)
from cornerman.engine.host.backends.mlx.vocabulary import Vocabulary

_LONGEST_DRAFT = 24

Choice = tuple[int, float | None]
"""A token and its log-probability, if asked for."""


@dataclass(slots=True)
class Speculation:
    """What drafts achieved in one generation.

    ``calls`` of the model verified ``drafted`` tokens, ``accepted`` of them right; each call also
    gives one token of its own.
    """

    calls: int = 0
    drafted: int = 0
    accepted: int = 0

    @property
    def tokens_per_call(self) -> float:
        """Tokens generated per call of the model; 0 if there was none."""
        return (self.accepted + self.calls) / self.calls if self.calls else 0.0


class Decoder:
    """Generates the tokens that follow a prompt of which all but the last are in ``kv``.

    Whenever :meth:`tokens` hands one over, ``kv.tokens`` says exactly what its layers hold.
    """

    def __init__(
        self, network: Network, vocabulary: Vocabulary, kv: KvCache, request: TokenRequest
    ) -> None:
        self.speculation = Speculation()
        self._network = network
        self._vocabulary = vocabulary
        self._kv = kv
        self._request = request
        self._sample = sampler(request.sampling)
        banned = [token for token in request.banned if token < vocabulary.size]
        self._banned = ids(banned) if banned else None
        self._greedy = request.sampling.temperature == 0

    def tokens(self, limit: int) -> Iterator[Choice]:
        """``limit`` tokens, whatever they are."""
        last, made = self._request.prompt[-1], 0
        required = RequiredStart(
            self._vocabulary, self._request.required_start, self._request.banned
        )
        while required.missing and made < limit:
            last, logprob = self._bound(last, required)
            made += 1
            yield last, logprob
        if made == limit:
            return
        if self._request.copies_input and self._greedy:
            yield from self._by_drafts(last, limit - made)
        else:
            yield from self._one_by_one(last, limit - made)

    def _bound(self, last: int, required: RequiredStart) -> Choice:
        logits = self._logits([last])[-1]
        allowed = required.allowed()
        (pick,) = numbers(self._choose(logits[ids(allowed)][None]))
        token = allowed[int(pick)]
        required.take(token)
        return token, self._logprobs_of(logits[None], [token])[0]

    def _one_by_one(self, last: int, limit: int) -> Iterator[Choice]:
        """Each token is computed while the one before it is being handed over."""
        token, logprob = self._start(ids([last]))
        self._kv.tokens.append(last)
        for made in range(1, limit + 1):
            following = self._start(token) if made < limit else None
            value = int(numbers(token)[0])
            if following is not None:
                self._kv.tokens.append(value)
            yield value, None if logprob is None else numbers(logprob)[0]
            if following is not None:
                token, logprob = following

    def _start(self, last: mx.array) -> tuple[mx.array, mx.array | None]:
        """The token after ``last`` and its log-probability, being computed."""
        logits = self._forward(last)[-1:]
        token = self._pick(logits)
        logprob = None
        if self._request.logprobs:
            logprob = logits[0, token] - mx.logsumexp(logits[0])
            start_evaluating(token, logprob)
        else:
            start_evaluating(token)
        return token, logprob

    def _by_drafts(self, last: int, limit: int) -> Iterator[Choice]:
        """Several tokens per call of the model where a draft is right."""
        lookup = PromptLookup([*self._kv.tokens, last])
        while limit > 0:
            most = min(_LONGEST_DRAFT, limit - 1)
            draft = lookup.draft(most) if self._kv.can_take_back(most + 1) else ()
            logits = self._logits([last, *draft])
            chosen = [int(token) for token in numbers(self._pick(logits))]
            right = next((i for i, token in enumerate(draft) if token != chosen[i]), len(draft))
            self._kv.cut_back(len(self._kv.tokens) - len(draft) + right)
            self.speculation.calls += 1
            self.speculation.drafted += len(draft)
            self.speculation.accepted += right
            chosen = chosen[: right + 1]
            for token, logprob in zip(chosen, self._logprobs_of(logits, chosen), strict=True):
                lookup.push(token)
                yield token, logprob
            last, limit = chosen[-1], limit - len(chosen)

    def _logits(self, tokens: Sequence[int]) -> mx.array:
        """Evaluate tokens now; one row of logits for each."""
        logits = self._forward(ids(tokens))
        evaluate(logits)
        self._kv.tokens += tokens
        return logits

    def _forward(self, tokens: mx.array) -> mx.array:
        # Ids past the end of the vocabulary only pad the matrix.
        return self._network(tokens[None], self._kv.layers)[0, :, : self._vocabulary.size]

    def _pick(self, logits: mx.array) -> mx.array:
        """One token for each row, none of the banned."""
        if self._banned is not None:
            logits = mx.array(logits)  # a copy: their log-probabilities are those of all tokens
            logits[:, self._banned] = -math.inf
        return self._choose(logits)

    def _choose(self, logits: mx.array) -> mx.array:
        if self._greedy:
            return mx.argmax(logits, axis=-1)
        return self._sample(logits - mx.logsumexp(logits, axis=-1, keepdims=True))

    def _logprobs_of(self, logits: mx.array, tokens: Sequence[int]) -> list[float | None]:
        """Log-probability of each token in the row of its own."""
        if not self._request.logprobs:
            return [None] * len(tokens)
        rows = logits[: len(tokens)]
        chosen = mx.take_along_axis(rows, ids(tokens)[:, None], axis=-1)[:, 0]
        return [*numbers(chosen - mx.logsumexp(rows, axis=-1))]
