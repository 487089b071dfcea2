"""Text to token ids, the way the model's own library does it."""

from cornerman.engine.host.tokenizer.model import ModelTokenizer

__all__ = ["ModelTokenizer"]
