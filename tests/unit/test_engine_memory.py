from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine.host import memory
from cornerman.engine.host.backends.base import LoadOptions
from cornerman.engine.host.memory import MemoryNeed, fitted, need_of
from cornerman.models.gguf import Metadata
from cornerman.settings import STARTER_MODEL

# 24 layers, 2 heads, 64 keys and 64 values of two bytes each.
STARTER_KV = 24 * 2 * (64 + 64) * 2
STARTER: Metadata = {
    "general.architecture": "qwen2",
    "qwen2.block_count": 24,
    "qwen2.embedding_length": 896,
    "qwen2.attention.head_count": 14,
    "qwen2.attention.head_count_kv": 2,
}


def file_of(tmp_path: Path, mib: int) -> Path:
    path = tmp_path / "model.gguf"
    with path.open("wb") as file:
        file.truncate(mib << 20)
    return path


def test_weights_are_the_file_and_kv_follows_from_the_heads(tmp_path: Path) -> None:
    need = need_of(file_of(tmp_path, 469), STARTER, 8192)
    assert (need.weights_mib, need.kv_bytes) == (469, STARTER_KV)
    assert need.kv_mib == STARTER_KV * 8192 >> 20 == 96


@pytest.mark.parametrize(
    ("differing", "expected"),
    [
        ({"qwen2.attention.head_count_kv": 14}, 7 * STARTER_KV),
        ({"qwen2.attention.key_length": 128, "qwen2.attention.value_length": 128}, 2 * STARTER_KV),
        ({"qwen2.attention.head_count_kv": [4, 0] * 12}, STARTER_KV),
        ({"general.architecture": "unheard-of"}, 0),
    ],
)
def test_kv_of_other_shapes(tmp_path: Path, differing: Metadata, expected: int) -> None:
    assert need_of(file_of(tmp_path, 1), STARTER | differing, 1).kv_bytes == expected


@pytest.mark.parametrize("nested", [False, True])
def test_a_folder_is_measured_by_its_weights_and_configuration(
    tmp_path: Path, *, nested: bool
) -> None:
    config = {
        "num_hidden_layers": 24,
        "num_attention_heads": 14,
        "num_key_value_heads": 2,
        "hidden_size": 896,
    }
    content = {"text_config": config} if nested else config
    (tmp_path / "config.json").write_text(json.dumps(content), "utf-8")
    for part in range(2):
        (tmp_path / f"model-{part}.safetensors").write_bytes(bytes(1 << 20))
    need = need_of(tmp_path, {}, 8192)
    assert (need.weights_mib, need.kv_bytes) == (2, STARTER_KV)


NEED = MemoryNeed(weights_mib=4000, kv_mib=448, kv_bytes=57_344)


def test_a_model_with_room_enough_has_everything() -> None:
    options = fitted("big", NEED, LoadOptions(8192), limit_mib=16_000)
    assert options == replace(LoadOptions(8192), kv_bytes_per_token=57_344, parked_mib=448)
    small = fitted("small", replace(NEED, kv_mib=96), LoadOptions(8192), limit_mib=16_000)
    assert small.parked_mib == 256


def test_when_memory_is_short_what_is_not_needed_goes_first() -> None:
    tight = fitted("big", NEED, LoadOptions(8192), limit_mib=NEED.total_mib + 700)
    assert (tight.parked_mib, tight.speculate) == (448, False)
    tighter = fitted("big", NEED, LoadOptions(8192), limit_mib=NEED.total_mib + 20)
    assert (tighter.parked_mib, tighter.speculate) == (20, False)
    assert tighter.context_tokens == 8192


def test_a_model_that_cannot_fit_is_refused_with_figures_and_one_that_does() -> None:
    with pytest.raises(EngineUnavailableError) as caught:
        fitted("big", NEED, LoadOptions(8192), limit_mib=2000)
    text = str(caught.value)
    assert f"needs about {NEED.total_mib} MiB (4000 for its weights, 448 for 8192 tokens" in text
    assert "2000 MiB" in text
    assert "choose qwen2.5-coder-1.5b-instruct" in text


def test_where_none_fits_the_settings_that_help_are_named() -> None:
    with pytest.raises(EngineUnavailableError, match=r"memory_limit_mib or lower engine\.context"):
        fitted(STARTER_MODEL, NEED, LoadOptions(8192), limit_mib=500)


def test_the_default_limit_leaves_something_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_memory", lambda: 8 << 30)
    assert 4000 < memory.default_limit_mib() < 6000


def test_the_memory_in_use_is_that_of_this_process() -> None:
    before = memory.used_mib()
    assert before is not None
    block = b"x" * (64 << 20)
    after = memory.used_mib()
    assert after is not None
    assert 50 <= after - before <= 90
    assert len(block) == 64 << 20
