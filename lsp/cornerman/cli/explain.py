"""``cornerman explain FILE:LINE``: what the code there does, streamed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import aclosing

from cornerman.cli.command import Subparsers, add_model_option
from cornerman.cli.here import settings_here
from cornerman.cli.source_file import place_in
from cornerman.core.actions import ActionKind, ActionRequest
from cornerman.settings import Settings

_EPILOG = """\
A line, with or without a column, means the function or class around it; two lines mean what
stands between them. Lines and columns count from 1.

examples:
  cornerman explain app.py:12
  cornerman explain app.py:12-30
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "explain",
        help="explain the code at a place in a file",
        description="Explain the code at a place in a file, in Markdown, as it is written.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("place", metavar="FILE:LINE[:COL|-LINE]", help="what to explain")
    add_model_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the explanation and the definitions it relied on."""
    file, start, end = place_in(args.place)
    settings = settings_here(args.model)
    request = ActionRequest(ActionKind.EXPLAIN, file.snapshot, start, end)
    asyncio.run(_explain(request, settings))
    from cornerman.features.explain import definitions_used

    links = definitions_used(file.snapshot, start, end)
    if links:
        sys.stdout.write("\nRelies on:\n")
    for link in links:
        sys.stdout.write(f"- {link.name} ({file.path}:{link.first_line + 1})\n")
    return 0


async def _explain(request: ActionRequest, settings: Settings) -> None:
    from cornerman.pipelines import EnginePipelines

    pipelines = EnginePipelines()
    try:
        async with aclosing(pipelines.explain(request, settings)) as chunks:
            async for chunk in chunks:
                sys.stdout.write(chunk.text)
                sys.stdout.flush()
        sys.stdout.write("\n")
    finally:
        await pipelines.aclose()
