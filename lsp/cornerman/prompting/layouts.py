"""The orders in which a prompt shows what stands around the cursor.

In all but the plain one, typing only ever appends to the prompt, so that a keystroke costs a few
tokens of prefill instead of the suffix once more. What of the cursor's line is typed already is
the required start of the output, so that the engine may tokenize its last word together with what
follows. In column 0 nothing is required.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cornerman.core.generation import Piece, Prompt, Text
from cornerman.models.families import FimTokens
from cornerman.prompting.comments import comment
from cornerman.prompting.preamble import Preamble
from cornerman.prompting.window import Window


@dataclass(frozen=True, slots=True)
class Parts:
    """What a layout puts in order."""

    preamble: Preamble
    window: Window

    @property
    def files(self) -> tuple[Piece, ...]:
        """Everything that stands before the window, other files as text included."""
        text = self.preamble.files
        return (*self.preamble.pieces, *((Text(text),) if text else ()))

    @property
    def prefix(self) -> str:
        """The window's prefix, with what leads it."""
        return self.preamble.lead + self.window.prefix


FimLayout = Callable[[FimTokens, Parts], Prompt]


def suffix_first(tokens: FimTokens, parts: Parts) -> Prompt:
    """``P S {suffix} M {prefix}``: prefix and middle are one text."""
    pieces = (
        *parts.files,
        tokens.prefix,
        tokens.suffix,
        Text(parts.window.suffix),
        *tokens.middle,
        Text(parts.prefix),
    )
    return Prompt(pieces, required_start=parts.window.typed)


def anchored(tokens: FimTokens, parts: Parts) -> Prompt:
    """``P {before the anchor} S {suffix} M {from the anchor on}``."""
    window, preamble = parts.window, parts.preamble
    pieces = (
        *preamble.pieces,
        tokens.prefix,
        Text(preamble.files + preamble.lead + window.prefix[: window.anchor]),
        tokens.suffix,
        Text(window.suffix),
        *tokens.middle,
        Text(window.prefix[window.anchor :]),
    )
    return Prompt(pieces, required_start=window.typed)


def suffix_prefix(tokens: FimTokens, parts: Parts) -> Prompt:
    """``S {suffix} P {prefix} M``, the line being typed behind it; without M for some."""
    pieces = (
        *parts.files,
        tokens.suffix,
        Text(parts.window.suffix),
        tokens.prefix,
        Text(parts.prefix),
        *tokens.middle,
    )
    return Prompt(pieces, required_start=parts.window.typed)


def psm(tokens: FimTokens, parts: Parts) -> Prompt:
    """``P {prefix} S {suffix} M``: the plain order of most documentation, nothing healed.

    Every keystroke evaluates the suffix again. It is there to compare the others with.
    """
    window, preamble = parts.window, parts.preamble
    pieces = (
        *preamble.pieces,
        tokens.prefix,
        Text(preamble.files + parts.prefix + window.typed),
        tokens.suffix,
        Text(window.suffix),
        *tokens.middle,
    )
    return Prompt(pieces)


LAYOUTS: Mapping[str, FimLayout] = MappingProxyType(
    {
        "suffix-first": suffix_first,
        "anchored": anchored,
        "suffix-prefix": suffix_prefix,
        "psm": psm,
    }
)
CONTINUATION = "continuation"
"""The layout of models that cannot fill in the middle."""


def continuation(parts: Parts) -> Prompt:
    """The lines below the cursor as comments, then the file as far as the cursor."""
    window = parts.window
    below = window.suffix.partition("\n")[2].rstrip()
    shown = [comment(line, window.language_id) for line in below.split("\n")] if below else []
    text = "".join(f"{line}\n" for line in shown)
    return Prompt(
        (*parts.preamble.pieces, Text(parts.preamble.files + text + parts.prefix)),
        required_start=window.typed,
    )
