"""From the model's raw text to a suggestion: an ordered list of filters."""

from __future__ import annotations

from cornerman.core.site import CompletionSite
from cornerman.postprocess.blank import blank
from cornerman.postprocess.bracket_balance import bracket_balance
from cornerman.postprocess.control_tokens import control_tokens
from cornerman.postprocess.duplicate_line import duplicate_line
from cornerman.postprocess.filter import PostprocessFilter, Rejected
from cornerman.postprocess.indentation import (
    file_indentation,
    next_line_indentation,
    possible_indentation,
)
from cornerman.postprocess.line_breaks import line_breaks
from cornerman.postprocess.repetition import repetition
from cornerman.postprocess.secrets import placeholders, secrets
from cornerman.postprocess.suffix_overlap import suffix_overlap
from cornerman.postprocess.syntax_gate import syntax_gate

# First what the text is cut to, then what it is judged by; the gate sees what will be shown.
FILTERS: tuple[PostprocessFilter, ...] = (
    control_tokens,
    suffix_overlap,
    repetition,
    file_indentation,
    possible_indentation,
    blank,
    bracket_balance,
    duplicate_line,
    secrets,
    placeholders,
    syntax_gate,
    next_line_indentation,
    line_breaks,
)

# What these ask of the end of a suggestion is not to be asked where it is only interrupted: that
# it ends the string it stands in, and that what stands below goes on from it.
_OF_THE_END: tuple[PostprocessFilter, ...] = (bracket_balance, next_line_indentation)
FILTERS_OF_A_BEGINNING = tuple(known for known in FILTERS if known not in _OF_THE_END)


def postprocess(text: str, site: CompletionSite, *, is_beginning: bool = False) -> str | Rejected:
    """Apply every filter in order; the first rejection ends it.

    A text that ``is_beginning`` ends in the middle, where nothing of its own is open.
    """
    for apply in FILTERS_OF_A_BEGINNING if is_beginning else FILTERS:
        result = apply(text, site)
        if isinstance(result, Rejected):
            return result
        text = result
    return text
