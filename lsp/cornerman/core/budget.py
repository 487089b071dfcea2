"""How much a prompt may hold, from how fast the model has read so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

# Sizes that prompts come in: a speed that varies a little must not change every prompt. Below the
# first one suggestions are guesses.
_STEPS = (192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096)
# Fewer tokens tell more about the moment than about the machine, or about the text.
_TELLING_TOKENS = 32
_WEIGHT_OF_NEWEST = 0.3


@dataclass(frozen=True, slots=True)
class TokenBudget:
    """``tokens`` of a prompt. Before there are tokens they are counted in characters."""

    tokens: int
    chars_per_token: float = 4.0

    @property
    def chars(self) -> int:
        """About as many characters as the tokens have."""
        return int(self.tokens * self.chars_per_token)

    def at_most(self, tokens: int) -> TokenBudget:
        """This budget, or ``tokens`` if that is less."""
        return replace(self, tokens=min(self.tokens, tokens))


@dataclass(frozen=True, slots=True)
class ReadingSpeed:
    """How fast one model reads on one engine, as its answers tell.

    ``tokens_per_second`` is None until it was measured.
    """

    tokens_per_second: float | None = None
    chars_per_token: float = 4.0

    def after(
        self, prompt_chars: int, cached: int, evaluated: int, milliseconds: float
    ) -> ReadingSpeed:
        """What is known after an answer to a prompt of so many characters.

        ``evaluated`` of its tokens were read in that time, the ``cached`` ones were not.
        """
        speed = self
        if cached + evaluated >= _TELLING_TOKENS and prompt_chars:
            ratio = min(max(prompt_chars / (cached + evaluated), 1.0), 8.0)
            speed = replace(speed, chars_per_token=_mixed(self.chars_per_token, ratio))
        if evaluated >= _TELLING_TOKENS and milliseconds > 0:
            newest = 1000 * evaluated / milliseconds
            typical = self.tokens_per_second
            mixed = newest if typical is None else _mixed(typical, newest)
            speed = replace(speed, tokens_per_second=mixed)
        return speed

    def budget(self, milliseconds: float, unknown: int) -> TokenBudget:
        """What can be read in so many milliseconds; ``unknown`` tokens if nobody knows yet."""
        speed = self.tokens_per_second
        wanted = unknown if speed is None else speed * milliseconds / 1000
        fitting = [step for step in _STEPS if step <= wanted]
        return TokenBudget(fitting[-1] if fitting else _STEPS[0], self.chars_per_token)


def _mixed(typical: float, newest: float) -> float:
    return (1 - _WEIGHT_OF_NEWEST) * typical + _WEIGHT_OF_NEWEST * newest
