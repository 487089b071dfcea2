"""Making a smaller MLX model, by the converter of mlx-lm in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import math
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cornerman import paths
from cornerman.core.errors import BadInputError

_SAMPLE = ("argparse", "textwrap", "shlex", "calendar")
_SAMPLE_CHARACTERS = 2000
_METHODS = {"awq": "mlx_lm.quant.awq", "dwq": "mlx_lm.quant.dwq"}


def convert(source: str, out: Path, bits: int, group_size: int, method: str = "plain") -> None:
    """Write ``source`` (a folder, or a repository of the Hub) to ``out`` with ``bits`` a weight.

    ``method`` is ``plain`` (rounding), ``awq`` or ``dwq`` (both learn from data of the Hub).

    Raises:
        BadInputError: it cannot be done; the text says why.
    """
    path = Path(source)
    if path.is_file():
        raise BadInputError(
            f"{source} is a file; GGUF files come quantized, choose another one at download."
        )
    if out.exists():
        raise BadInputError(f"{out} exists already; remove it or choose another with --out.")
    place = str(path.resolve()) if path.is_dir() else source
    size = ("--bits", str(bits), "--group-size", str(group_size))
    if method == "plain":
        size = ("-q", "--q-bits", str(bits), "--q-group-size", str(group_size))
        _run(("mlx_lm", "convert", "--hf-path", place, "--mlx-path", str(out), *size))
    else:
        _run((_METHODS[method], "--model", place, "--mlx-path", str(out), *size))


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
            "Quantizing needs mlx-lm, which is installed on Apple silicon; on Linux run "
            "`pip install 'cornerman[mlx-cpu]'`."
        )
    folder = paths.state_dir()
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        (sys.executable, "-m", *module),
        cwd=folder,
        input=given,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        last = [line.strip() for line in done.stderr.splitlines() if line.strip()][-1:]
        raise BadInputError(f"{doing} failed: {(last or ['it did not say why'])[0]}")
