from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.core.errors import BadInputError
from cornerman.prompting import templates

GOOD = "variables: name, code\n\n# system\nBe brief.\n\n# user\nExplain {{ name }}: {{code}}\n"
WITH_EXAMPLE = GOOD.replace("# user", "# example\nWhat is f?\n# answer\nNothing.\n\n# user")
TASKS = sorted(path.stem for path in templates.folder().glob("*.md"))


@pytest.mark.parametrize("task", TASKS)
def test_every_shipped_template_renders_with_all_of_its_variables(task: str) -> None:
    template = templates.load(task)
    values = {name: f"<{name}>" for name in template.variables}
    system, *examples, user = template.render(**values)
    assert (system.role, user.role) == ("system", "user")
    assert [one.role for one in examples] == ["user", "assistant"] * (len(examples) // 2)
    assert all(value in user.content for value in values.values())
    assert "{{" not in "".join(message.content for message in (system, *examples, user))
    for gap in values:
        with pytest.raises(BadInputError, match="variables"):
            template.render(**{name: "" for name in values if name != gap})


def test_examples_stand_between_the_parts_in_turns() -> None:
    rendered = templates.parse("t", WITH_EXAMPLE).render(name="f", code="x")
    assert [(one.role, one.content) for one in rendered] == [
        ("system", "Be brief."),
        ("user", "What is f?"),
        ("assistant", "Nothing."),
        ("user", "Explain f: x"),
    ]


def test_values_are_never_expanded() -> None:
    _, user = templates.parse("t", GOOD).render(name="{{ code }}", code="{{ name }} {% raw %}")
    assert user.content == "Explain {{ code }}: {{ name }} {% raw %}"


@pytest.mark.parametrize("values", [{"name": "f"}, {"name": "f", "code": "x", "more": "y"}])
def test_missing_and_unknown_variables_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(BadInputError, match="variables"):
        templates.parse("t", GOOD).render(**values)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (GOOD.replace("variables: name, code", "variables: name"), 7),
        (GOOD.replace("{{code}}", ""), 1),
        (GOOD.replace("Be brief.", "Be brief, {{ name }}."), 4),
        (GOOD.replace("# system", "# sys"), 3),
        (GOOD.replace("# user", "# answer"), 6),
        (WITH_EXAMPLE.replace("# answer\nNothing.\n", ""), 9),
        (GOOD.partition("# user")[0], 6),
        ("", 1),
    ],
)
def test_a_broken_template_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BadInputError, match=f"line {line}:"):
        templates.parse("t", text)


def test_templates_of_ones_own_come_first(tmp_path: Path) -> None:
    shipped = templates.load("simplify")
    assert templates.load("simplify", tmp_path) == shipped
    own = "variables: code\n# system\nShout.\n# user\n{{ code }}\n"
    (tmp_path / "simplify.md").write_text(own, encoding="utf-8")
    template = templates.load("simplify", tmp_path)
    rendered = template.render(**{name: f"<{name}>" for name in shipped.variables})
    assert [one.content for one in rendered] == ["Shout.", "<code>"]


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ("variables: code\n# system\nShout.\n# user\n{{ cod }}\n", "line 5: 'cod'"),
        ("variables: weather\n# system\nShout.\n# user\n{{ weather }}\n", "line 1: .*weather"),
        ("hello", "line 1"),
    ],
)
def test_what_is_wrong_with_ones_own_template_is_told(own: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "simplify.md"
    path.write_text(own, encoding="utf-8")
    with pytest.raises(BadInputError, match=told) as caught:
        templates.load("simplify", tmp_path)
    assert str(path) in str(caught.value)
