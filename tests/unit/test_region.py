"""What of a document a prompt shows: it must stay the same while somebody types in one place."""

from __future__ import annotations

import pytest

from cornerman.context.site import completion_site
from cornerman.core.budget import ReadingSpeed, TokenBudget
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.site import CompletionSite
from cornerman.features.reading import Reading
from cornerman.prompting.region import Region
from cornerman.settings import CompletionSettings, Settings
from support.golden import CURSOR, at_cursor

LINES = "".join(f"value_{number} = compute({number})\n" for number in range(400))
ABOVE, BELOW = LINES[:6_000].rpartition("\n")[0] + "\n", LINES[6_100:].partition("\n")[2]
BUDGET = TokenBudget(200)


def site(marked: str) -> CompletionSite:
    return completion_site(*at_cursor(marked))


def here(line: str) -> CompletionSite:
    return site(f"{ABOVE}{line}\n{BELOW}")


def region(at: CompletionSite, budget: TokenBudget = BUDGET) -> Region:
    return Region.around(at, budget, (400, 100))


def test_a_window_is_whole_lines_within_its_budget() -> None:
    window = region(here("x = ‸")).window(here("x = ‸"))
    assert ABOVE.endswith(window.prefix)
    assert window.prefix.startswith("value_")
    assert ("\n" + BELOW).startswith(window.suffix)
    assert ("\n" + BELOW)[len(window.suffix)] == "\n"
    assert 0.8 * BUDGET.chars < len(window.prefix + window.suffix) <= BUDGET.chars
    assert window.typed == "x = "


@pytest.mark.parametrize(
    "later",
    ["x = f‸", "x = f(‸)", 'x = f("‸")', "x = f(a)‸", "x = f(a)\ny‸", "x‸"],
)
def test_typing_only_adds_to_the_prompt(later: str) -> None:
    first = here("x = ‸")
    known = region(first)
    found = known.at(here(later))
    assert found is not None
    before, after = known.window(first), found.window(here(later))
    assert after.suffix == before.suffix
    assert (after.prefix + after.typed).startswith(before.prefix)


@pytest.mark.parametrize(
    "marked",
    [
        f"{ABOVE}x = \n{BELOW[:40]}‸{BELOW[40:]}",
        f"{ABOVE[:-60]}‸{ABOVE[-60:]}x = \n{BELOW}",
        f"{ABOVE}x = f(‸a, b)\n{BELOW}",
        f"{ABOVE}x = ‸\ny = 1\n{BELOW}",
    ],
    ids=["below", "above", "before code", "other text below"],
)
def test_another_place_is_another_region(marked: str) -> None:
    assert region(here("x = ‸")).at(site(marked)) is None


def test_lines_that_come_and_go_far_above_do_not_matter() -> None:
    known = region(here("x = ‸"))
    found = known.at(site(f"import os\n{ABOVE}x = ‸\n{BELOW}"))
    assert found is not None
    assert found.start == known.start + len("import os\n")


def test_a_region_that_has_grown_too_long_is_left() -> None:
    known = region(here("x = ‸"))
    assert known.at(here("y = 1\n" * 100 + "‸")) is not None
    assert known.at(here("y = 1\n" * 400 + "‸")) is None


def test_at_the_end_of_a_document_the_region_ends_where_the_cursor_goes_up() -> None:
    known = region(site(f"{ABOVE}‸"))
    assert known.at(site(f"{ABOVE}x = 1‸")) is not None
    assert known.at(site(f"{ABOVE[:-40]}‸{ABOVE[-40:]}")) is None


@pytest.mark.parametrize("marked", ["‸", "x‸", "‸\nx", "x\n‸"])
def test_small_documents_are_shown_whole(marked: str) -> None:
    window = region(site(marked)).window(site(marked))
    assert window.prefix + window.typed + CURSOR + window.suffix == marked


def test_lines_without_end_are_cut() -> None:
    at = site("x = [" + "1, " * 20_000 + "‸" + "]\n" + "y" * 20_000)
    window = region(at).window(at)
    assert len(window.typed) <= 4_000
    assert len(window.suffix) <= BUDGET.chars


def test_lines_are_a_limit_of_their_own() -> None:
    at = here("x = ‸")
    window = Region.around(at, TokenBudget(4096), (5, 3)).window(at)
    assert window.prefix.count("\n") == 5
    assert window.suffix.count("\n") == 3


SLOW = ReadingSpeed(160.0)


def test_a_rest_in_a_place_makes_what_is_shown_of_it_larger() -> None:
    reading, settings, at = Reading(), Settings(), here("x = ‸")
    small = reading.window(at, settings, SLOW)
    larger = reading.more(at.snapshot, at.offset, settings, SLOW)
    assert larger is not None
    assert reading.window(at, settings, SLOW) == small
    reading.keep(at.snapshot.uri, larger)
    window = reading.window(here("x = f‸"), settings, SLOW)
    assert window.prefix.endswith(small.prefix)
    assert len(window.prefix) > len(small.prefix)
    assert reading.more(at.snapshot, at.offset, settings, SLOW) is None


def test_a_rest_elsewhere_begins_a_region() -> None:
    reading, settings = Reading(), Settings()
    at = here("x = ‸")
    found = reading.more(at.snapshot, at.offset, settings, SLOW)
    assert found is not None
    reading.keep(at.snapshot.uri, found)
    assert reading.window(at, settings, SLOW) == found.window(at)


def test_nothing_more_is_read_of_a_document_that_is_shown_whole() -> None:
    reading, at = Reading(), site("def f(x):\n    return ‸\n")
    reading.window(at, Settings(), SLOW)
    assert reading.more(at.snapshot, at.offset, Settings(), SLOW) is None


def test_nothing_more_is_read_if_the_settings_say_so() -> None:
    completion = CompletionSettings.model_validate({"latency_budget_ms": {"typing": 0}})
    reading, settings, at = Reading(), Settings(completion=completion), here("x = ‸")
    reading.window(at, settings, SLOW)
    assert reading.more(at.snapshot, at.offset, settings, SLOW) is None


def test_a_glance_leaves_no_trace() -> None:
    reading, settings, at = Reading(), Settings(), here("x = ‸")
    small = reading.window(at, settings, SLOW)
    elsewhere = site(f"{ABOVE[:2000]}‸{ABOVE[2000:]}")
    reading.glance(elsewhere, settings, SLOW)
    assert reading.window(here("x = f‸"), settings, SLOW).suffix == small.suffix


def test_documents_do_not_disturb_each_other() -> None:
    reading, settings, at = Reading(), Settings(), here("x = ‸")
    small = reading.window(at, settings, SLOW)
    for number in range(10):
        other = DocumentSnapshot(f"file:///{number}.py", "python", 1, ABOVE)
        reading.window(completion_site(other, 100), settings, SLOW)
    fast = ReadingSpeed(5_000.0)
    assert reading.window(here("x = f‸"), settings, fast).suffix == small.suffix
