"""How much of other files a prompt may show, beside what it shows of the document."""

from __future__ import annotations

from cornerman.core.budget import ReadingSpeed
from cornerman.core.generation import Priority
from cornerman.core.site import CompletionSite
from cornerman.core.snippets import Room
from cornerman.prompting.window import Window
from cornerman.settings import Settings

# Of what can be read in the time for reading; the rest of the time is the document's.
_SHARE = 0.5
# Seconds in which somebody who types does not notice that more is read.
_BETWEEN_KEYS = 0.1
# Where nobody has measured yet how fast the model reads.
_UNKNOWN_TOKENS = 256


def room_beside(
    site: CompletionSite,
    window: Window,
    settings: Settings,
    speed: ReadingSpeed,
    priority: Priority,
    *,
    is_resting: bool = False,
) -> Room:
    """The room for snippets beside ``window``: more when the user rests and nobody waits."""
    index, budget = site.snapshot.index, settings.completion.latency_budget_ms
    readable = speed.budget(budget.typing if is_resting else budget.new_region, _UNKNOWN_TOKENS)
    tokens = min(settings.context.max_tokens, int(readable.tokens * _SHARE))
    chars = int(tokens * speed.chars_per_token)
    first = index.line_of(index.line_start(site.line) - len(window.prefix))
    last = index.line_of(min(site.offset + len(window.suffix), len(site.snapshot.text)))
    return Room(
        site.snapshot,
        site.offset,
        first,
        last,
        f"{first}:{window.suffix}",
        chars,
        is_resting,
        priority is Priority.BACKGROUND and not is_resting,
        _is_quick(len(window.prefix) + len(window.suffix) + chars, speed),
    )


def _is_quick(prompt_chars: int, speed: ReadingSpeed) -> bool:
    readable = (speed.tokens_per_second or 0.0) * _BETWEEN_KEYS * speed.chars_per_token
    return prompt_chars <= readable
