"""Fetching a model with a bar or a few lines on stderr."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from cornerman.models.progress import Progress, Report
    from cornerman.models.spec import GgufFile, MlxFolder, ModelSpec


def pull_with_progress(spec: ModelSpec, form: GgufFile | MlxFolder | None = None) -> Path:
    """A form of the model, fetched when it is not here.

    Raises:
        DownloadError: as ``models.store.pull`` does.
    """
    from cornerman.models.store import pull

    with _progress_shown(spec.name) as report:
        return pull(spec, report, form)


@contextmanager
def _progress_shown(name: str) -> Generator[Report]:
    """A bar on stderr, or now and then a line where stderr is no terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if console.is_terminal:
        with _bar(console, name) as report:
            yield report
    else:
        yield _Lines(console, name)


@contextmanager
def _bar(console: Console, name: str) -> Generator[Report]:
    from rich import progress as bars

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(),
        bars.DownloadColumn(),
        bars.TransferSpeedColumn(),
        bars.TimeRemainingColumn(),
    )
    with bars.Progress(*columns, console=console) as display:
        tasks: dict[str, bars.TaskID] = {}

        def report(event: Progress) -> None:
            if not event.total:
                console.print(f"{name}, {event.stage}", highlight=False)
            elif event.stage in tasks:
                display.update(tasks[event.stage], completed=event.done)
            else:
                # What an earlier pull fetched is the start of the bar, not part of its speed.
                tasks[event.stage] = display.add_task(
                    f"{name}, {event.stage}", completed=event.done, total=event.total
                )

        yield report


class _Lines:
    """A line whenever a stage starts and whenever another quarter of it is done."""

    def __init__(self, console: Console, name: str) -> None:
        self._console = console
        self._name = name
        self._told: tuple[str, int] | None = None

    def __call__(self, event: Progress) -> None:
        quarter = 4 * event.done // event.total if event.total else 0
        if self._told == (event.stage, quarter):
            return
        self._told = (event.stage, quarter)
        line = f"{self._name}, {event.stage}"
        if event.total:
            line += f": {event.done / 1e6:.1f} of {event.total / 1e6:.1f} MB"
        self._console.print(line, highlight=False, soft_wrap=True)
