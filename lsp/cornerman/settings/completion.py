"""Settings of inline completion."""

from __future__ import annotations

from pydantic import Field

from cornerman.settings.section import Section


class LatencyBudget(Section):
    """Milliseconds the model may spend on reading, which decide how much code it is shown."""

    new_region: int = Field(
        default=1500,
        ge=50,
        le=60_000,
        description="Time to read the code around the cursor before the first suggestion in a new "
        "place.",
    )
    typing: int = Field(
        default=5000,
        ge=0,
        le=120_000,
        description="Time to read more of it, in the background while you rest there; 0 for "
        "never. Suggestions see it from then on while you type.",
    )


class ConfidenceSettings(Section):
    """How sure of a suggestion the model must be, as probabilities. 0 shows everything."""

    line: float = Field(
        default=0.5,
        ge=0.0,
        le=1.0,
        description="That a suggestion of one line is right as a whole, if it comes by itself.",
    )
    block: float = Field(
        default=0.15,
        ge=0.0,
        le=1.0,
        description="That one of several lines is.",
    )
    beginning: float = Field(
        default=0.6,
        ge=0.0,
        le=1.0,
        description="That the beginning of a less likely suggestion is; that much of it is shown.",
    )
    word: float = Field(
        default=0.7,
        ge=0.0,
        le=1.0,
        description="That the next word of a line is right. Before a less likely one a suggestion "
        "ends that comes by itself; what follows is suggested once it is taken. 0 suggests whole "
        "lines.",
    )
    pause: float = Field(
        default=0.03,
        ge=0.0,
        le=1.0,
        description="That a line of a suggestion is right that comes when you pause.",
    )
    invoked: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        description="That a suggestion is right that you have asked for by hand.",
    )


class CompletionSettings(Section):
    """Inline completion."""

    enabled: bool = Field(default=True, description="Offer inline completions.")
    latency_budget_ms: LatencyBudget = Field(default_factory=LatencyBudget)
    confidence: ConfidenceSettings = Field(default_factory=ConfidenceSettings)
    max_line_tokens: int = Field(
        default=64, ge=1, le=1024, description="Token limit of a single-line suggestion."
    )
    max_block_tokens: int = Field(
        default=192, ge=1, le=4096, description="Token limit of a suggestion of several lines."
    )
    block_time_ms: int = Field(
        default=400,
        ge=1,
        le=60_000,
        description="Time to write a suggestion of several lines; its whole lines are shown then.",
    )
    prefix_lines: int = Field(
        default=400,
        ge=1,
        le=2000,
        description="Lines before the cursor that the model sees, at most.",
    )
    suffix_lines: int = Field(
        default=100,
        ge=0,
        le=2000,
        description="Lines after the cursor that the model sees, at most.",
    )
    deadline_ms: int = Field(
        default=15_000,
        ge=100,
        le=120_000,
        description="An unanswered request is answered empty by then.",
    )
    candidates: int = Field(
        default=3,
        ge=1,
        le=5,
        description="Suggestions to choose from when one is asked for by hand, at most.",
    )
    popup: bool = Field(
        default=False,
        description="Offer suggestions in the list of completions as well, for editors that have "
        "no inline completion. Read when the server starts.",
    )
