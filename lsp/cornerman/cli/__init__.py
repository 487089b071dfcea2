"""The command line: one module a command, each with ``add_parser`` and ``run``.

Exit codes: 0 done, 1 an expected failure told in one sentence on stderr, 2 wrong usage,
130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from cornerman import __version__
from cornerman.cli import (
    ask,
    bench,
    complete,
    context,
    doctor,
    engine,
    explain,
    index,
    models,
    purge,
    refactor,
    serve,
    settings,
    stats,
    try_,
)
from cornerman.core.errors import CornermanError

_EPILOG = """\
examples:
  cornerman try                        see it complete and explain a sample project
  cornerman models pull                fetch the starter model
  cornerman complete app.py:12:5       print the completion at line 12, column 5
  cornerman explain app.py:12          explain the function at line 12
  cornerman refactor app.py:12 --kind simplify
  cornerman stats                      what became of suggestions
  cornerman serve                      what an editor starts
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    args = _parser().parse_args(argv)
    run: Callable[[argparse.Namespace], int] = args.run
    try:
        return run(args)
    except CornermanError as error:
        sys.stderr.write(f"cornerman: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cornerman",
        description="The coding assistant in your corner: a model on your own machine.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"cornerman {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for command in (
        serve,
        engine,
        complete,
        explain,
        refactor,
        ask,
        context,
        index,
        try_,
        models,
        stats,
        bench,
        settings,
        doctor,
        purge,
    ):
        command.add_parser(subparsers)
    return parser
