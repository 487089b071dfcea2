"""``cornerman index [FOLDER]``: bring the index of a workspace folder up to date."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from cornerman import paths
from cornerman.cli.command import Subparsers
from cornerman.core.errors import BadInputError
from cornerman.settings import ContextSettings

_EPILOG = """\
Editors' servers do this by themselves, in the background. Only files that have changed are read.

examples:
  cornerman index               the folder you are in
  cornerman index ~/src/app
"""
_LOWEST = 19


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "index",
        help="index a folder, for completions that know all of its files",
        description="Note what is defined, imported and mentioned in the files of a folder.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", nargs="?", default=".", type=Path, help="(default: this one)")
    parser.add_argument("--exclude", action="append", default=[], metavar="PATTERN")
    parser.add_argument("--max-file-kib", type=int, default=512, metavar="N")
    parser.add_argument("--background", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Index one folder."""
    folder: Path = args.folder.expanduser().resolve()
    if not folder.is_dir():
        raise BadInputError(f"{args.folder} is no folder: give one that holds source code.")
    settings = ContextSettings(exclude=args.exclude, max_file_kib=args.max_file_kib)
    if args.background:
        _step_back()
        _leave_with_parent()
        _index(folder, settings, _tell_parent)
        return 0
    return _with_progress(folder, settings)


def _index(folder: Path, settings: ContextSettings, on_progress: Callable[[int, int], None]) -> int:
    from cornerman.features.workspace import open_folder, update_folder

    opened = open_folder(folder, settings, paths.state_dir())
    try:
        changed = update_folder(opened, on_progress)
        on_progress(changed, changed)
        return opened.store.count()
    finally:
        opened.store.close()


def _with_progress(folder: Path, settings: ContextSettings) -> int:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("indexing", total=None)
        count = _index(
            folder, settings, lambda done, all_: progress.update(task, completed=done, total=all_)
        )
    sys.stdout.write(f"{count} files are indexed.\n")
    return 0


def _tell_parent(done: int, total: int) -> None:
    sys.stdout.write(json.dumps([done, total]) + "\n")
    sys.stdout.flush()


def _step_back() -> None:
    """Take only the time that nobody else wants."""
    if hasattr(os, "nice"):
        os.nice(_LOWEST)
    if hasattr(os, "SCHED_IDLE"):
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def _leave_with_parent() -> None:
    """Leave when the server does, however it ends: its end of standard input closes then."""

    def watch() -> None:
        # Not by way of sys.stdin, whose lock would be held when the interpreter ends.
        while os.read(0, 1):
            pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
