"""Emacs with the configuration of the README, and the real server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.editors import editor, root_of
from support.readme import block

pytestmark = pytest.mark.timeout(240)

FOLLOW = """
(setq make-backup-files nil)
(find-file "clamp.py")
(python-mode)
(goto-char (point-max))
"""
EGLOT = """
(setq eglot-sync-connect 60 eglot-connect-timeout 60)
(setq project-find-functions (list (lambda (_) (cons 'transient default-directory))))
(apply #'eglot--connect (eglot--guess-contact))
(eglot--managed-mode 1)
(goto-char (point-min))
(search-forward "return")
(let ((actions (append (eglot-code-actions (point) (point) nil nil) nil)))
  (dolist (action actions)
    (message "offered: %s" (plist-get action :title))))
(eglot-shutdown (eglot-current-server))
"""
LSP_MODE = """
(setq lsp-auto-guess-root t lsp-session-file (expand-file-name "session") lsp-response-timeout 60)
(setq lsp-enable-snippet nil lsp-enable-file-watchers nil)
(lsp-workspace-folders-add default-directory)
(lsp)
(with-timeout (60 (error "not connected"))
  (while (not (lsp--find-workspaces-for "textDocument/inlineCompletion"))
    (accept-process-output nil 0.05)))
(with-timeout (120 (error "no suggestion"))
  (while (not (lsp-inline-completion--active-p))
    (lsp-inline-completion-display)
    (accept-process-output nil 0.5)))
(lsp-inline-completion-accept)
(message "text: %s" (buffer-substring-no-properties (point-min) (point-max)))
(set-buffer-modified-p nil)
"""
SOURCE = """\
def clamp(value: int, low: int, high: int) -> int:
    \"\"\"Return value, but not less than low and not more than high.\"\"\"
    return """


def run(folder: Path, heading: str, script: str) -> str:
    """What Emacs says that has the configuration below ``heading`` and then runs ``script``."""
    emacs = editor("emacs")
    libraries = root_of(emacs) / "usr/share/emacs/site-lisp/elpa-src"
    (folder / ".git").mkdir()
    (folder / "clamp.py").write_text(SOURCE)
    (folder / "script.el").write_text(block("README.md", heading) + FOLLOW + script)
    # There is no compiler among the packages.
    no_compiler = "(setq native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil)"
    command = [str(emacs), "-Q", "--batch", f"--init-directory={folder}", "--eval", no_compiler]
    for library in sorted(libraries.glob("*/")):
        command += ["-L", str(library)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [*command, "-l", str(folder / "script.el")],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_eglot_offers_the_code_actions(tmp_path: Path) -> None:
    said = run(tmp_path, "Emacs, eglot", EGLOT)
    offered = [line for line in said.splitlines() if line.startswith("offered: ")]
    assert any("xplain" in line for line in offered), said


def test_lsp_mode_draws_and_takes_a_suggestion(tmp_path: Path) -> None:
    said = run(tmp_path, "Emacs, lsp-mode", LSP_MODE)
    text = said.rpartition("text: ")[2]
    assert text.startswith(SOURCE)
    assert "min(" in text.removeprefix(SOURCE), said
