"""The grammar of each language, loaded on first use."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from tree_sitter import Language

# LSP language id: module of the grammar's wheel.
_GRAMMARS = {"python": "tree_sitter_python"}


@cache
def grammar(language_id: str) -> Language | None:
    """The tree-sitter grammar for an LSP language id, or None if there is none."""
    module = _GRAMMARS.get(language_id)
    return Language(import_module(module).language()) if module else None
