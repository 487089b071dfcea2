"""What a line of code says about the type of a name in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

_BRACKETED = r"\[[^\[\]]*(?:\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\][^\[\]]*)*\]"
_TYPE = rf"((?:[\w.\"'| ]|{_BRACKETED})+)"
_VALUE = r"((?:await |new )*[^\W\d].*)"
_WRAPPERS = re.compile(
    r"(?:\w+\.)?(?:Optional|Final|ClassVar|Annotated|Required|NotRequired|type|Type|Awaitable"
    r"|Union|Promise)[\[<](.*)[\]>]$"
)
_CALLABLE = re.compile(r"(?:\w+\.)?Callable\[.*[\],]\s*(.+)\]$")
_MAPPINGS = re.compile(r"(?:\w+\.)?(?:\w*[Dd]ict|\w*Mapping|Map|Record)$")
_HOLDER = re.compile(r"([\w.]+)[\[<](.*)[\]>]$")
_NAME = re.compile(r"[^\W\d][\w.]*")


@dataclass(frozen=True, slots=True)
class Saying:
    """A type, or (``is_value``) an expression of that type; with ``is_item``, of its items."""

    text: str
    is_value: bool = False
    is_item: bool = False


def sayings(name: str, lines: Iterable[str], *, is_member: bool = False) -> Iterator[Saying]:
    """What ``lines`` say about a variable or parameter, or about ``self.name`` and class fields."""
    patterns = _patterns(name, is_member)
    for line in lines:
        if name in line:
            for pattern, is_value, is_item in patterns:
                if found := pattern.search(line):
                    yield Saying(found[1].strip(), is_value, is_item)


def class_names(annotation: str, items: int = 0) -> Iterator[str]:
    """The names of the classes that a type may be, or the items in it, ``items`` levels deep."""
    text = annotation.strip().strip("\"'").strip()
    if inner := _WRAPPERS.match(text):
        for part in _parts(inner[1]):
            yield from class_names(part, items)
    elif called := _CALLABLE.match(text):
        yield from class_names(called[1], items)
    elif "|" in text and not _HOLDER.match(text):
        for part in _parts(text, "|"):
            yield from class_names(part, items)
    elif items:
        yield from _item_names(text, items)
    elif found := _NAME.match(text):
        yield found[0]


def _item_names(text: str, items: int) -> Iterator[str]:
    if text.endswith("[]"):
        yield from class_names(text[:-2], items - 1)
    elif holder := _HOLDER.match(text):
        parts = _parts(holder[2])
        item = parts[-1] if _MAPPINGS.match(holder[1]) else parts[0]
        yield from class_names(item, items - 1)


def _parts(text: str, separator: str = ",") -> list[str]:
    """``text`` parted where no bracket is open."""
    parts, depth, begun = list[str](), 0, 0
    for at, char in enumerate(text):
        depth += (char in "[<(") - (char in "]>)")
        if char == separator and not depth:
            parts.append(text[begun:at])
            begun = at + 1
    return [*parts, text[begun:]]


@lru_cache(maxsize=64)
def _patterns(name: str, is_member: bool) -> tuple[tuple[re.Pattern[str], bool, bool], ...]:
    """Patterns with the saying in their group, each with its ``is_value`` and ``is_item``."""
    bare = re.escape(name)
    own = rf"(?<![\w.])(?:(?:self|this)\.)?{bare}" if is_member else rf"(?<![\w.]){bare}"
    sources = (
        (rf"\bisinstance\({bare}, ([\w.]+)\)", False, False),
        (rf"{own}\??\s*:\s*(?!=){_TYPE}", False, False),
        (rf"\bfor\s+{bare}\s+(?:in|of)\s+{_VALUE}", True, True),
        (rf"\bwith\s+{_VALUE}\s+as\s+{bare}\b", True, False),
        (rf"{own}\s*(?::[^=()]+)?:?=(?!=)\s*{_VALUE}", True, False),
    )
    return tuple((re.compile(source), value, item) for source, value, item in sources)
