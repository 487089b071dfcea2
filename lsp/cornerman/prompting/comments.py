"""How a line of text becomes a comment, language by language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_SLASHES = ("// ", "")
_HASH = ("# ", "")
_DASHES = ("-- ", "")
_MARKUP = ("<!-- ", " -->")
_STARS = ("/* ", " */")

_MARKS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            ("javascript", "javascriptreact", "typescript", "typescriptreact"), _SLASHES
        ),
        **dict.fromkeys(("go", "rust", "java", "c", "cpp", "csharp", "php", "swift"), _SLASHES),
        **dict.fromkeys(("kotlin", "scala", "dart", "objective-c", "jsonc"), _SLASHES),
        **dict.fromkeys(("lua", "sql", "haskell", "elm", "ada"), _DASHES),
        **dict.fromkeys(("html", "xml", "markdown", "vue", "svelte"), _MARKUP),
        **dict.fromkeys(("css", "scss", "less"), _STARS),
    }
)


def comment(line: str, language_id: str) -> str:
    """``line`` as a comment; in a language that is not known, as in a shell script."""
    opener, closer = _MARKS.get(language_id, _HASH)
    if closer:
        # Whatever ends the comment inside the line would make the rest of it code.
        line = line.replace(closer.strip(), "")
    return f"{opener}{line}{closer}".rstrip()
