"""``cornerman context FILE:LINE:COL``: what the model would be shown of other files, and why."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cornerman.cli.command import Subparsers
from cornerman.cli.source_file import cursor_in
from cornerman.core.errors import BadInputError
from cornerman.core.snippets import Room, Snippet
from cornerman.settings import ContextSettings

if TYPE_CHECKING:
    from cornerman.features.surroundings import Search

_EPILOG = """\
LINE and COL count from 1. Tokens are estimates: four characters each.

examples:
  cornerman context app.py:12:5
  cornerman context app.py:12:5 --code       with the code of each snippet
  cornerman context app.py:12:5 --tokens 1024
"""
_CHARS_A_TOKEN = 4
_LINES_ABOVE = 40
_LINES_BELOW = 15


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "context",
        help="show what a completion would be told of other files, and why",
        description="Print the snippets that a prompt at a place would hold, and why.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("place", metavar="FILE:LINE:COL", help="where the cursor is")
    parser.add_argument("--folder", type=Path, help="the workspace (default: the file's project)")
    parser.add_argument("--tokens", type=int, default=256, metavar="N", help="room for snippets")
    parser.add_argument("--code", action="store_true", help="print the snippets' code as well")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print what was chosen. Exit code 1 when there is nothing."""
    file, offset = cursor_in(args.place)
    line = file.snapshot.index.line_of(offset)
    room = Room(
        file.snapshot,
        offset,
        max(line - _LINES_ABOVE, 0),
        line + _LINES_BELOW,
        "",
        args.tokens * _CHARS_A_TOKEN,
    )
    search = _search(file.path, args.folder, room)
    chosen = search.chosen(room.chars)
    if args.json:
        found = {"chosen": [asdict(snippet) for snippet in chosen], "ms": search.milliseconds}
        sys.stdout.write(json.dumps(found, indent=1) + "\n")
    else:
        _print(chosen, search, with_code=args.code)
    return 0 if chosen else 1


def _search(path: Path, folder: Path | None, room: Room) -> Search:
    from cornerman.cli.workspace_folder import folder_of, open_workspace
    from cornerman.features.surroundings import History, Search, question_of

    workspace = open_workspace(folder or folder_of(path), ContextSettings())
    file = workspace.put(room.snapshot)
    if file is None:
        raise BadInputError(f"{path} is not in that folder: choose another one with --folder.")
    search = Search(question_of(workspace, file, room, History()))
    search.run()
    return search


def _print(chosen: tuple[Snippet, ...], search: Search, *, with_code: bool) -> None:
    from rich.console import Console
    from rich.syntax import Syntax
    from rich.table import Table

    console = Console(highlight=False)
    table = Table("file", "source", "score", "tokens", "why")
    for snippet in chosen:
        tokens = str(-(-len(snippet.text) // _CHARS_A_TOKEN))
        table.add_row(snippet.path, snippet.source, f"{snippet.score:.2f}", tokens, snippet.why)
    console.print(table)
    took = ", ".join(f"{name} {ms:.0f} ms" for name, ms in search.milliseconds.items())
    console.print(f"{len(search.found)} snippets were found ({took}); in the order of the prompt.")
    for snippet in chosen if with_code else ():
        console.print(f"\n{snippet.path}", style="bold")
        console.print(Syntax(snippet.text, snippet.language_id or "text", word_wrap=True))
