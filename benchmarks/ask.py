"""Whether questions about a real package find the files that answer them.

    python benchmarks/ask.py [--json FILE]

The questions are about the installed package ``rich``, in plain words; each is asked of an index of
it, as ``cornerman ask`` does before it asks the model. Counted is in which passage the expected
file comes first, and how many questions about something else are told to be not found. Exits with
1 if fewer than three in four are found, or anything is answered that the package says nothing of.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cornerman.features.workspace import Workspace, open_folder, retrieve, update_folder
from cornerman.settings import ContextSettings

QUESTIONS = (
    ("How is the progress bar drawn?", "progress_bar.py"),
    ("Where is the time remaining of a task computed?", "progress.py"),
    ("How are the columns of a table measured?", "table.py"),
    ("What shows a traceback with local variables?", "traceback.py"),
    ("How is markdown text rendered?", "markdown.py"),
    ("Which class is the handler for logging?", "logging.py"),
    ("How is a color parsed from a string?", "color.py"),
    ("Where are two styles combined?", "style.py"),
    ("How does syntax highlighting guess the lexer?", "syntax.py"),
    ("How is a tree with guides rendered?", "tree.py"),
    ("How is the width of a character in cells found?", "cells.py"),
    ("How are emoji codes replaced in text?", "_emoji_replace.py"),
    ("What asks the user for an integer?", "prompt.py"),
    ("How is a layout split into rows?", "layout.py"),
    ("How is a file size in bytes shown in decimal units?", "filesize.py"),
    ("Which spinner is shown for a status?", "status.py"),
)
ELSEWHERE = (
    "Which quantum teleporter is configured?",
    "How are database migrations rolled back?",
    "Where are payment invoices mailed to customers?",
    "How does the kubernetes scheduler evict pods?",
)
FOUND_LIMIT = 0.75


@dataclass(frozen=True, slots=True)
class Result:
    """``rank`` counts passages from 1, and is 0 where the file is in none of them."""

    question: str
    expected: str
    rank: int
    is_weak: bool
    milliseconds: float


def ask_all(workspace: Workspace) -> list[Result]:
    results: list[Result] = []
    for question, expected in (*QUESTIONS, *((question, "") for question in ELSEWHERE)):
        started = time.perf_counter()
        findings = retrieve(workspace, question)
        milliseconds = (time.perf_counter() - started) * 1000
        names = [passage.path.rpartition("/")[2] for passage in findings.passages]
        rank = names.index(expected) + 1 if expected in names else 0
        results.append(Result(question, expected, rank, findings.is_weak, milliseconds))
    return results


def figures(results: list[Result]) -> dict[str, float]:
    asked = [result for result in results if result.expected]
    others = [result for result in results if not result.expected]
    return {
        "questions": len(asked),
        "found": sum(r.rank > 0 and not r.is_weak for r in asked) / len(asked),
        "found first": sum(r.rank == 1 and not r.is_weak for r in asked) / len(asked),
        "about something else": len(others),
        "told to be not found": sum(r.is_weak for r in others) / len(others),
        "milliseconds, median": statistics.median(r.milliseconds for r in results),
    }


def workspace_of(folder: Path) -> Workspace:
    """The package in a folder of its own: where it is installed it would be ignored."""
    spec = importlib.util.find_spec("rich")
    assert spec is not None
    assert spec.origin is not None
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(spec.origin).parent, folder / "app" / "rich", ignore=skip)
    opened = open_folder(folder / "app", ContextSettings(), folder / "state")
    update_folder(opened)
    workspace = Workspace()
    workspace.add(opened)
    return workspace


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, help="write every result to this file")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        results = ask_all(workspace_of(Path(name)))
    console, table = Console(), Table("question", "expected", "rank", "weak")
    for result in results:
        weak = "yes" if result.is_weak else ""
        table.add_row(result.question, result.expected, str(result.rank or "-"), weak)
    console.print(table)
    found = figures(results)
    for name, value in found.items():
        console.print(f"{name}: {value:.2f}")
    if args.json:
        everything = {"figures": found, "results": [asdict(result) for result in results]}
        args.json.write_text(json.dumps(everything, indent=1), encoding="utf-8")
    is_honest = found["told to be not found"] == 1
    return int(found["found"] < FOUND_LIMIT or not is_honest)


if __name__ == "__main__":
    raise SystemExit(main())
