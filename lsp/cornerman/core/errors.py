"""Errors whose text is written for the user: one sentence that says what to do."""

from __future__ import annotations


class CornermanError(Exception):
    """Base of all expected failures. ``str(error)`` may be shown to the user as it is.

    The text never holds source code, prompts or completions.
    """


class BadInputError(CornermanError):
    """Something the user wrote (an argument, a setting, a position) cannot be used."""


class ModelMissingError(CornermanError):
    """The model is not on this machine yet; the text names the command that fetches it."""


class DownloadError(CornermanError):
    """A download could not be finished; what was fetched is kept and resumed next time."""


class EngineUnavailableError(CornermanError):
    """The engine could not be reached or started."""


class EngineRequestError(CornermanError):
    """The engine answered a request with an error, or stopped in the middle of it."""


class PromptTooLongError(EngineRequestError):
    """The prompt alone is longer than the model's context window; the text has both figures."""
