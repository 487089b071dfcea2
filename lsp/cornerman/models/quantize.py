"""Making a smaller MLX model, by the converter of mlx-lm in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cornerman import paths
from cornerman.core.errors import BadInputError, DownloadError
from cornerman.models import hub, offline

_SAMPLE = ("argparse", "textwrap", "shlex", "calendar")
_SAMPLE_CHARACTERS = 2000
_METHODS = {"awq": "mlx_lm.quant.awq", "dwq": "mlx_lm.quant.dwq"}


def convert(source: str, out: Path, bits: int, group_size: int, method: str = "plain") -> None:
    """Write ``source`` (a folder, or a repository of the Hub) to ``out`` with ``bits`` a weight.

    ``method`` is ``plain`` (rounding), ``awq`` or ``dwq`` (both learn from data of the Hub).

    Raises:
        BadInputError: it cannot be done; the text says why. Nothing is left of ``out``.
    """
    path = Path(source)
    if path.is_file():
        raise BadInputError(
            f"{source} is a file; GGUF files come quantized, choose another one at download."
        )
    if out.exists():
        raise BadInputError(f"{out} exists already; remove it or choose another with --out.")
    _refuse_network(source, method)
    place = str(path.resolve()) if path.is_dir() else source
    size = ("--bits", str(bits), "--group-size", str(group_size))
    try:
        if method == "plain":
            size = ("-q", "--q-bits", str(bits), "--q-group-size", str(group_size))
            _run(("mlx_lm", "convert", "--hf-path", place, "--mlx-path", str(out), *size))
        else:
            _run((_METHODS[method], "--model", place, "--mlx-path", str(out), *size))
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise


def folder_of(source: str) -> Path | None:
    """Where the model at ``source`` lies on this machine, if it does.

    Raises:
        BadInputError: it is neither a folder nor the name of a repository.
    """
    path = Path(source)
    if path.is_dir():
        return path.resolve()
    try:
        return hub.cached_folder(source)
    except DownloadError as error:
        raise BadInputError(f"{source} is neither a folder nor a repository of the Hub.") from error


def perplexity(folder: Path) -> float:
    """Of an MLX model, on a few thousand characters of Python's own library; lower is better.

    Raises:
        BadInputError: the model cannot be run.
    """
    with tempfile.TemporaryDirectory() as place:
        answer = Path(place) / "answer.json"
        program = "cornerman.engine.host.backends.mlx.perplexity"
        _run((program, str(folder.resolve()), str(answer)), "Measuring", _sample())
        return math.exp(float(json.loads(answer.read_text("utf-8"))["loss"]))


def _refuse_network(source: str, method: str) -> None:
    """Raise in offline mode for what the converter would have to download."""
    here = folder_of(source)
    if not offline.is_on():
        return
    if here is None:
        raise BadInputError(f"{source} is not on this machine, and {offline.REASON}.")
    if method != "plain":
        raise BadInputError(f"{method} learns from data that it downloads, and {offline.REASON}.")


def _sample() -> str:
    library = Path(sysconfig.get_path("stdlib"))
    texts = [(library / f"{name}.py").read_text("utf-8") for name in _SAMPLE]
    return json.dumps([text[:_SAMPLE_CHARACTERS] for text in texts])


def _run(module: Sequence[str], doing: str = "Converting", given: str = "") -> None:
    """Run a module of this environment; ``doing`` is for the message if it fails.

    Run in one of our folders: ``-m`` looks for modules in the working directory first.
    """
    if importlib.util.find_spec("mlx_lm") is None:
        raise BadInputError(
            "Quantizing needs mlx-lm, which comes with Cornerman on Apple silicon; on Linux run "
            "`pip install mlx-lm 'mlx[cpu]'` in Cornerman's environment."
        )
    folder = paths.state_dir()
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        (sys.executable, "-m", *module),
        cwd=folder,
        env={**os.environ, "HF_HUB_OFFLINE": "1"} if offline.is_on() else None,
        input=given,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        last = [line.strip() for line in done.stderr.splitlines() if line.strip()][-1:]
        raise BadInputError(f"{doing} failed: {(last or ['it did not say why'])[0]}")
