"""The models a user has added, in ``models.toml`` of the configuration folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError

from cornerman import paths
from cornerman.core.errors import BadInputError
from cornerman.models.spec import Catalog, ModelSpec

# Imported where it is used: most users have no such file.
if TYPE_CHECKING:
    import tomlkit


# To be raised when an older Cornerman could no longer use the file.
_VERSION = 1


def file() -> Path:
    """The user's catalogue; it need not exist."""
    return paths.config_dir() / "models.toml"


def entries() -> tuple[tuple[ModelSpec, ...], str]:
    """The user's models, and one sentence about the file if it cannot be used."""
    try:
        stat = file().stat()
    except OSError:
        return (), ""
    return _read(file(), stat.st_mtime_ns, stat.st_size)


def add(spec: ModelSpec) -> None:
    """Write an entry, in place of one of the same name.

    Raises:
        BadInputError: the file cannot be read or written.
    """
    import tomlkit

    document = _document()
    models = _tables(document)
    _drop(models, spec.name)
    models.append(tomlkit.item(spec.model_dump(exclude_none=True, exclude_defaults=True)))
    _write(document)


def remove(name: str) -> bool:
    """Take an entry out; False when there is none.

    Raises:
        BadInputError: the file cannot be read or written.
    """
    document = _document()
    if not _drop(_tables(document), name):
        return False
    _write(document)
    return True


@lru_cache(maxsize=1)
def _read(path: Path, _mtime: int, _size: int) -> tuple[tuple[ModelSpec, ...], str]:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        content = tomlkit.parse(path.read_text("utf-8")).unwrap()
        if content.pop("version", _VERSION) != _VERSION:
            return (), f"{path} is not used: it is of another version of Cornerman."
        return Catalog.model_validate(content).models, ""
    except (TOMLKitError, OSError, UnicodeDecodeError) as error:
        return (), f"{path} is not used: {_why(error)}."
    except ValidationError as error:
        issue = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(map(str, issue["loc"]))
        return (), f"{path} is not used: {where}: {issue['msg']}."


def _document() -> tomlkit.TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(file().read_text("utf-8"))
    except FileNotFoundError:
        return tomlkit.parse(f"version = {_VERSION}\n")
    except (TOMLKitError, OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{file()} cannot be changed: {_why(error)}.") from error
    if "version" in document and document["version"] != _VERSION:
        raise BadInputError(
            f"{file()} is of another version of Cornerman: change it with that one, or by hand."
        )
    return document


def _tables(document: tomlkit.TOMLDocument) -> list[object]:
    import tomlkit

    if "models" not in document:
        document["models"] = tomlkit.aot()
    return cast("list[object]", document["models"])


def _drop(models: list[object], name: str) -> bool:
    kept = [cast("dict[str, object]", entry).get("name") != name for entry in models]
    for index in reversed([i for i, is_kept in enumerate(kept) if not is_kept]):
        del models[index]
    return not all(kept)


def _write(document: tomlkit.TOMLDocument) -> None:
    import tomlkit

    try:
        file().parent.mkdir(parents=True, exist_ok=True)
        incomplete = file().with_suffix(".incomplete")
        incomplete.write_text(tomlkit.dumps(document), "utf-8")
        incomplete.replace(file())
    except OSError as error:
        raise BadInputError(f"{file()} cannot be written: {_why(error)}.") from error


def _why(error: Exception) -> str:
    return (error.strerror or "unknown reason") if isinstance(error, OSError) else str(error)
