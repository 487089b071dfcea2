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
    first = index.line_of(index.line_start(site.line) - len(window.prefix))
    last = index.line_of(min(site.offset + len(window.suffix), len(site.snapshot.text)))
    return Room(
        site.snapshot,
        site.offset,
        first,
        last,
        f"{first}:{window.suffix}",
        int(tokens * speed.chars_per_token),
        is_resting,
        priority is Priority.BACKGROUND and not is_resting,
    )
