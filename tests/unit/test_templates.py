from __future__ import annotations

import pytest

from cornerman.core.errors import BadInputError
from cornerman.prompting import templates

GOOD = "variables: name, code\n\n# system\nBe brief.\n\n# user\nExplain {{ name }}: {{code}}\n"


def test_every_shipped_template_parses_and_renders() -> None:
    tasks = [path.stem for path in templates.folder().glob("*.md")]
    assert "explain" in tasks
    for task in tasks:
        template = templates.load(task)
        values = {name: f"<{name}>" for name in template.variables}
        system, user = template.render(**values)
        assert (system.role, user.role) == ("system", "user")
        assert all(value in system.content + user.content for value in values.values())


def test_values_are_never_expanded() -> None:
    template = templates.parse("t", GOOD)
    _, user = template.render(name="{{ code }}", code="{{ name }} {% raw %}")
    assert user.content == "Explain {{ code }}: {{ name }} {% raw %}"


@pytest.mark.parametrize("values", [{"name": "f"}, {"name": "f", "code": "x", "more": "y"}])
def test_missing_and_unknown_variables_are_refused(values: dict[str, str]) -> None:
    with pytest.raises(BadInputError, match="variables"):
        templates.parse("t", GOOD).render(**values)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("variables: name, code", "variables: name"),
        GOOD.replace("{{code}}", ""),
        GOOD.replace("# system", "# sys"),
        "",
    ],
)
def test_a_broken_template_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        templates.parse("t", text)
