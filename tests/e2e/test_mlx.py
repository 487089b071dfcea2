"""The MLX backend with real weights, and with model folders that mean harm."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.core.generation import Control, FinishReason, SamplingParams, Text
from cornerman.engine.host.backends.base import LoadOptions, TokenRequest
from cornerman.engine.host.backends.mlx import MlxBackend
from cornerman.engine.host.tokenizer import ModelTokenizer
from cornerman.models import catalog, store
from cornerman.models.gguf import read_metadata
from cornerman.settings import STARTER_MODEL
from support.loaded_models import answer
from support.mlx_starter import mlx_starter
from support.tiny_models import tiny_model

BEFORE = 'def mean(values: list[float]) -> float:\n    """The arithmetic mean."""\n'


@pytest.mark.timeout(600)  # a CPU is two orders slower at this than the machines MLX is for
def test_the_starter_model_completes_a_line() -> None:
    source = store.require(catalog.find(STARTER_MODEL))
    tokenizer = ModelTokenizer(read_metadata(source))
    model = MlxBackend().load(mlx_starter(source), LoadOptions(512))
    pieces = [
        *(Control("<|fim_prefix|>"), Control("<|fim_suffix|>"), Text("\n")),
        *(Control("<|fim_middle|>"), Text(BEFORE)),
    ]
    prompt, required = tokenizer.heal(pieces, "    retu")
    sampling = SamplingParams(max_tokens=14, stop=("\n",))
    said = answer(model, TokenRequest(prompt, sampling, required_start=required))
    text = said.text
    model.close()
    assert said.finished.reason is FinishReason.STOP
    assert text.startswith(required)
    scope: dict[str, object] = {}
    exec(BEFORE + "    retu" + text.removeprefix(required), scope)
    mean = scope["mean"]
    assert callable(mean)
    assert mean([1.0, 2.0, 6.0]) == 3.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model("qwen2").mlx, tmp_path / "model"))


def rewrite(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, **changes}))


def refuse(folder: Path, reason: str) -> None:
    with pytest.raises(EngineUnavailableError, match=reason):
        MlxBackend().load(folder, LoadOptions(512))


def test_code_in_a_model_folder_is_never_run(folder: Path, tmp_path: Path) -> None:
    mark = tmp_path / "was run"
    code = f"import pathlib\npathlib.Path({str(mark)!r}).touch()\n"
    for name in ("custom.py", "configuration_custom.py", "tokenization_custom.py"):
        (folder / name).write_text(code)
    automatic = {
        "AutoConfig": "configuration_custom.Config",
        "AutoTokenizer": ["tokenization_custom.Tokenizer", None],
    }
    rewrite(folder, model_file="custom.py", auto_map=automatic)
    (folder / "tokenizer_config.json").write_text(json.dumps({"auto_map": automatic}))
    refuse(folder, "code of its own")
    rewrite(folder, model_file=None)
    MlxBackend().load(folder, LoadOptions(512)).close()
    assert not mark.exists()


def test_folders_that_cannot_be_used_are_refused_with_a_reason(folder: Path) -> None:
    refuse(folder.parent, r"no config\.json")
    rewrite(folder, model_type="no_such_kind")
    refuse(folder, "of a kind MLX does not know")
    rewrite(folder, model_type="qwen2", hidden_size=32)
    refuse(folder, "cannot be loaded")
    rewrite(folder, hidden_size=64)
    weights = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(weights[:1000])
    refuse(folder, "cannot be loaded")
    (folder / "tokenizer.json").unlink()
    refuse(folder, r"no tokenizer\.json")
