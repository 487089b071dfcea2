"""A file named on the command line, as a document, and places in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import BadInputError

# LSP language ids by file ending; any other file is plain text to the syntax.
_LANGUAGES = {
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".jsx": "javascriptreact",
    ".ts": "typescript",
    ".tsx": "typescriptreact",
    ".go": "go",
    ".rs": "rust",
    ".java": "java",
    ".c": "c",
    ".h": "c",
    ".cc": "cpp",
    ".cpp": "cpp",
    ".hpp": "cpp",
    ".cs": "csharp",
    ".rb": "ruby",
    ".php": "php",
    ".lua": "lua",
    ".sh": "shellscript",
    ".html": "html",
    ".css": "css",
    ".json": "json",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".toml": "toml",
    ".md": "markdown",
}
_BYTE_ORDER_MARK = "\ufeff"
_RANGE = re.compile(r"(?P<file>.+?):(?P<first>\d+)(?:-(?P<last>\d+)|:(?P<column>\d+))?")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's text, and whether a byte order mark stands before it."""

    path: Path
    snapshot: DocumentSnapshot
    has_mark: bool = False

    def write(self, text: str) -> None:
        """Put ``text`` into the file; raises ``BadInputError`` if that is not possible."""
        mark = _BYTE_ORDER_MARK if self.has_mark else ""
        try:
            self.path.write_bytes((mark + text).encode("utf-8"))
        except OSError as error:
            raise BadInputError(f"{self.path} cannot be written: {error.strerror}.") from error


def read(path: Path) -> SourceFile:
    """The file as a document; its line ends stay as they are.

    Raises:
        BadInputError: it cannot be read as UTF-8 text.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{path} cannot be read as UTF-8 text: {_why(error)}.") from error
    language = _LANGUAGES.get(path.suffix, "plaintext")
    plain = text.removeprefix(_BYTE_ORDER_MARK)
    snapshot = DocumentSnapshot(path.resolve().as_uri(), language, 0, plain)
    return SourceFile(path, snapshot, has_mark=plain != text)


def place_in(place: str) -> tuple[SourceFile, int, int]:
    """File and offsets of ``FILE:LINE``, ``FILE:LINE:COL`` or ``FILE:LINE-LINE``.

    Lines and columns count from 1. A line alone is a cursor at its first character that is not
    blank; two lines are everything from the first to the last.
    """
    match = _RANGE.fullmatch(place)
    if match is None or not int(match["first"]):
        raise BadInputError(f"{place!r} is no place: write FILE:LINE, as in app.py:12.")
    file = read(Path(match["file"]))
    index = file.snapshot.index
    first, last = int(match["first"]), int(match["last"] or match["first"])
    if last < first:
        raise BadInputError(f"{place!r} ends before it begins.")
    start = offset_of(file.snapshot, first, 1)
    offset_of(file.snapshot, last, 1)
    if match["last"]:
        return file, start, index.line_end(last - 1)
    if match["column"]:
        start = offset_of(file.snapshot, first, max(int(match["column"]), 1))
        return file, start, start
    line = file.snapshot.text[start : index.line_end(first - 1)]
    start += len(line) - len(line.lstrip())
    return file, start, start


def cursor_in(place: str) -> tuple[SourceFile, int]:
    """File and offset of ``FILE:LINE:COL``, both counted from 1."""
    path, line, column = parse_place(place)
    file = read(path)
    return file, offset_of(file.snapshot, line, column)


def parse_place(place: str) -> tuple[Path, int, int]:
    """File, line and column of ``FILE:LINE:COL``; the file name may hold colons."""
    name, *numbers = place.rsplit(":", 2)
    if len(numbers) != 2 or not all(number.isdigit() and int(number) for number in numbers):
        raise BadInputError(f"{place!r} is no place: write FILE:LINE:COL, as in app.py:12:5.")
    return Path(name), int(numbers[0]), int(numbers[1])


def offset_of(snapshot: DocumentSnapshot, line: int, column: int) -> int:
    """Offset of a one-based line and column."""
    index = snapshot.index
    if line > index.line_count:
        raise BadInputError(f"There is no line {line}: the file has {index.line_count}.")
    start, end = index.line_start(line - 1), index.line_end(line - 1)
    if column > end - start + 1:
        raise BadInputError(f"Line {line} has no column {column}: it ends at {end - start + 1}.")
    return start + column - 1


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or "unknown error") if isinstance(error, OSError) else "it is not UTF-8"
