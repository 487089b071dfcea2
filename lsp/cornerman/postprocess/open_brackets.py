"""What is open at the cursor, and what would close it."""

from __future__ import annotations

from cornerman.core.continuation import read_on
from cornerman.core.lexicon import CLOSER_OF
from cornerman.core.site import CompletionSite


def brackets_above(site: CompletionSite) -> list[str]:
    """The brackets that the lines above leave open for the cursor's line, outermost first."""
    return [opened.bracket for opened in read_on("", site.enclosing_code(), site.lexicon).opened]


def closers_behind(text: str, above: list[str], site: CompletionSite) -> str:
    """What closes all that is open behind ``text`` at the cursor, with ``above`` open around it."""
    if site.is_prose:
        string = "" if site.open_string in text else site.open_string
        return string + "".join(CLOSER_OF[bracket] for bracket in reversed(above))
    reading = read_on("", site.line_read + text, site.lexicon)
    brackets = above + [opened.bracket for opened in reading.opened]
    closers = "".join(CLOSER_OF[bracket] for bracket in reversed(brackets))
    return (reading.open_string or "") + closers
