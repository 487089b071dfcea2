"""Settings from files, the environment and the editor: what outweighs what, and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.settings import WORKSPACE_FILE, Settings, load, user_file
from cornerman.settings.fields import all_settings, snake
from cornerman.settings.sources import line_of


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of the workspace, and an empty configuration of the user's."""
    monkeypatch.setenv("CORNERMAN_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config").mkdir()
    (tmp_path / "workspace").mkdir()
    return tmp_path / "workspace"


def test_each_source_outweighs_those_before_it(workspace: Path) -> None:
    def deadline(editor: object = None, **variables: str) -> int:
        settings, problems = load([workspace], [editor], variables)
        assert problems == []
        return settings.completion.deadline_ms

    editor = {"completion": {"deadlineMs": 3000}}
    assert deadline() == Settings().completion.deadline_ms
    user_file().write_text("[completion]\ndeadline_ms = 1000\n")
    assert deadline() == 1000
    (workspace / WORKSPACE_FILE).write_text("completion.deadline_ms = 2000\n")
    assert deadline() == 2000
    assert deadline(editor) == 3000
    assert deadline(editor, CORNERMAN_COMPLETION_DEADLINE_MS="4000") == 4000


def test_a_default_that_the_editor_sends_undoes_a_file_and_null_does_not(workspace: Path) -> None:
    user_file().write_text("model = 'mine'\n[completion]\nenabled = false\ncandidates = 2\n")
    editor = {"model": "auto", "completion": {"enabled": True, "candidates": None}}
    settings, problems = load([workspace], [editor], {})
    assert (settings.model, settings.completion.enabled, problems) == ("auto", True, [])
    assert settings.completion.candidates == 2


def test_what_plugins_keep_for_themselves_is_no_mistake(workspace: Path) -> None:
    sent = {"editor": {"preview": 3}, "server": {"path": ""}, "trace": {"server": "off"}}
    assert load([workspace], [sent], {}) == (Settings(), [])


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("\n[completion]\ndeadline_ms = 'soon'\n", 3, "completion.deadline_ms: Input should be"),
        ("# a comment\n\nmodle = 'x'\n", 3, "modle: there is no such setting, did you mean model"),
        ("[completion]\nenabled = true\n[colours]\nx = 1\n", 3, "colours: there is no such"),
        ("completion = 5\n", 1, "completion: Input should be"),
    ],
)
def test_a_mistake_is_told_with_file_and_line_and_ignored(
    workspace: Path, text: str, line: int, said: str
) -> None:
    user_file().write_text(text)
    settings, problems = load([workspace], (), {})
    assert settings == Settings()
    assert len(problems) == 1
    assert problems[0].startswith(f"{user_file()}:{line}: {said}")
    assert problems[0].endswith("it is ignored.")


def test_a_file_that_is_no_toml_is_told_with_the_place(workspace: Path) -> None:
    user_file().write_text("model = \n")
    settings, problems = load([workspace], (), {})
    assert settings == Settings()
    assert len(problems) == 1
    assert str(user_file()) in problems[0]
    assert "line 1" in problems[0]


def test_a_mistake_in_the_environment_is_told_with_the_variable(workspace: Path) -> None:
    settings, problems = load([workspace], (), {"CORNERMAN_COMPLETION_DEADLINE_MS": "soon"})
    assert settings == Settings()
    assert problems[0].startswith("Environment variable CORNERMAN_COMPLETION_DEADLINE_MS: ")


def test_a_bad_value_leaves_the_one_it_would_have_outweighed(workspace: Path) -> None:
    user_file().write_text("[completion]\ndeadline_ms = 1000\n")
    (workspace / WORKSPACE_FILE).write_text("[completion]\ndeadline_ms = -1\n")
    settings, problems = load([workspace], (), {})
    assert settings.completion.deadline_ms == 1000
    assert len(problems) == 1


@pytest.mark.parametrize(
    "text",
    [
        'engine.url = "http://example.org"',
        '[engine]\napi_key_file = "/etc/key"',
        '[engine]\napiKeyEnv = "AWS_SECRET"',
        'engine = { url = "http://example.org" }',
        "[statistics]\nenabled = true",
    ],
)
def test_a_workspace_cannot_say_where_code_goes_or_what_is_kept(workspace: Path, text: str) -> None:
    (workspace / WORKSPACE_FILE).write_text(text)
    settings, problems = load([workspace], (), {})
    assert settings == Settings()
    assert len(problems) == 1
    assert "only your own settings can set this" in problems[0]
    assert problems[0].startswith(str(workspace / WORKSPACE_FILE))


def test_nothing_that_names_a_program_an_address_or_a_secret_is_left_to_workspaces() -> None:
    dangerous = ("url", "key", "command", "prompts", "backend", "exclude", "secret", "folder")
    for setting in all_settings():
        if any(word in setting.path[-1] for word in dangerous):
            assert setting.user_only, f"{setting.name} must be marked USER_ONLY"


def test_every_setting_is_documented_and_has_a_variable_of_its_own() -> None:
    settings = all_settings()
    assert all(setting.description for setting in settings)
    assert len({setting.variable for setting in settings}) == len(settings)


def test_keys_in_camel_case_are_those_of_the_settings() -> None:
    assert snake("maxLineTokens") == "max_line_tokens"
    assert snake("max_line_tokens") == "max_line_tokens"


def test_the_line_of_a_value_is_that_of_its_nearest_table() -> None:
    text = '[a]\nb = 1\n\n[a.c]\n"d" = 2\n# a.c.e = 3\n'
    assert line_of(text, ("a", "b")) == 2
    assert line_of(text, ("a", "c", "d")) == 5
    assert line_of(text, ("a", "c", "e")) == 4
    assert line_of(text, ("x",)) == 1


def test_a_mistake_about_privacy_shows_no_code_of_other_files(workspace: Path) -> None:
    user_file().write_text("[context]\nexclude = 5\n")
    settings, problems = load([workspace], (), {})
    assert not settings.context.enabled
    assert "Code of other files is not used" in problems[-1]
