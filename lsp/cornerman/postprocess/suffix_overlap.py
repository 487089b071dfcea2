"""Cut what the text right of the cursor and below it says already."""

from __future__ import annotations

from cornerman.core.lexicon import OPENER_OF
from cornerman.core.site import CompletionSite
from cornerman.postprocess.filter import Rejected

_PUNCTUATION = ":;,"
_CLOSERS = frozenset(")]}>\"'` \t" + _PUNCTUATION)


def suffix_overlap(text: str, site: CompletionSite) -> str | Rejected:
    """End the text where the document takes over.

    On the cursor's line that is where the text closes what it did not open, if the rest of the
    line starts with that closer, or the longest end that repeats the start of the rest. Before
    ``)``, ``len(x)`` keeps its bracket and ``a, b)`` loses it. But text that goes on behind all
    the closers to the right, as ``a, b):`` does, is kept: it replaces them.
    """
    if replaced_length(text, site):
        return text
    text = _cut_lines_below(text, site)
    right = site.line_suffix.strip()
    outward = site.read_on(text).outward
    if outward is not None and right.startswith(text[outward]):
        return text[:outward]
    last_line = text.rstrip()
    for length in range(min(len(right), len(last_line)), 0, -1):
        if last_line.endswith(right[:length]) and right[0] not in OPENER_OF:
            return last_line[:-length]
    return text


def replaced_length(text: str, site: CompletionSite) -> int:
    """How many characters right of the cursor ``text`` says again and is to replace.

    Not 0 only where these are closers up to the end of the line, such as editors insert.
    """
    right = site.line_suffix.strip()
    if not right or not _CLOSERS.issuperset(right):
        return 0
    outward = site.read_on(text).outward
    if outward is None:
        return 0
    # The brackets come first, a colon or semicolon perhaps only behind something between.
    closing = right.rstrip(_PUNCTUATION)
    if not closing or not text.startswith(closing, outward):
        return 0
    rest = text[outward + len(closing) :].strip()
    if not rest.endswith(right[len(closing) :]):
        return 0
    between = rest[: len(rest) - len(right) + len(closing)]
    goes_on = bool(between) and not site.lexicon.is_comment(between)
    stands_alone = "\n" in text and not text[:outward].rpartition("\n")[2].strip()
    return len(site.line_suffix.rstrip()) if goes_on or stands_alone else 0


def _cut_lines_below(text: str, site: CompletionSite) -> str:
    """Drop the last lines of the text that are the first lines below the cursor."""
    lines = text.rstrip().split("\n")
    below = [line.strip() for line in site.code_lines_below(len(lines) - 1)]
    for count in range(len(below), 0, -1):
        repeated = [line.strip() for line in lines[-count:]]
        has_words = any(char.isalnum() for line in repeated for char in line)
        if has_words and repeated == below[:count]:
            return "\n".join(lines[:-count])
    return text
