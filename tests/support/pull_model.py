"""Pull the model whose specification is the first argument; print each stage and the path."""

from __future__ import annotations

import sys

from cornerman.models.progress import Progress
from cornerman.models.spec import ModelSpec
from cornerman.models.store import pull


def _main() -> None:
    stages: list[str] = []

    def report(event: Progress) -> None:
        if event.stage not in stages:
            stages.append(event.stage)
            print(event.stage, flush=True)  # noqa: T201 - read by the test

    path = pull(ModelSpec.model_validate_json(sys.argv[1]), report)
    print(path, flush=True)  # noqa: T201 - read by the test


_main()
