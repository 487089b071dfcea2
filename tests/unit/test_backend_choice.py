from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.core.errors import EngineUnavailableError
from cornerman.engine.host import resident
from cornerman.engine.host.backends.base import Backend, LoadedModel, LoadOptions
from cornerman.engine.host.backends.choice import BackendName, backend_for, in_order
from cornerman.models.gguf import Metadata
from support.engine import ScriptedBackend
from support.gguf import tiny_metadata, write_gguf


@pytest.fixture
def both(tmp_path: Path) -> list[Path]:
    """A model as a folder and as a file."""
    folder, file = tmp_path / "folder", tmp_path / "model.gguf"
    folder.mkdir()
    write_gguf(file, tiny_metadata())
    return [file, folder]


@pytest.fixture
def on_apple(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr("platform.machine", lambda: "arm64")


def test_a_folder_is_for_mlx_and_a_file_for_llama_cpp(both: list[Path]) -> None:
    file, folder = both
    assert backend_for(file).name == backend_for(file, "llama.cpp").name == "llama.cpp"
    assert backend_for(folder).name == backend_for(folder, "mlx").name == "mlx"


@pytest.mark.parametrize(("index", "wanted"), [(0, "mlx"), (1, "llama.cpp")])
def test_a_backend_that_has_no_use_for_a_model_is_told(
    both: list[Path], index: int, wanted: BackendName
) -> None:
    with pytest.raises(EngineUnavailableError, match="set it to auto"):
        backend_for(both[index], wanted)


def test_elsewhere_the_file_comes_first(both: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert in_order(both) == both
    assert in_order(both, "mlx") == both[1:]


@pytest.mark.usefixtures("on_apple")
def test_on_apple_silicon_the_folder_comes_first(both: list[Path]) -> None:
    assert in_order(both) == both[::-1]
    assert in_order(both, "llama.cpp") == both[:1]
    assert in_order(both[:1], "mlx") == both[:1], "what cannot work says so itself"


class Refusing(ScriptedBackend):
    def load(self, path: Path, options: LoadOptions) -> LoadedModel:
        super().load(path, options)
        raise EngineUnavailableError("MLX does not know this model.")


@pytest.mark.usefixtures("on_apple")
def test_llama_cpp_runs_what_mlx_cannot_load(
    both: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def choose(path: Path, wanted: BackendName) -> Backend:
        asked.append(path.name)
        return Refusing() if path.is_dir() else ScriptedBackend()

    def locate(_: str) -> tuple[list[Path], None]:
        return both, None

    def read_metadata(_: Path) -> Metadata:
        return tiny_metadata()

    monkeypatch.setattr(resident, "locate", locate)
    monkeypatch.setattr(resident, "read_folder_metadata", read_metadata)
    shelf = resident.ModelShelf(LoadOptions(512), choose=choose)
    assert shelf.open("some-model").loaded.backend == "scripted"
    assert asked == ["folder", "model.gguf"]
