"""Fill-in-the-middle prompts: the order of the parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cornerman.core.errors import BadInputError
from cornerman.core.generation import Piece, Prompt, Text
from cornerman.models.families import FIM_TOKENS, FimTokens
from cornerman.prompting.window import Window

FimLayout = Callable[[FimTokens, Window], Prompt]


def suffix_first(tokens: FimTokens, window: Window) -> Prompt:
    """Suffix, then everything before the cursor: typing only ever appends to the prompt.

    The line being typed is the required start of the output, so that the engine may tokenize
    its last word together with what follows. In column 0 nothing is required.
    """
    pieces: tuple[Piece, ...] = (
        tokens.prefix,
        tokens.suffix,
        Text(window.suffix),
        *tokens.middle,
        Text(window.prefix),
    )
    return Prompt(pieces, required_start=window.typed)


LAYOUTS: Mapping[str, FimLayout] = {"suffix-first": suffix_first}


def fim_prompt(family: str, layout: str, window: Window) -> Prompt:
    """The prompt of a model ``family`` in a ``layout``.

    Raises:
        BadInputError: the catalogue names a family or layout that is not known here.
    """
    if family not in FIM_TOKENS or layout not in LAYOUTS:
        raise BadInputError(
            f"No fill-in-the-middle prompt is known for family {family!r} with layout {layout!r}: "
            "choose another model in the setting cornerman.model."
        )
    return LAYOUTS[layout](FIM_TOKENS[family], window)
