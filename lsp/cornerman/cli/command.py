"""What a command module is given to add itself to."""

from __future__ import annotations

import argparse
from typing import TypeAlias

# argparse has no public name for it, and its run-time class takes no type argument.
Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
