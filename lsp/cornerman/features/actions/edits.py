"""The fewest edits that turn one text into another."""

from __future__ import annotations

from difflib import SequenceMatcher

from cornerman.core.actions import TextEdit


def minimal_edits(old: str, new: str, offset: int = 0) -> tuple[TextEdit, ...]:
    """Edits of ``old``, which starts at ``offset``, in order and not overlapping.

    Lines that differ only in white space at their ends, line breaks included, stay as they are.
    """
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in before:
        starts.append(starts[-1] + len(line))
    keys = [line.rstrip() for line in before], [line.rstrip() for line in after]
    edits: list[TextEdit] = []
    matcher = SequenceMatcher(None, *keys, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        edit = _trimmed(old[starts[i1] : starts[i2]], "".join(after[j1:j2]), offset + starts[i1])
        if tag == "delete" and i1 > 0 and i2 == len(before):
            # The line before becomes the last one, and ends as that did; without its line break
            # a blank one would be none.
            kept = before[i1 - 1]
            ends_open = _is_open(before[-1]) and bool(kept.strip())
            surplus = len(kept) - len(kept.rstrip("\r\n")) if ends_open else 0
            edit = TextEdit(edit.start - surplus, edit.end, "")
        # A last line without a line break gets one when lines come behind it.
        if i1 == i2 == len(before) and before and _is_open(before[-1]):
            edit = TextEdit(edit.start, edit.end, "\n" + edit.text)
        edits.append(edit)
    return tuple(edits)


def _trimmed(old: str, new: str, offset: int) -> TextEdit:
    """One edit without what the two texts have in common at their ends."""
    shorter = min(len(old), len(new))
    same = 0
    while same < shorter and old[same] == new[same]:
        same += 1
    tail = 0
    while tail < shorter - same and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return TextEdit(offset + same, offset + len(old) - tail, new[same : len(new) - tail])


def _is_open(line: str) -> bool:
    """True if no line break ends the line."""
    return not line.endswith(("\n", "\r"))
