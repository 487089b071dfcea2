"""The settings as pages and schemas, and changing the user's own file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from cornerman.cli import settings as command
from cornerman.core.errors import BadInputError
from cornerman.settings import load, rendering, user_file
from cornerman.settings.fields import all_settings
from cornerman.settings.writing import write

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORNERMAN_CONFIG_DIR", str(tmp_path / "config"))


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers())
    args = parser.parse_args(["settings", *arguments])
    return args.run(args)


def test_the_page_of_settings_is_up_to_date() -> None:
    page = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert page == rendering.as_markdown(), "run `cornerman settings docs > docs/settings.md`"


def test_every_setting_is_in_every_rendering() -> None:
    page, lua = rendering.as_markdown(), rendering.as_lua()
    contribution = json.loads(rendering.as_vscode())
    for setting in all_settings():
        assert f"### `{setting.name}`" in page
        assert f"---@field {setting.path[-1]}? " in lua
        assert contribution[f"cornerman.{setting.name}"]["markdownDescription"]


def test_vs_code_keeps_what_is_the_users_alone_from_workspaces() -> None:
    contribution = json.loads(rendering.as_vscode())
    for setting in all_settings():
        scope = contribution[f"cornerman.{setting.name}"]["scope"]
        assert scope == ("machine" if setting.user_only else "window")
    assert contribution["cornerman.engine.url"]["type"] == ["string", "null"]


def test_a_written_value_is_read_again_and_comments_stay() -> None:
    user_file().parent.mkdir()
    user_file().write_text("# mine\n[completion] # yes\nenabled = false\n")
    write({"completion.max_line_tokens": 9, "engine.threads": 2})
    settings, problems = load((), (), {})
    assert problems == []
    assert (settings.completion.max_line_tokens, settings.engine.threads) == (9, 2)
    assert not settings.completion.enabled
    assert user_file().read_text().startswith("# mine\n[completion] # yes\n")


def test_a_broken_file_is_not_overwritten() -> None:
    user_file().parent.mkdir()
    user_file().write_text("model = ")
    with pytest.raises(BadInputError, match="cannot be changed"):
        write({"model": "x"})
    assert user_file().read_text() == "model = "


def test_set_checks_the_value_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("set", "completion.enabled", "false") == 0
    assert capsys.readouterr().out == f"{user_file()}\n"
    assert not load((), (), {})[0].completion.enabled
    with pytest.raises(BadInputError, match="greater than or equal to 1"):
        run("set", "completion.max_line_tokens", "0")
    with pytest.raises(BadInputError, match="no setting 'colour'"):
        run("set", "colour", "red")


def test_show_tells_what_differs_and_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    user_file().parent.mkdir()
    user_file().write_text("colour = 1\nmodel = 'mine'\n")
    assert run() == 1
    out, err = capsys.readouterr()
    assert "model = mine" in out
    assert "colour: there is no such setting" in err
