"""``cornerman ask QUESTION``: an answer from the files of a folder, with citations."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import aclosing
from pathlib import Path

from cornerman.cli.command import Subparsers, add_model_option
from cornerman.cli.here import settings_here
from cornerman.core.passages import NOT_FOUND, Findings
from cornerman.settings import ContextSettings, Settings

_EPILOG = """\
examples:
  cornerman ask "where are retries configured?"
  cornerman ask "how is a session closed?" --folder ~/src/app
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add the command to the command line."""
    parser = subparsers.add_parser(
        "ask",
        help="ask a question about the code of a folder",
        description="Answer from what is found in a folder's code and Markdown, with citations.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("question")
    parser.add_argument("--folder", type=Path, default=Path(), help="(default: this project)")
    add_model_option(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the answer as it is made, then its sources. Exit code 1 when nothing was found."""
    from cornerman.cli.workspace_folder import folder_of, open_workspace
    from cornerman.features.workspace import retrieve

    workspace = open_workspace(folder_of(args.folder), ContextSettings())
    findings = retrieve(workspace, args.question)
    if findings.is_weak:
        sys.stdout.write(f"{NOT_FOUND}\n")
        return 1
    settings = settings_here(args.model)
    asyncio.run(_answer(args.question, findings, settings))
    return 0


async def _answer(question: str, findings: Findings, settings: Settings) -> None:
    from cornerman.features.ask import cited
    from cornerman.pipelines import EnginePipelines

    pipelines, raw = EnginePipelines(), ""
    try:
        async with aclosing(pipelines.ask(question, findings.passages, settings)) as chunks:
            async for chunk in chunks:
                raw += chunk.text
                sys.stdout.write(chunk.text)
                sys.stdout.flush()
    finally:
        await pipelines.aclose()
    numbered = {passage: number for number, passage in enumerate(findings.passages, 1)}
    sources = (
        f"  [{numbered[p]}] {p.path}:{p.first}-{p.last}" for p in cited(raw, findings.passages)
    )
    sys.stdout.write("\n\n" + "\n".join(sources) + "\n")
