"""How much a prompt may show: of the document, and of other files beside it."""

from __future__ import annotations

from cornerman.core.budget import ReadingSpeed, TokenBudget
from cornerman.core.generation import Priority
from cornerman.core.site import CompletionSite
from cornerman.core.snippets import Room
from cornerman.prompting.window import Window
from cornerman.settings import Settings

# Of other files, measured in what is shown of the document.
_SHARE_BESIDE = 0.5
# Seconds in which somebody who types does not notice that more is read.
_BETWEEN_KEYS = 0.1
# Where nobody has measured yet how fast the model reads.
_UNKNOWN_TOKENS = 256
# More context than this does not make suggestions better.
_MOST_TOKENS = 4096
# The window grows with what is typed, and actions need the engine's context as well.
_SHARE_OF_CONTEXT = 8


def document_budget(settings: Settings, speed: ReadingSpeed, milliseconds: float) -> TokenBudget:
    """What a prompt that is read in so many milliseconds shows of the document itself."""
    beside = _SHARE_BESIDE if settings.context.enabled else 0.0
    most = min(_MOST_TOKENS, settings.engine.context_tokens // _SHARE_OF_CONTEXT)
    return speed.budget(milliseconds / (1 + beside), _UNKNOWN_TOKENS).at_most(most)


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
    index, latency = site.snapshot.index, settings.completion.latency_budget_ms
    milliseconds = latency.typing if is_resting else latency.new_region
    document = document_budget(settings, speed, milliseconds)
    tokens = min(settings.context.max_tokens, int(document.tokens * _SHARE_BESIDE))
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
