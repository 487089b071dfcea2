"""What a reader would copy out of a README."""

from __future__ import annotations

import re
from pathlib import Path

EDITORS = Path(__file__).parents[2] / "editors"


def block(file: str, heading: str, number: int = 0) -> str:
    """A block of code below ``heading`` in a file of `EDITORS`."""
    text = (EDITORS / file).read_text()
    section = re.split(r"^#+ ", text, flags=re.MULTILINE)
    (found,) = (part for part in section if part.startswith(heading + "\n"))
    return re.findall(r"```\w+\n(.*?)```", found, flags=re.DOTALL)[number]
