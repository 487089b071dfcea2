"""Settings of inline completion."""

from __future__ import annotations

from pydantic import Field

from cornerman.settings.section import Section


class CompletionSettings(Section):
    """Inline completion."""

    enabled: bool = Field(default=True, description="Offer inline completions.")
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
        default=64,
        ge=1,
        le=2000,
        description="Lines before the cursor that the model sees, at least.",
    )
    suffix_lines: int = Field(
        default=24,
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
