"""What a command module adds itself to, and the option that several have."""

from __future__ import annotations

import argparse
from typing import TypeAlias

# argparse has no public name for it, and its run-time class takes no type argument.
Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def add_model_option(parser: argparse.ArgumentParser) -> None:
    """Let the user choose a model for this once; see ``settings_here``."""
    parser.add_argument(
        "--model", metavar="NAME", help="an installed model (default: the settings')"
    )
