"""Text before and after a gap as a prompt, for clients that do not know the model's layout."""

from __future__ import annotations

from cornerman.core.errors import EngineRequestError
from cornerman.core.generation import Piece, Prompt, Text
from cornerman.engine.host.tokenizer import ModelTokenizer
from cornerman.models.families import fim_tokens_among


def fill_in(tokenizer: ModelTokenizer, before: str, after: str) -> Prompt:
    """The prompt for what stands between ``before`` and ``after``.

    The suffix comes first, so that typing only appends, and the line being typed is healed.

    Raises:
        EngineRequestError: the model cannot fill in the middle.
    """
    fim = fim_tokens_among(tokenizer.control_tokens)
    if fim is None:
        raise EngineRequestError(
            "The model cannot fill in the middle; send no suffix or choose another model."
        )
    line = before.rfind("\n") + 1
    marked: tuple[Piece, ...] = (fim.suffix, Text(after), fim.prefix)
    if fim.middle:
        marked = (fim.prefix, fim.suffix, Text(after), *fim.middle)
    return Prompt((*marked, Text(before[:line])), required_start=before[line:])
