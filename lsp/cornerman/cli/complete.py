"""``cornerman complete FILE:LINE:COL``: one completion, without an editor."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from cornerman.cli.command import Subparsers, add_model_option
from cornerman.cli.here import settings_here
from cornerman.cli.source_file import cursor_in
from cornerman.core.completions import CompletionRequest, Outcome
from cornerman.core.documents import DocumentSnapshot
from cornerman.settings import Settings

_EPILOG = """\
LINE and COL count from 1, COL in characters; COL may be one past the end of the line.
The suggested text goes to stdout; the reason goes to stderr when there is none.

examples:
  cornerman complete app.py:12:5
  cornerman complete app.py:12:5 --show      the file's lines around the suggestion, too
"""

_LINES_SHOWN = 3


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "complete",
        help="print the completion at a place in a file",
        description="Print what would be suggested with the cursor at a place in a file.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("place", metavar="FILE:LINE:COL", help="where the cursor is")
    add_model_option(parser)
    parser.add_argument("--show", action="store_true", help="show the lines around it as well")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print one completion. Exit code 1 when there is nothing to suggest."""
    file, offset = cursor_in(args.place)
    snapshot = file.snapshot
    settings = settings_here(args.model)
    outcome = asyncio.run(_complete(file.path, CompletionRequest(snapshot, offset), settings))
    if outcome.completion is None:
        sys.stderr.write(f"cornerman: nothing to suggest: {outcome.reason}\n")
        return 1
    if args.show:
        _show(snapshot, offset, outcome.completion.text)
    else:
        sys.stdout.write(outcome.completion.text + "\n")
    return 0


async def _complete(path: Path, request: CompletionRequest, settings: Settings) -> Outcome:
    from cornerman.cli.workspace_folder import indexed_context
    from cornerman.pipelines import EnginePipelines

    pipelines = EnginePipelines()
    context = indexed_context(path, settings.context)
    if context is not None:
        pipelines.use(context)
    try:
        return await pipelines.complete(request, settings)
    finally:
        await pipelines.aclose()
        if context is not None:
            await context.aclose()


def _show(snapshot: DocumentSnapshot, offset: int, suggestion: str) -> None:
    from rich.console import Console

    from cornerman.cli.ghost import with_ghost

    drawn = with_ghost(snapshot, offset, suggestion, _LINES_SHOWN)
    Console(highlight=False).print(drawn, soft_wrap=True)
