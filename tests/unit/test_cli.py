from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.cli import main
from cornerman.cli.ghost import with_ghost
from cornerman.cli.sample import parse, sample_project
from cornerman.cli.source_file import offset_of, parse_place
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import BadInputError

COMMANDS = [
    "serve",
    "engine",
    "complete",
    "try",
    "stats",
    "models",
    "models list",
    "models pull",
    "models path",
    "models add",
    "models rm",
    "models verify",
    "models prune",
    "models quantize",
    "settings",
    "doctor",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main([*command.split(), "--help"])
    assert left.value.code == 0
    shown = capsys.readouterr().out
    assert "example" in shown
    assert f"cornerman {command.split()[0]}" in shown


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["complete"], ["serve", "--nonsense"]])
def test_wrong_usage_is_exit_code_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("nowhere.py", "write FILE:LINE:COL"),
        ("a.py:0:1", "write FILE:LINE:COL"),
        ("a.py:x:1", "write FILE:LINE:COL"),
        ("missing.py:1:1", "cannot be read"),
    ],
)
def test_a_bad_place_is_one_sentence(
    place: str, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["complete", place]) == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert said.startswith("cornerman: ")
    assert said.count("\n") == 1


def test_a_file_name_may_hold_colons() -> None:
    assert parse_place("C:\\a:b.py:3:4") == (Path("C:\\a:b.py"), 3, 4)


def test_columns_count_characters_from_one() -> None:
    snapshot = DocumentSnapshot("file:///a.py", "python", 0, "x = 1\ny😀 = 2")
    assert offset_of(snapshot, 1, 1) == 0
    assert offset_of(snapshot, 1, 6) == 5
    assert offset_of(snapshot, 2, 3) == 8
    for line, column in ((3, 1), (1, 7)):
        with pytest.raises(BadInputError):
            offset_of(snapshot, line, column)


def test_the_sample_project_has_a_line_a_word_and_a_body() -> None:
    cursors = [
        (sample.text[:cursor].rpartition("\n")[2], sample.text[cursor:].partition("\n")[0])
        for sample in sample_project()
        for cursor in sample.cursors
    ]
    assert any(left.isspace() and not right for left, right in cursors), "a whole body"
    assert any(left[-1:].isalpha() for left, _ in cursors), "the middle of a word"
    assert any(right for _, right in cursors), "text to the right"


def test_cursor_marks_are_taken_out() -> None:
    assert parse("a.py", "x = ‸\ny = ‸1").cursors == (4, 9)
    assert parse("a.py", "x = ‸\ny = ‸1").text == "x = \ny = 1"


def test_a_suggestion_is_drawn_dimmed_between_the_code() -> None:
    snapshot = DocumentSnapshot("file:///a.py", "python", 0, "a = 1\nb = (\n")
    drawn = with_ghost(snapshot, 11, "2)", 1)
    assert drawn.plain == "a = 1\nb = (2)"
    assert [(span.start, span.end) for span in drawn.spans if "dim" in str(span.style)] == [
        (11, 13)
    ]
