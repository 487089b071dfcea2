"""The engine as features see it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from cornerman.core.generation import Chunk, GenerationRequest


class Engine(Protocol):
    """Whatever streams text for a request; closing the stream cancels the generation."""

    def stream(self, request: GenerationRequest) -> AsyncGenerator[Chunk, None]:
        """Stream the output of ``request``; raises ``CornermanError`` when it fails."""
        ...
