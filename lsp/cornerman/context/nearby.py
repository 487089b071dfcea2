"""The syntax of a long document as far as the code around a cursor, for quick trials.

What is put in at a cursor often makes a parser read everything behind it anew. In a long file
that takes longer than all else, and tells nothing: what follows at the top level stays as it is.
So all of the document is parsed only when the cursor has come from elsewhere.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from cornerman.context.syntax import SyntaxTree, is_too_much
from cornerman.core.documents import DocumentSnapshot

# A shorter document is parsed fast enough.
_LONG = 20_000
# Enough of the code behind a cursor for what is put in to show what it breaks.
_LEAST_BEHIND = 1_000
_MOST_BEHIND = 40_000
_DOCUMENTS = 2


@dataclass(frozen=True, slots=True)
class _Beginning:
    """A document up to a top-level node, and the text from there on."""

    tree: SyntaxTree
    rest: str


class Nearby:
    """The beginnings of the documents asked for last. Stays at one place while one types there."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], _Beginning] = OrderedDict()

    def tree(self, snapshot: DocumentSnapshot, offset: int) -> SyntaxTree | None:
        """The tree of the document up to a top-level node behind ``offset``, or all of it.

        None where :meth:`SyntaxTree.of` gives none.
        """
        text, key = snapshot.text, (snapshot.uri, snapshot.language_id)
        last = self._known.pop(key, None)
        if last is not None and text.endswith(last.rest) and not is_too_much(snapshot):
            end = len(text) - len(last.rest)
            if offset < end <= offset + _MOST_BEHIND:
                return self._keep(key, _Beginning(last.tree.changed_to(text[:end]), last.rest))
        whole = SyntaxTree.of(snapshot)
        if whole is None or len(text) < _LONG:
            return whole
        start = whole.top_level_from(offset + _LEAST_BEHIND)
        if start is None or start > offset + _MOST_BEHIND:
            return whole
        return self._keep(key, _Beginning(whole.changed_to(text[:start]), text[start:]))

    def _keep(self, key: tuple[str, str], beginning: _Beginning) -> SyntaxTree:
        self._known[key] = beginning
        while len(self._known) > _DOCUMENTS:
            self._known.popitem(last=False)
        return beginning.tree
