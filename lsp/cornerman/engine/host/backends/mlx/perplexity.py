"""A program: how surprised a model is by texts.

``python -m cornerman.engine.host.backends.mlx.perplexity FOLDER ANSWER`` reads a JSON list of texts
from standard input and writes ``{"loss": …, "tokens": …}``, the mean loss of a token in nats, to
the file ANSWER: what libraries say on standard output is no part of it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import mlx.core as mx
from tokenizers import Tokenizer

from cornerman.engine.host.backends.mlx.library import load_network, new_layers, numbers


def main(folder: Path, texts: list[str]) -> dict[str, float]:
    """The mean loss of the tokens of ``texts``, each read on its own."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    network, _ = load_network(folder)
    loss, count = 0.0, 0
    for text in texts:
        tokens = tokenizer.encode(text, add_special_tokens=True).ids
        logits = network(mx.array([tokens[:-1]]), new_layers(network))[0].astype(mx.float32)
        told = logits - mx.logsumexp(logits, axis=-1, keepdims=True)
        picked = mx.take_along_axis(told, mx.array(tokens[1:])[:, None], axis=-1)
        loss -= numbers(mx.sum(picked)[None])[0]
        count += len(tokens) - 1
    return {"loss": loss / max(count, 1), "tokens": count}


if __name__ == "__main__":
    answer = main(Path(sys.argv[1]), json.load(sys.stdin))
    Path(sys.argv[2]).write_text(json.dumps(answer), encoding="utf-8")
