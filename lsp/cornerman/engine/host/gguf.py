"""The metadata of GGUF files, as the engine uses it."""

from __future__ import annotations

from cornerman.models.gguf import Metadata, Value, read_metadata

__all__ = ["Metadata", "Value", "read_metadata"]
