"""``cornerman stats``: what became of suggestions, and why there were none."""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from cornerman import paths
from cornerman.cli.command import Subparsers

if TYPE_CHECKING:
    from rich.console import Console

    from cornerman.statistics.report import Band, Day, Ending, Figures

_EPILOG = """\
The figures are kept in the state folder of this machine, hold none of your code and go nowhere.
Requests that the next key overtook are not counted.
The setting cornerman.statistics.enabled turns them off.

examples:
  cornerman stats                  shown, accepted and kept, by language and model
  cornerman stats --days 7
  cornerman stats --why            why the latest requests got no suggestion
"""

_BAR_WIDTH = 40
_REASONS_SHOWN = 20
_REASONS_READ = 200


def add_parser(subparsers: Subparsers) -> None:
    """Add ``stats`` to the command line."""
    parser = subparsers.add_parser(
        "stats",
        help="show what became of suggestions, and why there were none",
        description="Show how many suggestions were shown, accepted and kept.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--days", type=_days, default=30, metavar="N", help="how far back (default: 30)"
    )
    parser.add_argument(
        "--why", action="store_true", help="show why the latest requests got no suggestion"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the figures or the reasons. Exit code 1 when there is nothing to show yet."""
    from rich.console import Console

    from cornerman.statistics.report import report

    found = report(_path(), args.days, _REASONS_READ)
    console = Console(highlight=False)
    if args.why and found.endings:
        _print_reasons(console, found.endings)
    elif found.figures and not args.why:
        _print_figures(console, found.figures)
        _print_days(console, found.days)
        _print_bands(console, found.bands)
    else:
        sys.stderr.write("cornerman: nothing has been counted yet.\n")
        return 1
    return 0


def _path() -> Path:
    from cornerman.statistics.store import FILE_NAME

    return paths.state_dir() / FILE_NAME


def _print_figures(console: Console, figures: tuple[Figures, ...]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("LANGUAGE", no_wrap=True)
    table.add_column("MODEL", no_wrap=True)
    for title in ("SHOWN", "ACCEPTED", "RATE", "KEPT", "CHARACTERS"):
        table.add_column(title, no_wrap=True, justify="right")
    for row in figures:
        table.add_row(
            row.language,
            row.model,
            str(row.shown),
            str(row.accepted),
            _percent(row.accepted, row.shown),
            _percent(row.kept, row.looked_at),
            str(row.characters),
        )
    console.print(table)


def _print_days(console: Console, days: tuple[Day, ...]) -> None:
    """One bar a day: the full length is what was shown, the dark part what was accepted."""
    most = max(day.shown for day in days)
    console.print("\nby day: █ accepted, ░ shown only", style="bold")
    for day in days:
        shown = max(round(_BAR_WIDTH * day.shown / most), 1)
        accepted = round(shown * day.accepted / day.shown)
        bar = "█" * accepted + "░" * (shown - accepted)
        console.print(f"{day.date}  {bar} {day.accepted} of {day.shown}", soft_wrap=True)


def _print_bands(console: Console, bands: tuple[Band, ...]) -> None:
    """How often suggestions were taken, by how sure the model was; and what follows from it."""
    from cornerman.statistics.report import suggested_threshold

    if not bands:
        return
    console.print("\nby how sure the model was (only what came by itself)", style="bold")
    for band in bands:
        rate = _percent(band.accepted, band.shown)
        likely = f"{100 * band.low:3.0f} to {100 * band.high:3.0f} %"
        console.print(f"{likely}  {band.accepted} of {band.shown} accepted, {rate}", soft_wrap=True)
    threshold = suggested_threshold(bands)
    if threshold is not None:
        console.print(
            f"Less sure than {threshold:g} was hardly ever accepted: set"
            f" cornerman.completion.confidence.pause (and line, if it is lower) to {threshold:g}.",
            soft_wrap=True,
        )


def _print_reasons(console: Console, endings: tuple[Ending, ...]) -> None:
    """The newest first; the same reason many times in a row is one line."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("WHEN", "TIMES", "LANGUAGE", "NO SUGGESTION BECAUSE"):
        table.add_column(title, no_wrap=title != "NO SUGGESTION BECAUSE")
    groups = itertools.groupby(endings, key=lambda ending: (ending.language, ending.reason))
    for (language, reason), group in itertools.islice(groups, _REASONS_SHOWN):
        same = list(group)
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(same[0].at))
        table.add_row(when, str(len(same)), language, reason)
    console.print(table)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else ""


def _days(text: str) -> int:
    days = int(text) if text.isdigit() else 0
    if not 1 <= days <= 365:
        raise argparse.ArgumentTypeError("write a number of days from 1 to 365")
    return days
