from __future__ import annotations

import argparse
from collections.abc import Generator
from pathlib import Path

import pytest
from filelock import FileLock

from cornerman.cli import models
from cornerman.core.errors import BadInputError, ModelMissingError
from cornerman.models import catalog, hardware, store
from cornerman.settings import STARTER_MODEL
from support.file_server import FileServer, file_server
from support.gguf import tiny_metadata, write_gguf
from support.model_sources import CONTENT, SPEC, serve_hub, serve_packages


@pytest.fixture(autouse=True)
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[FileServer]:
    """The tiny model in place of the starter, and working sources for it."""
    monkeypatch.setenv("CORNERMAN_CACHE_DIR", str(tmp_path))
    for kind in ("STATE", "CONFIG", "RUNTIME"):
        monkeypatch.setenv(f"CORNERMAN_{kind}_DIR", str(tmp_path / kind))
    known = {STARTER_MODEL: SPEC.model_copy(update={"name": STARTER_MODEL})}
    monkeypatch.setattr(catalog, "catalog", lambda: known)
    with file_server() as server:
        serve_hub(server, monkeypatch)
        serve_packages(server, monkeypatch)
        yield server


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    models.add_parser(parser.add_subparsers())
    args = parser.parse_args(["models", *arguments])
    return args.run(args)


def test_pull_fetches_the_starter_prints_its_path_and_tells_progress_on_stderr(
    capsys: pytest.CaptureFixture[str],
):
    assert run("pull") == 0
    out, err = capsys.readouterr()
    path = Path(out.removesuffix("\n"))
    assert path.read_bytes() == CONTENT
    lines = err.splitlines()
    assert lines[0] == f"{STARTER_MODEL}, asking the Hugging Face Hub"
    assert f"{STARTER_MODEL}, Hugging Face Hub: 0.0 of 0.9 MB" in lines
    assert f"{STARTER_MODEL}, Hugging Face Hub: 0.9 of 0.9 MB" in lines
    assert len(lines) <= 13


def test_pull_draws_a_bar_on_a_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    assert run("pull") == 0
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == 1
    assert "900.0/900.0 kB" in err
    assert "100%" in err or "━" in err


def listed(capsys: pytest.CaptureFixture[str], name: str) -> list[str]:
    """The row of a model in the list."""
    capsys.readouterr()
    assert run("list") == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines() if f" {name} " in line]
    return rows[0]


def test_list_tells_what_is_installed_and_how_it_fits(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", "120")
    row = listed(capsys, STARTER_MODEL)
    assert row[:3] == ["*", STARTER_MODEL, "code+chat"]
    assert row[-4:] == ["well,", "fast", "no", "Apache-2.0"]
    run("pull")
    assert listed(capsys, STARTER_MODEL)[-2] == "yes"


def test_a_model_of_the_users_own_is_added_used_where_it_is_and_taken_off_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.undo()
    for kind in ("CACHE", "STATE", "CONFIG", "RUNTIME"):
        monkeypatch.setenv(f"CORNERMAN_{kind}_DIR", str(tmp_path / kind))
    file = tmp_path / "Qwen2.5-Coder-tiny.gguf"
    write_gguf(file, tiny_metadata())
    assert run("add", str(file), "--name", "mine") == 0
    assert capsys.readouterr().out == "mine (qwen2.5-coder), for completion and chat\n"
    assert run("path", "mine") == 0
    assert capsys.readouterr().out == f"{file}\n"
    assert catalog.find(str(file)).name == str(file)
    assert run("rm", str(file)) == run("rm", "mine") == 0
    assert file.exists()
    with pytest.raises(BadInputError):
        run("path", "mine")
    with pytest.raises(BadInputError, match="already"):
        run("add", str(file), "--name", STARTER_MODEL)


def test_a_model_that_does_not_fit_is_refused_with_one_that_does(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.undo()
    monkeypatch.setattr(hardware, "total_memory", lambda: 4 << 30)
    with pytest.raises(BadInputError, match=r"codestral-22b needs about .*; choose qwen2.5-coder"):
        run("pull", "codestral-22b")


def test_rm_verify_and_prune(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    run("pull")
    assert run("verify") == 0
    path = Path(capsys.readouterr().out.splitlines()[0])
    path.write_bytes(b"!" + CONTENT[1:])
    assert run("verify", STARTER_MODEL) == 1
    assert "damaged; run `cornerman models pull" in capsys.readouterr().out
    path.with_name("tiny.gguf.incomplete").write_bytes(b"x" * 1_000_000)
    (tmp_path / "models" / "gone").mkdir()
    (tmp_path / "models" / "gone" / "old.gguf").write_bytes(b"x" * 1_000_000)
    assert run("prune") == 0
    assert capsys.readouterr().out == "2 MB freed\n"
    assert run("rm", STARTER_MODEL) == 0
    assert not path.parent.exists()


def test_prune_leaves_what_is_being_fetched(tmp_path: Path):
    folder = tmp_path / "models" / STARTER_MODEL
    folder.mkdir(parents=True)
    (folder / "tiny.gguf.incomplete").write_bytes(b"x")
    with FileLock(folder / ".lock"):
        assert run("prune") == 0
    assert (folder / "tiny.gguf.incomplete").exists()


def test_prune_deletes_nothing_while_a_catalogue_of_ones_own_cannot_be_read(tmp_path: Path):
    fetched = tmp_path / "models" / "mine"
    fetched.mkdir(parents=True)
    (tmp_path / "CONFIG").mkdir()
    (tmp_path / "CONFIG" / "models.toml").write_text("[[models]]\nname = 5\n")
    with pytest.raises(BadInputError, match=r"models\.toml is not used: .*; correct it"):
        run("prune")
    assert fetched.exists()


def test_path_prints_the_path_and_nothing_else(capsys: pytest.CaptureFixture[str]):
    run("pull")
    capsys.readouterr()
    assert run("path", STARTER_MODEL) == 0
    out, err = capsys.readouterr()
    assert out == f"{store.locate(catalog.find(STARTER_MODEL))}\n"
    assert err == ""


def test_path_of_a_model_that_is_not_here_fails_with_the_way_to_get_it():
    with pytest.raises(ModelMissingError, match=f"`cornerman models pull {STARTER_MODEL}`"):
        run("path", STARTER_MODEL)


def test_an_unknown_model_is_refused():
    with pytest.raises(BadInputError, match="no model 'gpt-99'"):
        run("pull", "gpt-99")


def test_wrong_usage_is_exit_code_2(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as caught:
        run("path")
    assert caught.value.code == 2


@pytest.mark.parametrize("action", [(), ("list",), ("pull",), ("path",)])
def test_help_shows_an_example(action: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as caught:
        run(*action, "--help")
    assert caught.value.code == 0
    assert "cornerman models" in capsys.readouterr().out
