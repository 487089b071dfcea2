"""``cornerman serve``: what an editor starts."""

from __future__ import annotations

import argparse
import logging
from pathlib import Path

from cornerman.cli.command import Subparsers
from cornerman.log import LEVELS, log_to

_EPILOG = """\
An editor starts this command and talks LSP with it over standard input and output; it ends when
the editor ends. The model runs in a process of its own (cornerman engine), started when it is
first needed and shared by all windows.

examples:
  cornerman serve
  cornerman serve --log-file /tmp/cornerman.log --log-level debug

Neovim 0.12, in init.lua:
  vim.lsp.config("cornerman", { cmd = { "cornerman", "serve" } })
  vim.lsp.enable("cornerman")
  vim.lsp.inline_completion.enable()
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add ``serve`` to the command line."""
    parser = subparsers.add_parser(
        "serve",
        help="serve an editor over LSP",
        description="Serve an editor over LSP: inline completions and commands.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--log-file",
        type=Path,
        metavar="FILE",
        help="where to log (default: log/server.log in the state folder); never holds your code",
    )
    parser.add_argument("--log-level", choices=LEVELS, default="info", help="default: info")
    parser.add_argument(
        "--stdio", action="store_true", help="accepted because many editors add it; always on"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until the editor leaves; 0 after an orderly shutdown, else 1."""
    log_to(args.log_file, args.log_level)
    from cornerman import server
    from cornerman.pipelines import EnginePipelines

    try:
        return server.run(EnginePipelines())
    except Exception:
        logging.getLogger(__name__).exception("the server has failed")
        return 1
