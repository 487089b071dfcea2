"""What is going on for this window, as far as a user would like to know."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from cornerman.core.errors import BadInputError, CornermanError, PromptTooLongError


class Activity:
    """Counts work in progress and keeps how the latest ended. For one event loop.

    ``on_change`` is called whenever something here may have changed. ``tokens_per_second`` is
    the speed of the latest generation that told it; ``error`` is what the engine or the model
    last failed with, None from the next success on. ``answers`` counts successes.
    """

    def __init__(self) -> None:
        self.on_change: Callable[[], None] = lambda: None
        self.running = 0
        self.answers = 0
        self.tokens_per_second: float | None = None
        self.error: CornermanError | None = None

    @contextmanager
    def work(self) -> Generator[None]:
        """Around work that the user waits for. Being cancelled says nothing about its engine."""
        self.running += 1
        self.on_change()
        try:
            yield
            self.answers += 1
            self.error = None
        except (BadInputError, PromptTooLongError):
            raise  # The request was at fault: another one may well succeed.
        except CornermanError as error:
            self.error = error
            raise
        finally:
            self.running -= 1
            self.on_change()

    def measured(self, tokens_per_second: float | None) -> None:
        """Note a speed; None and 0 mean that nothing was measured."""
        if tokens_per_second:
            self.tokens_per_second = tokens_per_second
