"""How models fit machines, and which one is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.core.errors import BadInputError
from cornerman.core.models import Fit
from cornerman.models import choice, hardware, store
from cornerman.models.catalog import catalog, find
from cornerman.models.families import FAMILIES
from cornerman.models.fit import alternative, best, form_for, judge
from cornerman.models.hardware import Machine
from cornerman.models.spec import GgufFile, MlxFolder, ModelSpec

GB = 10**9


@pytest.fixture(autouse=True)
def no_models_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNERMAN_CONFIG_DIR", str(tmp_path))


def machine(memory: float, cores: int = 8, *, apple_bandwidth: int = 0) -> Machine:
    bandwidth = apple_bandwidth or min(cores * 12, 48)
    total = int(memory * GB)
    return Machine("chip", apple_bandwidth > 0, cores, total, total // 2, bandwidth * GB)


NAMED = (
    *("qwen2.5-coder-0.5b-instruct", "qwen2.5-coder-1.5b-instruct", "qwen2.5-coder-3b-instruct"),
    *("qwen2.5-coder-7b-instruct", "qwen2.5-coder-14b-instruct", "qwen3-coder-30b-a3b-instruct"),
    *("starcoder2-3b", "starcoder2-7b", "deepseek-coder-1.3b-base", "deepseek-coder-6.7b-base"),
    *("codellama-7b", "codegemma-2b", "codegemma-7b", "codestral-22b", "granite-3b-code-base"),
    *("mellum-4b-base", "mistral-7b-instruct", "phi-3-mini-4k-instruct"),
    *("phi-3-mini-128k-instruct", "gemma-2b-it", "gemma-7b-it", "llama-3-8b-instruct"),
    "smollm2-135m-instruct",
)


@pytest.mark.parametrize("name", NAMED)
def test_each_named_model_is_known_with_all_that_is_to_be_known(name: str) -> None:
    spec = find(name)
    assert spec.fim_layout in FAMILIES[spec.family].layouts
    assert spec.shape is not None
    assert spec.gguf is not None
    assert spec.gguf.sources
    verdict = judge(spec, machine(64))
    assert verdict.memory_bytes > spec.size_bytes
    assert verdict.decode_speed > 0


@pytest.mark.parametrize(
    ("name", "kv_mib"),
    [
        ("qwen2.5-coder-0.5b-instruct", 96),  # 24 layers x 2 heads x 64 x 2 x 2 bytes x 8192
        ("codellama-7b", 4096),  # no grouped-query attention
        ("llama-3-8b-instruct", 1024),
    ],
)
def test_the_kv_cache_follows_from_the_shape(name: str, kv_mib: int) -> None:
    shape = find(name).shape
    assert shape is not None
    assert shape.kv_bytes(8192) == kv_mib << 20


def test_licences_that_forbid_use_at_work_say_so_and_are_never_chosen() -> None:
    noted = {spec.name for spec in catalog().values() if spec.license_note}
    assert noted == {"qwen2.5-coder-3b-instruct", "codestral-22b"}
    for memory in (4, 8, 16, 32, 64):
        assert choice.recommended(machine(memory)).name not in noted


def test_apple_silicon_takes_mlx_and_others_gguf() -> None:
    spec = find("starcoder2-3b")
    assert isinstance(form_for(spec, machine(16, apple_bandwidth=120)), MlxFolder)
    assert isinstance(form_for(spec, machine(16)), GgufFile)


@pytest.mark.parametrize(
    ("where", "recommended"),
    [
        (machine(4, 2), "qwen2.5-coder-0.5b-instruct"),
        (machine(25, 2), "qwen2.5-coder-0.5b-instruct"),
        (machine(16, 8), "qwen2.5-coder-1.5b-instruct"),
        (machine(32, apple_bandwidth=200), "qwen2.5-coder-7b-instruct"),
        (machine(1), "smollm2-135m-instruct"),
    ],
)
def test_the_recommended_model_is_the_best_that_runs_well(where: Machine, recommended: str) -> None:
    spec = choice.recommended(where)
    assert spec.name == recommended
    assert judge(spec, where).fit is not Fit.NO


def test_what_does_not_fit_is_refused_with_what_does() -> None:
    small = machine(4)
    assert judge(find("codestral-22b"), small).fit is Fit.NO
    with pytest.raises(
        BadInputError,
        match=r"2\.4 GB of this machine.s 4\.0 GB are for models; choose \S+, which fits",
    ):
        choice.refuse_unfit(find("codestral-22b"), small)
    choice.refuse_unfit(find("qwen2.5-coder-0.5b-instruct"), small)
    assert alternative(catalog().values(), 10**6, unless="") is None


class TestAuto:
    """The setting ``auto``."""

    @pytest.fixture
    def installed(self, monkeypatch: pytest.MonkeyPatch) -> set[str]:
        names: set[str] = set()

        def locate(spec: ModelSpec) -> Path | None:
            return Path("/there") if spec.name in names else None

        monkeypatch.setattr(store, "locate", locate)
        return names

    def test_while_nothing_is_installed_it_is_the_recommended_model(
        self, installed: set[str]
    ) -> None:
        assert not installed
        where = machine(16)
        assert choice.resolve("auto", where) == choice.recommended(where)

    def test_it_is_the_best_of_what_is_installed(self, installed: set[str]) -> None:
        installed |= {"smollm2-135m-instruct", "qwen2.5-coder-0.5b-instruct", "codellama-7b"}
        assert choice.resolve("auto", machine(16, 2)).name == "qwen2.5-coder-0.5b-instruct"

    def test_chats_are_for_the_model_that_completes_if_it_can(self, installed: set[str]) -> None:
        installed |= {"qwen2.5-coder-0.5b-instruct", "phi-3-mini-4k-instruct", "starcoder2-3b"}
        where = machine(16)
        chat = choice.resolve_chat("auto", "qwen2.5-coder-0.5b-instruct", where)
        assert chat.name == "qwen2.5-coder-0.5b-instruct"
        assert "chat" in choice.resolve_chat("auto", "starcoder2-3b", where).roles

    def test_a_name_is_taken_at_its_word(self, installed: set[str]) -> None:
        assert choice.resolve("codellama-7b").name == "codellama-7b"
        with pytest.raises(BadInputError):
            choice.resolve("gpt-99")


def test_this_machine_can_be_looked_at() -> None:
    here = hardware.probe()
    assert here.chip
    assert here.cores >= 1
    assert 0 < here.limit_bytes < here.memory_bytes
    assert here.available_bytes <= here.memory_bytes
    assert hardware.free_disk() > 0


def test_a_folder_for_mlx_replaces_no_file_where_mlx_is_slow() -> None:
    file = find("qwen2.5-coder-0.5b-instruct").model_copy(update={"mlx": None})
    folder = MlxFolder(size_bytes=file.size_bytes // 2, path="/smaller")
    own = file.model_copy(update={"name": "smaller", "gguf": None, "mlx": folder})
    assert best((own, file), machine(16, cores=2), "completion") is file
    assert judge(own, machine(16)).decode_speed < judge(file, machine(16)).decode_speed / 2
    on_apple = machine(16, apple_bandwidth=100)
    assert judge(own, on_apple).decode_speed > judge(file, on_apple).decode_speed
