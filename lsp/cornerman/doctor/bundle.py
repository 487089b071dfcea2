"""A file for bug reports: what was found, versions, settings and logs, without source code."""

from __future__ import annotations

import json
import platform
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from urllib.parse import urlsplit

from cornerman import __version__
from cornerman.core.errors import BadInputError
from cornerman.doctor import logs
from cornerman.doctor.finding import Finding
from cornerman.settings import Settings
from cornerman.settings.fields import all_settings

_PACKAGES = ("xllamacpp", "mlx", "mlx-lm", "pygls", "lsprotocol", "pydantic", "tokenizers")
# Addresses and files of the user's: only whether they are set.
_WITHHELD = ("url", "key", "prompts", "command", "exclude")


def write(path: Path, findings: Sequence[Finding], settings: Settings) -> None:
    """Write a zip archive.

    The user's home folder is written as ``~`` throughout, a remote engine as ``(engine.url)``.

    Raises:
        BadInputError: it cannot be written.
    """
    about = {
        "cornerman": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "settings": _settings(settings),
        "findings": [asdict(finding) for finding in findings],
    }
    hidden = _hidden(settings)
    try:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "report.json", _without(json.dumps(about, indent=1, default=str), hidden)
            )
            for log in logs.files():
                archive.writestr(f"log/{log.name}", _without(logs.tail(log), hidden))
    except OSError as error:
        raise BadInputError(f"{path} cannot be written: {error.strerror}.") from error


def _settings(settings: Settings) -> dict[str, object]:
    """What is not the default; of addresses and files, only that they are set."""
    told: dict[str, object] = {}
    for setting in all_settings():
        value: object = settings
        for key in setting.path:
            value = getattr(value, key)
        if value != setting.default:
            is_withheld = any(word in setting.path[-1] for word in _WITHHELD)
            told[setting.name] = "(set)" if is_withheld else value
    return told


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _hidden(settings: Settings) -> Mapping[str, str]:
    """What to write in place of what is nobody else's business."""
    hidden = {str(Path.home()): "~"}
    if settings.engine.url is not None:
        address = urlsplit(str(settings.engine.url))
        hidden |= {name: "(engine.url)" for name in (address.netloc, address.hostname) if name}
    return hidden


def _without(text: str, hidden: Mapping[str, str]) -> str:
    for name, instead in hidden.items():
        text = text.replace(name, instead)
    return text
