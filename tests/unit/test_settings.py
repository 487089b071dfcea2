"""Settings from editors: any value that can be used is, any other is reported."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cornerman.settings import Settings, parse


@pytest.mark.parametrize("raw", [None, {}, {"cornerman": {}}, {"cornerman": None}], ids=str)
def test_nothing_given_means_the_defaults(raw: object) -> None:
    settings, _ = parse(raw)
    assert settings == Settings()
    assert settings.model == settings.chat_model == "auto"
    assert settings.completion.enabled


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_values_are_taken_bare_and_under_the_section_name(*, is_wrapped: bool) -> None:
    values = {"model": "m", "completion": {"enabled": False}}
    settings, problems = parse({"cornerman": values} if is_wrapped else values)
    assert (settings.model, settings.completion.enabled, problems) == ("m", False, [])


@pytest.mark.parametrize(
    ("raw", "setting"),
    [
        ({"model": 5}, "model"),
        ({"completion": 5}, "completion"),
        ({"completion": {"deadline_ms": 1}}, "completion.deadline_ms"),
        ({"completion": {"max_line_tokens": "many"}}, "completion.max_line_tokens"),
        ({"engine": {"threads": 0}}, "engine.threads"),
        ({"engine": {"threads": {"a": 1}}}, "engine.threads"),
        ({"colour": "red"}, "colour"),
        ({"completion": {"colour": "red"}}, "completion.colour"),
    ],
    ids=str,
)
def test_a_bad_value_falls_back_alone_and_is_named(raw: dict[str, object], setting: str) -> None:
    settings, problems = parse({"engine": {"exit_after_minutes": 3}}, raw)
    assert settings.engine.exit_after_minutes == 3
    assert settings.completion == Settings().completion
    assert [problem.split(":")[0] for problem in problems] == [f"Setting {setting}"]


def test_every_bad_value_is_reported_and_every_good_one_kept() -> None:
    settings, problems = parse(
        {"model": 1, "completion": {"deadline_ms": -1, "max_line_tokens": 7}, "x": 0}
    )
    assert settings.completion.max_line_tokens == 7
    assert len(problems) == 3


@pytest.mark.parametrize("raw", [5, "text", [1], True], ids=str)
def test_settings_that_are_no_object_are_reported(raw: object) -> None:
    settings, problems = parse(raw)
    assert settings == Settings()
    assert len(problems) == 1


def test_later_sources_win_value_by_value() -> None:
    initial = {"model": "first", "completion": {"enabled": False, "deadline_ms": 500}}
    later = {"cornerman": {"completion": {"enabled": True}}}
    settings, problems = parse(initial, None, later)
    assert settings.model == "first"
    assert settings.completion.enabled
    assert settings.completion.deadline_ms == 500
    assert problems == []


def test_the_sources_are_left_as_they_are() -> None:
    first, second = {"completion": {"deadline_ms": -1}}, {"completion": {"enabled": False}}
    parse(first, second)
    assert first == {"completion": {"deadline_ms": -1}}
    assert second == {"completion": {"enabled": False}}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["cornerman", "model", "completion", "engine", "threads", "x"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_no_value_whatever_stops_the_server(first: object, second: object) -> None:
    settings, problems = parse(first, second)
    assert isinstance(settings, Settings)
    assert all(problem.endswith(".") for problem in problems)
