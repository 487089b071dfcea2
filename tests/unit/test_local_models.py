"""What models of the user's own say about themselves, and copies that other programs have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cornerman.core.errors import BadInputError, DownloadError, ModelMissingError
from cornerman.models import catalog, local, own, pins, reuse, store
from cornerman.models.progress import Progress
from cornerman.models.spec import GgufFile, ModelSpec
from support.file_server import file_server
from support.gguf import tiny_metadata, write_gguf
from support.model_sources import CONTENT, FILE, HUB, SPEC, serve_hub

QWEN_TOKENS = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("CACHE", "STATE", "CONFIG"):
        monkeypatch.setenv(f"CORNERMAN_{kind}_DIR", str(tmp_path / kind))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for variable in ("HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "OLLAMA_MODELS"):
        monkeypatch.delenv(variable, raising=False)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Qwen2.5-Coder-7B-Instruct-Q4_K_M", "qwen2.5-coder"),
        ("qwen3-coder-30b-a3b", "qwen3-coder"),
        ("starcoder2-3b-Q4_K_M", "starcoder2"),
        ("deepseek-coder-6.7b-base", "deepseek-coder"),
        ("codellama-7b.Q4_K_M", "codellama"),
        ("codegemma-2b", "codegemma"),
        ("Codestral-22B-v0.1", "codestral"),
        ("granite-3b-code-base", "granite-code"),
        ("mellum-4b-base", "mellum"),
        ("Seed-Coder-8B-Base", "seed-coder"),
        ("Mistral-7B-Instruct-v0.3", "mistral"),
        ("Phi-3-mini-4k-instruct-q4", "phi-3"),
        ("gemma-2b-it", "gemma"),
        ("Meta-Llama-3-8B-Instruct", "llama-3"),
        ("SmolLM2-135M-Instruct", "smollm2"),
    ],
)
def test_the_family_follows_from_the_name(name: str, family: str) -> None:
    assert local.family_of([name], ()) == family


def test_the_control_tokens_outweigh_a_name_that_cannot_be() -> None:
    assert local.family_of(["my-codellama"], QWEN_TOKENS) == "qwen2.5-coder"
    assert local.family_of(["my-model"], QWEN_TOKENS) == "qwen2.5-coder"


def test_a_family_that_nothing_tells_has_to_be_said(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "mystery.gguf", {"general.architecture": "rwkv"})
    with pytest.raises(BadInputError, match="say it with --family"):
        local.describe(file)
    assert local.describe(file, family="smollm2").family == "smollm2"


def test_a_file_tells_its_shape_context_and_roles(tmp_path: Path) -> None:
    shape = {"block_count": 24, "embedding_length": 896, "context_length": 32768}
    heads = {"attention.head_count": 14, "attention.head_count_kv": 2}
    metadata = {
        "general.architecture": "qwen2",
        **{f"qwen2.{key}": value for key, value in {**shape, **heads}.items()},
        **tiny_metadata(),
    }
    spec = local.describe(write_gguf(tmp_path / "My Model.gguf", metadata))
    assert (spec.name, spec.family, spec.context_tokens) == ("my-model", "qwen2.5-coder", 32768)
    assert spec.roles == ("completion", "chat")
    assert spec.shape is not None
    assert spec.shape.kv_bytes(8192) == 96 << 20
    assert store.locate(spec) == tmp_path / "My Model.gguf"


def test_a_folder_tells_them_too(tmp_path: Path) -> None:
    folder = tmp_path / "starcoder2-tiny"
    folder.mkdir()
    config = {"model_type": "starcoder2", "num_hidden_layers": 2, "num_attention_heads": 4}
    config |= {"hidden_size": 64, "num_key_value_heads": 2, "max_position_embeddings": 4096}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(BadInputError, match=r"no \.safetensors files"):
        local.describe(folder)
    (folder / "model.safetensors").write_bytes(b"x" * 100)
    spec = local.describe(folder)
    assert (spec.family, spec.roles, spec.context_tokens) == ("starcoder2", ("completion",), 4096)
    assert spec.shape is not None
    assert spec.shape.head_dim == 16
    assert store.locate(spec) == folder


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(b"no")
    with pytest.raises(BadInputError, match="not a GGUF file"):
        local.describe(tmp_path / "a.gguf")
    with pytest.raises(ModelMissingError, match="There is no model"):
        catalog.find(str(tmp_path / "nothing"))


def test_models_of_ones_own_are_known_by_name_and_never_deleted(tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "mine.gguf", tiny_metadata())
    own.add(local.describe(file))
    own.add(local.describe(file).model_copy(update={"title": "again"}))
    assert [spec.title for spec in own.entries()[0]] == ["again"]
    assert catalog.find("mine").is_own
    store.remove(catalog.find("mine"))
    assert file.exists()
    assert own.entries() == ((), "")


class TestReuse:
    """Files that other programs keep."""

    def stages(self) -> set[str]:
        events: list[Progress] = []
        assert store.pull(SPEC, events.append).read_bytes() == CONTENT
        return {event.stage for event in events}

    @pytest.mark.parametrize("program", ["ollama", "hub", "lm studio"])
    def test_a_copy_is_taken_instead_of_a_download(
        self, program: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CORNERMAN_OFFLINE", "1")
        home = tmp_path / "home"
        repo = f"models--{HUB.repo.replace('/', '--')}"
        place = {
            "ollama": home / ".ollama" / "models" / "blobs" / f"sha256-{FILE.sha256}",
            "hub": home / ".cache" / "huggingface" / "hub" / repo / "blobs" / str(FILE.sha256),
            "lm studio": home / ".lmstudio" / "models" / "someone" / "tiny" / FILE.filename,
        }[program]
        place.parent.mkdir(parents=True)
        place.write_bytes(CONTENT)
        assert self.stages() == {"checking a copy found on this machine"}
        place.unlink()
        assert store.locate(SPEC) is not None

    def test_a_copy_that_is_another_file_is_not_taken(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        blob = reuse.ollama_folder() / "blobs" / f"sha256-{FILE.sha256}"
        blob.parent.mkdir(parents=True)
        blob.write_bytes(b"!" + CONTENT[1:])
        with file_server() as server:
            serve_hub(server, monkeypatch)
            assert "Hugging Face Hub" in self.stages()


class TestWithoutHash:
    """Files whose hash the catalogue does not know."""

    @pytest.fixture
    def spec(self) -> ModelSpec:
        file = GgufFile(filename="tiny.gguf", size_bytes=1000, sources=(HUB,))
        return SPEC.model_copy(update={"gguf": file})

    def test_what_the_hub_says_at_first_is_remembered(
        self, spec: ModelSpec, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with file_server() as server:
            serve_hub(server, monkeypatch)
            path = store.pull(spec, lambda _: None)
        assert pins.pinned(spec.name, "tiny.gguf") == pins.Pin(
            size_bytes=len(CONTENT), sha256=str(FILE.sha256)
        )
        assert store.locate(spec) == path
        path.write_bytes(b"!" + CONTENT[1:])
        assert store.locate(spec) is None

    def test_a_copy_is_recognized_by_what_the_hub_says(
        self, spec: ModelSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        copy = tmp_path / "home" / ".lmstudio" / "models" / "someone" / "tiny" / "tiny.gguf"
        copy.parent.mkdir(parents=True)
        copy.write_bytes(CONTENT)
        with file_server() as server:
            serve_hub(server, monkeypatch)
            assert store.pull(spec, lambda _: None).read_bytes() == CONTENT
            assert {seen.method for seen in server.seen} == {"HEAD"}

    def test_the_cache_of_the_hub_libraries_says_it_too(
        self, spec: ModelSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CORNERMAN_OFFLINE", "1")
        cached = tmp_path / "home" / ".cache" / "huggingface" / "hub" / "models--someone--tiny"
        blob = cached / "blobs" / str(FILE.sha256)
        for path in (blob, cached / "snapshots" / "abc" / HUB.file):
            path.parent.mkdir(parents=True)
        blob.write_bytes(CONTENT)
        (cached / "snapshots" / "abc" / HUB.file).symlink_to(blob)
        assert store.pull(spec, lambda _: None).read_bytes() == CONTENT
        store.remove(spec)
        blob.write_bytes(b"!" + CONTENT[1:])
        with pytest.raises(DownloadError, match="offline mode is on"):
            store.pull(spec, lambda _: None)
