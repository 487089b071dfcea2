"""Which snippets a prompt holds, and in which order."""

from __future__ import annotations

from cornerman.context.outline import compact
from cornerman.context.select import SIMILAR, parts_of, select
from cornerman.core.snippets import Snippet
from cornerman.features.surroundings import is_clearly_better


def snippet(
    name: str, score: float, *, text: str = "", path: str = "", source: str = "definition"
) -> Snippet:
    return Snippet(path or f"{name}.py", text or f"def {name}(): ...", source, score, name)


def test_the_best_fit_into_the_budget_and_the_best_of_all_comes_last() -> None:
    found = [snippet("low", 0.1), snippet("high", 3.0), snippet("middle", 1.0)]
    chosen = select(found, 70, "")
    assert [s.identity for s in chosen] == ["middle", "high"]
    assert select(reversed(found), 70, "") == chosen


def test_what_is_shown_already_is_left_out() -> None:
    found = [snippet("here", 3.0), snippet("there", 1.0)]
    assert [s.identity for s in select(found, 400, "x = 1\n  def here(): ...\n")] == ["there"]


def test_the_better_of_two_that_say_the_same_counts_once() -> None:
    found = [snippet("f", 1.0, text="short"), snippet("f", 2.0, text="long")]
    assert [s.text for s in select(found, 400, "")] == ["long"]


def test_snippets_of_one_file_become_one() -> None:
    found = [snippet("f", 1.0, path="a.py"), snippet("g", 2.0, path="a.py"), snippet("h", 3.0)]
    first, second = select(found, 600, "")
    assert (first.path, first.text) == ("a.py", "def f(): ...\ndef g(): ...")
    assert sorted(parts_of(first)) == ["f", "g"]
    assert second.identity == "h"


def test_a_long_snippet_is_cut_to_its_first_whole_lines() -> None:
    text = "\n".join(f"line {number}" for number in range(50))
    (chosen,) = select([snippet("long", 1.0, text=text)], 200, "")
    assert text.startswith(chosen.text + "\n")
    assert 3 <= chosen.text.count("\n") + 1 < 50


def test_definitions_leave_room_for_similar_code() -> None:
    definitions = [snippet(f"name_number_{n}", 5.0 - n / 10) for n in range(20)]
    similar = snippet("elsewhere", 0.5, text="x = call(y)\n" * 12, source=SIMILAR)
    assert any(s.source == SIMILAR for s in select([*definitions, similar], 900, ""))


def test_others_replace_what_is_shown_only_if_they_are_clearly_better() -> None:
    kept, little, much = snippet("kept", 1.0), snippet("little", 1.2), snippet("much", 3.0)
    found = [kept, little, much]
    assert not is_clearly_better([little], [kept], found)
    assert is_clearly_better([much], [kept], found)
    assert is_clearly_better([little], [snippet("gone", 9.0)], found)


def test_long_signatures_keep_the_names_of_their_parameters() -> None:
    long = (
        "def connect(self, host: str = 'localhost', *, options: dict[str, tuple[int, int]], "
        "retries: int = 3, timeout: float) -> Connection:"
    )
    assert compact(long) == (
        "def connect(self, host=..., *, options, retries=..., timeout) -> Connection:"
    )
    assert compact("def f(a: int) -> int:") == "def f(a: int) -> int:"
