"""Text before and after a gap as a prompt, for clients that do not know the model's layout."""

from __future__ import annotations

from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import Piece, Prompt, Text
from cornerman.engine.host.tokenizer import ModelTokenizer
from cornerman.models.families import FAMILIES, FIM_TOKENS, family_among


def fill_in(tokenizer: ModelTokenizer, before: str, after: str) -> Prompt:
    """The prompt for what stands between ``before`` and ``after``.

    The suffix comes first, so that typing only appends, and the line being typed is healed.

    Raises:
        EngineRequestError: the model cannot fill in the middle.
    """
    family = family_among(tokenizer.control_tokens)
    if family is None:
        raise EngineRequestError(
            "The model cannot fill in the middle; send no suffix or choose another model."
        )
    fim = FIM_TOKENS[family]
    line = before.rfind("\n") + 1
    prefix, suffix = Text(before[:line]), Text(after)
    pieces: tuple[Piece, ...] = (fim.prefix, fim.suffix, suffix, *fim.middle, prefix)
    if "suffix-prefix" in FAMILIES[family].layouts:
        pieces = (fim.suffix, suffix, fim.prefix, prefix, *fim.middle)
    return Prompt(pieces, required_start=before[line:])
