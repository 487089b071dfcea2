"""Where a remote engine is, and the key that opens it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from cornerman.core.errors import EngineUnavailableError
from cornerman.settings import Settings


@dataclass(frozen=True, slots=True)
class Remote:
    """An engine that the user configured. ``url`` ends where ``/v1`` begins.

    ``model`` is the name it is known by there. The key stands in ``key_file`` if there is one,
    else in the environment variable ``key_variable``; it is not part of this value.
    """

    url: str
    model: str
    key_file: Path | None = None
    key_variable: str = ""

    @property
    def name(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.url).netloc

    @property
    def key_source(self) -> str:
        """Where the key is looked for, for messages."""
        if self.key_file is not None:
            return f"the file {self.key_file}"
        return f"the environment variable {self.key_variable} (or in engine.api_key_file)"

    @property
    def uses_environment(self) -> bool:
        """Whether proxies of the environment apply: not on the way to this very machine."""
        parts = urlsplit(self.url)
        return parts.scheme == "https" or not _is_loopback(parts.hostname or "")

    def key(self) -> str:
        """The key as it is now, or "" when there is none.

        Raises:
            EngineUnavailableError: it cannot be read, or is no key; its text is not quoted.
        """
        if self.key_file is None:
            key = os.environ.get(self.key_variable, "").strip()
        else:
            key = _read(self.key_file)
        if not key.isascii() or not key.isprintable() or " " in key:
            raise EngineUnavailableError(
                f"What stands in {self.key_source} is no key; put the key there and nothing else."
            )
        return key


def remote_of(settings: Settings) -> Remote | None:
    """The remote engine of the settings; None when the engine of this machine serves."""
    engine = settings.engine
    if engine.url is None:
        return None
    key_file = Path(engine.api_key_file).expanduser() if engine.api_key_file else None
    return Remote(
        url=str(engine.url).rstrip("/").removesuffix("/v1"),
        model=engine.remote_model or settings.completion_model,
        key_file=key_file,
        key_variable=engine.api_key_env,
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        reason = error.strerror or "unknown reason"
        raise EngineUnavailableError(
            f"The key file {path} cannot be read ({reason}); correct engine.api_key_file."
        ) from error
    except UnicodeDecodeError:
        # Its text would be part of the cause.
        raise EngineUnavailableError(
            f"The file {path} holds no key; correct engine.api_key_file."
        ) from None


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
