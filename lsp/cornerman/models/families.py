"""What model families have in common, whatever their size: the tokens of fill-in-the-middle."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cornerman.core.generation import Control


@dataclass(frozen=True, slots=True)
class FimTokens:
    """The control tokens a model family marks the three parts with."""

    prefix: Control
    suffix: Control
    middle: Control

    @property
    def texts(self) -> frozenset[str]:
        """How they are spelled."""
        return frozenset({self.prefix.token, self.suffix.token, self.middle.token})


def _fim(prefix: str, suffix: str, middle: str) -> FimTokens:
    return FimTokens(Control(prefix), Control(suffix), Control(middle))


FIM_TOKENS: Mapping[str, FimTokens] = MappingProxyType(
    {"qwen2.5-coder": _fim("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")}
)


def fim_tokens_among(control_tokens: Collection[str]) -> FimTokens | None:
    """The tokens of the family whose every one is in a model's vocabulary; None without any."""
    known = frozenset(control_tokens)
    return next((fim for fim in FIM_TOKENS.values() if fim.texts <= known), None)
