"""Which language a file is written in, by its name."""

from __future__ import annotations

from collections.abc import Mapping

# LSP language ids by file ending.
_LANGUAGES: Mapping[str, str] = {
    "py": "python",
    "pyi": "python",
    "js": "javascript",
    "mjs": "javascript",
    "cjs": "javascript",
    "jsx": "javascriptreact",
    "ts": "typescript",
    "mts": "typescript",
    "tsx": "typescriptreact",
    "go": "go",
    "rs": "rust",
    "java": "java",
    "c": "c",
    "h": "c",
    "cc": "cpp",
    "cpp": "cpp",
    "cxx": "cpp",
    "hpp": "cpp",
    "hh": "cpp",
    "cs": "csharp",
    "rb": "ruby",
    "php": "php",
    "lua": "lua",
    "sh": "shellscript",
    "bash": "shellscript",
    "html": "html",
    "css": "css",
    "json": "json",
    "yaml": "yaml",
    "yml": "yaml",
    "toml": "toml",
    "md": "markdown",
}


def language_of(name: str) -> str:
    """The LSP language id of a file's name or path; ``plaintext`` where it says nothing."""
    stem, dot, ending = name.rsplit("/", 1)[-1].rpartition(".")
    return _LANGUAGES.get(ending.lower(), "plaintext") if stem and dot else "plaintext"
