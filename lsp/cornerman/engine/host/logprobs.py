"""Log-probabilities in the two forms of the OpenAI protocol."""

from __future__ import annotations

from collections.abc import Sequence

from cornerman.core.generation import Chunk
from cornerman.engine.protocol import LogprobsBody, TokenBody


def as_lists(chunks: Sequence[Chunk], offset: int = 0) -> LogprobsBody | None:
    """Those of a completion's chunks, whose text begins at ``offset`` in the output."""
    tokens = _tokens(chunks, offset)
    if not tokens:
        return None
    return LogprobsBody(
        tokens=[text for text, _, _ in tokens],
        token_logprobs=[logprob for _, logprob, _ in tokens],
        text_offset=[start for _, _, start in tokens],
    )


def as_content(chunks: Sequence[Chunk]) -> LogprobsBody | None:
    """Those of a chat's chunks."""
    content = [
        TokenBody(token=text, logprob=logprob, bytes=list(text.encode()), top_logprobs=[])
        for text, logprob, _ in _tokens(chunks, 0)
    ]
    return LogprobsBody(content=content) if content else None


def _tokens(chunks: Sequence[Chunk], offset: int) -> list[tuple[str, float, int]]:
    """Text, log-probability and offset of each token.

    Several tokens that have a text only together (the bytes of one character) have it at the last.
    """
    tokens: list[tuple[str, float, int]] = []
    for chunk in chunks:
        for index, logprob in enumerate(chunk.logprobs):
            is_last = index == len(chunk.logprobs) - 1
            tokens.append((chunk.text if is_last else "", logprob, offset))
        offset += len(chunk.text)
    return tokens
