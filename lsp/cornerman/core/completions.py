"""What a completion feature answers, and what answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cornerman.core.certainty import ALL, Certainty
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Priority, Timings

UNSURE = "The model was not sure enough."
"""The reason why a suggestion there is has not been shown."""


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """A suggestion that is asked for at ``offset`` of a document.

    Variant 0 is the likeliest; each other number is another one, drawn at random and repeatable.
    One that ``is_unasked`` may end where the model becomes unsure.
    ``on_text`` is told all of the model's text so far, raw, whenever there is more of it.
    """

    snapshot: DocumentSnapshot
    offset: int
    priority: Priority = Priority.COMPLETION
    variant: int = 0
    is_unasked: bool = False
    on_text: Callable[[str], None] = field(default=lambda _text: None, repr=False)


@dataclass(frozen=True, slots=True)
class Completion:
    """Text that is to replace offsets ``start`` to ``end`` of the document it was made for.

    ``start`` and ``end`` lie on one line, with the cursor between them.
    """

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """What serves the completions of a window. ``pid`` is 0 while none of this machine's does.

    ``backend`` is the library that runs the model, as in ``llama.cpp``, or the kind and place of
    a remote engine. It is "" while nothing answers. ``is_loaded`` says that a model is in memory.
    """

    model: str
    pid: int = 0
    backend: str = ""
    version: str = ""
    is_loaded: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one completion request: a completion, or the reason why there is none.

    ``context_ms`` is the time spent before the engine was asked. ``timings`` is None when the
    engine was not asked or did not say. ``certainty`` says how much of the completion is to be
    shown to somebody who has not asked for it. ``prompt_chars`` is the length of the prompt.
    ``beside`` is what was shown of other files: see :attr:`Surroundings.shown`. ``is_cut`` says
    that the model could have gone on: what ends early because nobody has asked for it.
    """

    completion: Completion | None
    reason: str = ""
    model: str = ""
    context_ms: float = 0.0
    timings: Timings | None = None
    certainty: Certainty = ALL
    prompt_chars: int = 0
    beside: frozenset[str] = field(default=frozenset(), repr=False)
    is_cut: bool = False
