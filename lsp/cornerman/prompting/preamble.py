"""What stands in front of the window: the repository, other files, and the document's own path."""

from __future__ import annotations

from dataclasses import dataclass

from cornerman.core.generation import Piece, Text
from cornerman.core.snippets import Snippet, Surroundings
from cornerman.models.families import FileMarks
from cornerman.prompting.comments import comment


@dataclass(frozen=True, slots=True)
class Preamble:
    """The parts of a prompt that stay the same from keystroke to keystroke.

    ``pieces`` stand before everything else. ``files`` are other files as text, which may also
    stand at the start of the prefix; a layout uses them in one place. ``lead`` begins the prefix.
    """

    pieces: tuple[Piece, ...] = ()
    files: str = ""
    lead: str = ""


def preamble(
    marks: FileMarks | None, surroundings: Surroundings, language_id: str, *, has_path: bool
) -> Preamble:
    """Names and snippets in the form a family was trained on, the snippets in their order.

    Snippets are followed by the document's path, so that they end where they end. ``has_path``
    puts it there without any, too.
    """
    is_named = bool(surroundings.path) and (has_path or bool(surroundings.snippets))
    path = surroundings.path if is_named else ""
    if marks is None:
        files = "".join(map(_commented, surroundings.snippets))
        return Preamble(files=files, lead=f"{comment(path, language_id)}\n" if path else "")
    if marks.ends_file:
        return Preamble(_separated(marks, surroundings.snippets))
    if not path and not surroundings.snippets:
        return Preamble()
    pieces: list[Piece] = []
    if marks.repository is not None and surroundings.repository:
        pieces += [marks.repository, Text(surroundings.repository + marks.after_repository)]
    for snippet in surroundings.snippets:
        pieces += [marks.file, Text(_named(snippet))]
    pieces.append(marks.file)
    own = f"{path}\n" if path else ""
    if own and not marks.path_in_prefix:
        pieces.append(Text(own))
    return Preamble(tuple(pieces), lead=own if marks.path_in_prefix else "")


def _separated(marks: FileMarks, snippets: tuple[Snippet, ...]) -> tuple[Piece, ...]:
    return tuple(piece for snippet in snippets for piece in (Text(_named(snippet)), marks.file))


def _commented(snippet: Snippet) -> str:
    return f"{comment(snippet.path, snippet.language_id)}\n{_whole_lines(snippet.text)}"


def _named(snippet: Snippet) -> str:
    return f"{snippet.path}\n{_whole_lines(snippet.text)}"


def _whole_lines(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"
