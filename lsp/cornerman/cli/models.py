"""``cornerman models``: list, fetch and find models."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cornerman.cli.command import Subparsers

if TYPE_CHECKING:
    from rich.console import Console

    from cornerman.models.spec import ModelSpec
    from cornerman.models.progress import Progress, Report

_EPILOG = """\
examples:
  cornerman models list                                   what there is, what is installed
  cornerman models pull                                   fetch the starter model
  cornerman models pull qwen2.5-coder-0.5b-instruct       fetch a model by name
  cornerman models path qwen2.5-coder-0.5b-instruct       print where its file is
"""

_LIST_EPILOG = """\
example:
  cornerman models list
"""

_PULL_EPILOG = """\
A download that broke off is continued by the next pull. The files go to the user's cache folder,
or to the folder in the environment variable CORNERMAN_CACHE_DIR.

examples:
  cornerman models pull
  CORNERMAN_CACHE_DIR=/big/disk cornerman models pull qwen2.5-coder-0.5b-instruct
"""

_PATH_EPILOG = """\
example:
  llama-cli -m "$(cornerman models path qwen2.5-coder-0.5b-instruct)"
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add ``models`` and its three actions."""
    parser = subparsers.add_parser(
        "models",
        help="list, fetch and find models",
        description="List, fetch and find models.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action", required=True)
    actions.add_parser(
        "list",
        help="show the known models and which are installed",
        description="Show the known models and which are installed.",
        epilog=_LIST_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    pull = actions.add_parser(
        "pull",
        help="fetch a model",
        description="Fetch a model, check it, and print the path of its file.",
        epilog=_PULL_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    pull.add_argument("name", nargs="?", metavar="NAME", help="default: the starter model")
    path = actions.add_parser(
        "path",
        help="print where an installed model is",
        description="Print the path of an installed model's file, and nothing else.",
        epilog=_PATH_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    path.add_argument("name", metavar="NAME", help="as shown by `cornerman models list`")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Do the chosen action. Data goes to stdout, progress to stderr."""
    actions = {"list": _list, "pull": _pull, "path": _path}
    return actions[args.action](args)


def pull_with_progress(spec: ModelSpec) -> Path:
    """The model's file, fetched when it is not here, with a bar or a few lines on stderr.

    Raises:
        DownloadError: as ``models.store.pull`` does.
    """
    from cornerman.models.store import pull

    with _progress_shown(spec.name) as report:
        return pull(spec, report)


def _list(_args: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.filesize import decimal
    from rich.table import Table

    from cornerman.models.catalog import catalog
    from cornerman.models.store import locate

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("NAME", no_wrap=True)
    table.add_column("SIZE", no_wrap=True, justify="right")
    table.add_column("LICENCE", no_wrap=True)
    table.add_column("INSTALLED", no_wrap=True)
    for spec in catalog().values():
        installed = "yes" if locate(spec) else "no"
        table.add_row(spec.name, decimal(spec.size_bytes), spec.license, installed)
    Console().print(table)
    return 0


def _pull(args: argparse.Namespace) -> int:
    from cornerman.models.catalog import find
    from cornerman.settings import STARTER_MODEL

    path = pull_with_progress(find(args.name or STARTER_MODEL))
    sys.stdout.write(f"{path}\n")
    return 0


def _path(args: argparse.Namespace) -> int:
    from cornerman.models.catalog import find
    from cornerman.models.store import require

    sys.stdout.write(f"{require(find(args.name))}\n")
    return 0


@contextmanager
def _progress_shown(name: str) -> Generator[Report]:
    """A bar on stderr, or now and then a line where stderr is no terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with _bar(console, name) as report:
            yield report
    else:
        yield _Lines(console, name)


@contextmanager
def _bar(console: Console, name: str) -> Generator[Report]:
    from rich import progress as bars

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=console) as display:
        tasks: dict[str, bars.TaskID] = {}

        def report(event: Progress) -> None:
            if not event.total:
                console.print(f"{name}, {event.stage}", highlight=False)
            elif event.stage in tasks:
                display.update(tasks[event.stage], completed=event.done)
            else:
                # What an earlier pull fetched is the start of the bar, not part of its speed.
                tasks[event.stage] = display.add_task(
                    f"{name}, {event.stage}", completed=event.done, total=event.total
                )

        yield report


class _Lines:
    """A line whenever a stage starts and whenever another quarter of it is done."""

    def __init__(self, console: Console, name: str) -> None:
        self._console = console
        self._name = name
        self._told: tuple[str, int] | None = None

    def __call__(self, event: Progress) -> None:
        quarter = 4 * event.done // event.total if event.total else 0
        if self._told == (event.stage, quarter):
            return
        self._told = (event.stage, quarter)
        line = f"{self._name}, {event.stage}"
        if event.total:
            line += f": {event.done / 1e6:.1f} of {event.total / 1e6:.1f} MB"
        self._console.print(line, highlight=False, soft_wrap=True)
