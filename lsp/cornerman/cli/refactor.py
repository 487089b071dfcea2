"""``cornerman refactor FILE:LINE``: one verified edit, as a diff or made in the file."""

from __future__ import annotations

import argparse
import asyncio
import difflib
import sys
from pathlib import Path

from cornerman.cli.command import Subparsers, add_model_option
from cornerman.cli.source_file import SourceFile, place_in, read
from cornerman.core.actions import (
    ActionKind,
    ActionRequest,
    FileEdit,
    Offer,
    OfferStatus,
    Progress,
)
from cornerman.core.errors import BadInputError
from cornerman.core.uris import path_of
from cornerman.settings import ActionSettings, Settings

_EPILOG = """\
A line means the function around it, two lines mean the statements between them. Every edit is
checked before it is shown; which checks passed goes to stderr.

examples:
  cornerman refactor app.py:12 --instruction "rename n to count" --diff
  cornerman refactor app.py:12 --kind add-types --apply
  cornerman refactor app.py:12-20 --kind extract-function
  cornerman refactor app.py:12 --kind test
"""
_KINDS = tuple(
    kind.value
    for kind in ActionKind
    if kind not in (ActionKind.EXPLAIN, ActionKind.REVIEW, ActionKind.FIX)
)


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "refactor",
        help="rewrite the code at a place in a file",
        description="Rewrite the code at a place in a file and show the difference.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("place", metavar="FILE:LINE[:COL|-LINE]", help="what to rewrite")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--instruction", metavar="TEXT", help="what to do, in your words")
    what.add_argument("--kind", choices=_KINDS, help="what to do, of what is known")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="print the difference (the default)")
    how.add_argument("--apply", action="store_true", help="change the file")
    add_model_option(parser)
    parser.add_argument(
        "--candidates", type=int, metavar="N", help="answers to try before giving up (default: 3)"
    )
    parser.add_argument(
        "--unverified", action="store_true", help="show the best answer even if a check fails"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print or make the edit. Exit code 1 when there is none."""
    file, start, end = place_in(args.place)
    instruction = (args.instruction or "").strip()
    if args.kind is None and not instruction:
        raise BadInputError("The instruction is empty; say what to do.")
    kind = ActionKind(args.kind) if args.kind else ActionKind.INSTRUCTION
    if kind is ActionKind.INSTRUCTION and not instruction:
        raise BadInputError("Say what to do with --instruction.")
    request = ActionRequest(
        kind, file.snapshot, start, end, instruction, takes_unverified=args.unverified
    )
    offer = asyncio.run(_offer(request, _settings(args)))
    for check in offer.checks:
        mark = "passed" if check.passed else "failed"
        sys.stderr.write(f"{check.name} {mark}: {check.detail}\n")
    if offer.status is OfferStatus.REFUSED:
        sys.stderr.write(f"cornerman: {offer.reason}\n")
        return 1
    if offer.warning:
        sys.stderr.write(f"cornerman: {offer.warning}\n")
    for edit in offer.edits:
        if args.apply:
            _apply(edit, file)
        else:
            _print_diff(edit, file)
    return 0


def _settings(args: argparse.Namespace) -> Settings:
    actions = ActionSettings()
    if args.candidates is not None:
        limits = (1, 8)
        if not limits[0] <= args.candidates <= limits[1]:
            raise BadInputError("--candidates takes a number from 1 to 8.")
        actions = actions.model_copy(update={"candidates": args.candidates})
    settings = Settings(actions=actions)
    return settings.model_copy(update={"model": args.model}) if args.model else settings


async def _offer(request: ActionRequest, settings: Settings) -> Offer:
    from rich.console import Console

    from cornerman.pipelines import EnginePipelines

    pipelines = EnginePipelines()
    try:
        with Console(stderr=True).status("Asking the model") as status:

            def show(progress: Progress) -> None:
                speed = f", {progress.tokens_per_second:.0f} tokens/s"
                status.update(f"{progress.message}: {progress.tokens} tokens{speed}")

            return await pipelines.offer(request, settings, on_progress=show)
    finally:
        await pipelines.aclose()


def _apply(edit: FileEdit, file: SourceFile) -> None:
    """Make the edit, unless the file changed while the model was at work."""
    target = file if edit.uri == file.snapshot.uri else _other(edit)
    has_changed = target.path.exists() and read(target.path).snapshot.text != edit.snapshot.text
    if has_changed:
        raise BadInputError(f"{target.path} changed meanwhile; try again.")
    target.write(edit.applied())
    sys.stdout.write(f"{target.path}\n")


def _other(edit: FileEdit) -> SourceFile:
    return SourceFile(path_of(edit.uri) or Path(edit.uri), edit.snapshot)


def _print_diff(edit: FileEdit, file: SourceFile) -> None:
    from rich.console import Console
    from rich.text import Text

    path = file.path if edit.uri == file.snapshot.uri else _other(edit).path
    styles = {"+": "green", "-": "red", "@": "cyan"}
    console = Console(highlight=False)
    old, new = edit.snapshot.text.splitlines(), edit.applied().splitlines()
    before = "/dev/null" if edit.creates else f"a/{path}"
    for line in difflib.unified_diff(old, new, before, f"b/{path}", lineterm=""):
        console.print(Text(line, style=styles.get(line[:1], "")), soft_wrap=True)
