"""Token healing: the first tokens are bound to the text that must come first."""

from __future__ import annotations

from collections.abc import Collection

from cornerman.core.errors import EngineRequestError
from cornerman.engine.host.backends.mlx.vocabulary import Vocabulary


class RequiredStart:
    """The part of a required start that is still to be generated."""

    def __init__(self, vocabulary: Vocabulary, text: str, banned: Collection[int] = ()) -> None:
        self._vocabulary = vocabulary
        self._missing = text.encode()
        self._banned = frozenset(banned)

    @property
    def missing(self) -> bool:
        """Whether the next token is still bound."""
        return bool(self._missing)

    def allowed(self) -> list[int]:
        """The tokens that may come next, while something is missing.

        Raises:
            EngineRequestError: no token of this model can.
        """
        allowed = self._vocabulary.agreeing_with(self._missing)
        if self._banned:
            allowed = [token for token in allowed if token not in self._banned]
        if not allowed:
            raise EngineRequestError("The model's vocabulary cannot spell the required start.")
        return allowed

    def take(self, token: int) -> None:
        """Go on after ``token``, one of the allowed."""
        self._missing = self._missing[len(self._vocabulary.bytes_of(token)) :]
