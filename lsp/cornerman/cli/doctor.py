"""``cornerman doctor``: what is wrong here, and what helps."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from cornerman.cli.command import Subparsers

if TYPE_CHECKING:
    from rich.console import Console

    from cornerman.doctor.finding import Finding

_EPILOG = """\
It tries everything for real: the server answers, the engine starts, a line is completed. Each
line of the report is OK, warn or fail, with what to do about it.

examples:
  cornerman doctor
  cornerman doctor --json
  cornerman doctor --bundle report.zip      for a bug report; holds no source code
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add ``doctor`` to the command line."""
    parser = subparsers.add_parser(
        "doctor",
        help="find out what is wrong",
        description="Find out what is wrong, and what helps.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--bundle", type=Path, metavar="FILE", help="write an archive for a report")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Examine, and print what is found. Exit code 1 when something does not work."""
    from cornerman.doctor.finding import Level

    findings = asyncio.run(_examine(is_quiet=args.json))
    if args.json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=1) + "\n")
    if args.bundle:
        from cornerman.doctor import bundle
        from cornerman.settings import load

        bundle.write(args.bundle, findings, load([Path.cwd()])[0])
        sys.stderr.write(f"{args.bundle} holds the report, the settings and the logs.\n")
    return 1 if any(finding.level is Level.FAIL for finding in findings) else 0


async def _examine(*, is_quiet: bool) -> list[Finding]:
    from rich.console import Console

    from cornerman.doctor.examination import examine

    console = Console(highlight=False)
    findings: list[Finding] = []
    async for finding in examine(Path.cwd()):
        findings.append(finding)
        if not is_quiet:
            _print(console, finding)
    return findings


def _print(console: Console, finding: Finding) -> None:
    from rich.text import Text

    colour = {"OK": "green", "warn": "yellow", "fail": "bold red"}[finding.level.value]
    line = Text.assemble(
        (f"{finding.level.value:<5}", colour), f"{finding.subject:<11}", finding.detail
    )
    if finding.fix:
        line.append(f"\n     {'':<11}→ {finding.fix}")
    console.print(line, soft_wrap=True)
