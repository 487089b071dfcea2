"""The directions of imports that ARCHITECTURE.md promises."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import cornerman

PACKAGE = Path(cornerman.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))

# What each part may import from the package; the longest matching name of a part counts.
ALLOWED: dict[str, set[str]] = {
    "core": {"core"},
    "paths": set(),
    "settings": {"settings", "core", "paths"},
    "log": {"core", "paths"},
    "models": {"models", "core", "paths"},
    "engine": {"engine", "core", "paths", "settings", "models.families"},
    "engine.host": {
        "engine.host",
        "engine.protocol",
        "engine.requests",
        "engine.endpoint",
        "engine.failures",
        "engine.peer",
        "core",
        "paths",
        "models",
    },
    "context": {"context", "core"},
    "prompting": {"prompting", "core", "models.families"},
    "postprocess": {"postprocess", "core"},
    "features": {
        *("features", "context", "prompting", "postprocess", "core"),
        *("engine.stream", "models.catalog", "settings"),
    },
    "pipelines": {"features", "engine", "core", "models", "settings", "statistics", "paths"},
    "bench": {
        *("bench", "features", "context", "prompting", "core", "engine.stream", "models"),
        "settings",
    },
    "doctor": {
        *("doctor", "protocol.client", "pipelines", "engine", "models", "settings", "core"),
        "paths",
    },
    "session": {
        *("session", "features.ask", "features.memory", "features.pacing"),
        *("features.surroundings", "features.workspace", "statistics", "core", "settings"),
    },
    "statistics": {"statistics", "core"},
    "protocol": {"protocol", "session", "features", "core", "settings", "log"}
    | {"statistics", "paths"},
    "server": {"protocol", "session", "pipelines", "core", "log"},
    "cli": {
        "cli",
        "server",
        "pipelines",
        "protocol",
        "session.context",
        "features",
        "engine",
        "models",
        "core",
        "settings",
        "log",
    }
    | {"paths", "context", "prompting", "statistics", "bench", "doctor"},
}

# Foreign libraries that only these parts may import.
CONFINED: dict[str, set[str]] = {
    "pygls": {"server", "protocol"},
    "lsprotocol": {"server", "protocol"},
    "tree_sitter": {
        *("context.syntax", "context.parsing", "context.index", "context.languages"),
        *("context.targets", "context.inventory"),
    },
    "pathspec": {"context.privacy", "context.workspace_files"},
    "xllamacpp": {"engine.host.backends.llama_cpp"},
    "mlx": {"engine.host.backends.mlx"},
    "mlx_lm": {"engine.host.backends.mlx"},
    "httpx2": {"models.download", "models.hub", "engine.http"},
    "huggingface_hub": {"models.hub"},
    "pyflakes": {"features.actions.checks.undefined"},
    "rich": {"cli"},
    "requests": set(),
    "urllib.request.urlopen": set(),
}


def module_name(path: Path) -> str:
    parts = [*path.parts[:-1], path.stem]
    return ".".join(part for part in parts if part != "__init__")


def imports_of(path: Path) -> set[str]:
    """Full names of everything a module imports, at any level."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((PACKAGE / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def part_of(name: str, parts: set[str]) -> str | None:
    matching = [part for part in parts if name == part or name.startswith(part + ".")]
    return max(matching, key=len, default=None)


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_down(path: Path) -> None:
    name = module_name(path)
    if name in ("", "__main__"):
        return
    part = part_of(name, set(ALLOWED))
    assert part is not None, f"{name} belongs to no part: add it to ALLOWED"
    for imported in imports_of(path):
        inner = imported.removeprefix("cornerman.")
        if inner != imported and inner != "__version__":
            assert part_of(inner, ALLOWED[part]), f"{name} must not import {imported}"


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_foreign_libraries_stay_in_their_modules(path: Path) -> None:
    name = module_name(path)
    for imported in imports_of(path):
        library = part_of(imported, set(CONFINED))
        if library is not None:
            assert part_of(name, CONFINED[library]), f"{name} must not import {imported}"


def test_the_engine_host_is_reached_by_nobody_but_its_command() -> None:
    for path in MODULES:
        name = module_name(path)
        if any(imported.startswith("cornerman.engine.host") for imported in imports_of(path)):
            assert name.startswith(("engine.host", "cli.engine")), name


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_only_the_command_line_prints(path: Path) -> None:
    if path.parts[0] == "cli":
        return
    for node in ast.walk(ast.parse((PACKAGE / path).read_text("utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        assert not (isinstance(called, ast.Name) and called.id == "print"), path


def test_core_needs_the_standard_library_only() -> None:
    import sys

    for path in MODULES:
        if path.parts[0] == "core":
            tops = {name.split(".")[0] for name in imports_of(path)}
            assert tops <= sys.stdlib_module_names | {"cornerman"}, path
