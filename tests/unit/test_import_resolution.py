"""From imports to definitions, and documents in the place of their files."""

from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.context.index.facts import FileRef
from cornerman.context.index.resolve import resolve
from cornerman.core.documents import DocumentSnapshot
from support.workspaces import workspace_of

FILES = {
    "src/pkg/__init__.py": "from .core import Engine\nfrom .extra import *\n",
    "src/pkg/core.py": "class Engine:\n    def run(self): ...\n",
    "src/pkg/extra.py": "def extra_one(): ...\n",
    "src/pkg/sub/deep.py": "def deep_one(): ...\n",
    "other/core.py": "class Engine: ...\n",
    "web/api.ts": "export function fetchAll(n: number) { return n; }\n",
    "web/index.ts": "export const ROOT = 1;\n",
}


@pytest.mark.parametrize(
    ("path", "line", "target"),
    [
        ("src/pkg/use.py", "from .core import Engine", "src/pkg/core.py:Engine"),
        ("src/pkg/sub/use.py", "from ..core import Engine as E", "src/pkg/core.py:Engine"),
        ("app.py", "from pkg.core import Engine", "src/pkg/core.py:Engine"),
        ("app.py", "from pkg import Engine", "src/pkg/core.py:Engine"),
        ("app.py", "from pkg import extra_one", "src/pkg/extra.py:extra_one"),
        ("app.py", "from pkg.sub.deep import deep_one", "src/pkg/sub/deep.py:deep_one"),
        ("web/use.ts", "import { fetchAll } from './api';", "web/api.ts:fetchAll"),
        ("web/use.ts", "import { ROOT } from '.';", "web/index.ts:ROOT"),
    ],
)
def test_an_import_leads_to_its_definition(
    tmp_path: Path, path: str, line: str, target: str
) -> None:
    workspace = workspace_of(tmp_path, {**FILES, path: line + "\n"})
    file = FileRef(str(tmp_path / "app"), path)
    facts = workspace.index.facts(file)
    assert facts is not None
    found = resolve(workspace.index, file, facts.imports[0], facts.language_id)
    assert [f"{f.file.path}:{f.symbol.name}" for f in found] == [target]


def test_modules_that_import_each_other_end(tmp_path: Path) -> None:
    workspace = workspace_of(
        tmp_path, {"a.py": "from b import *\n", "b.py": "from a import *\n", "c.py": "import a\n"}
    )
    file = FileRef(str(tmp_path / "app"), "a.py")
    facts = workspace.index.facts(file)
    assert facts is not None
    assert resolve(workspace.index, file, facts.imports[0], "python") == []


def test_an_open_document_stands_for_its_file(tmp_path: Path) -> None:
    workspace = workspace_of(tmp_path, {"a.py": "def on_disk(): ...\n"})
    uri = (tmp_path / "app/a.py").as_uri()
    file = workspace.put(DocumentSnapshot(uri, "python", 2, "def in_editor(): ...\n"))
    assert file is not None
    assert workspace.index.named("in_editor")
    assert not workspace.index.named("on_disk")
    assert workspace.index.spread(["in_editor"]) == {"in_editor": 1}
    assert workspace.index.text(file) == "def in_editor(): ...\n"
    workspace.index.close(file)
    assert workspace.index.named("on_disk")
    assert not workspace.index.named("in_editor")
