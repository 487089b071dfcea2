"""Code from elsewhere that stands beside the window in a prompt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from cornerman.core.documents import DocumentSnapshot


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code that may help at the cursor.

    ``path`` is relative to the workspace folder, with ``/``; ``text`` is whole lines.
    ``source`` names the provider that found it, ``why`` says in a few words what for (without
    code), ``score`` compares snippets of one selection: higher is better. Two snippets of equal
    ``identity`` say the same about the same thing, whatever their text is now.
    """

    path: str
    text: str
    source: str
    score: float
    identity: str
    language_id: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a prompt says apart from the document: names, and snippets in their final order.

    ``repository`` is the name of the workspace folder, ``path`` the document's path in it. Both
    are "" when they are not known.
    """

    repository: str = ""
    path: str = ""
    snippets: tuple[Snippet, ...] = ()

    @property
    def shown(self) -> frozenset[str]:
        """What the snippets say, to compare it with that of other prompts."""
        return frozenset(f"{snippet.path}\n{snippet.text}" for snippet in self.snippets)


@dataclass(frozen=True, slots=True)
class Room:
    """What a prompt shows of a document already, and the characters it has for snippets.

    Lines ``first`` to ``last`` are shown. ``region`` stays the same while the user types in one
    place. ``is_quick`` says that all of a prompt can be read between two keys, ``is_resting`` that
    nobody waits for the prompt, ``is_glance`` that it may never be needed: it shows what is shown
    already.
    """

    snapshot: DocumentSnapshot
    offset: int
    first: int
    last: int
    region: str
    chars: int
    is_resting: bool = False
    is_glance: bool = False
    is_quick: bool = False


class ContextSource(Protocol):
    """Whatever knows the code around a document."""

    async def surroundings(self, room: Room) -> Surroundings:
        """What to show beside the document; soon, and with fewer snippets if it is late.

        The choice for a user who rests counts for nobody else before ``keep``.
        """
        ...

    def keep(self, uri: str) -> None:
        """The engine has read what was chosen for a user who rests: it is shown from now on."""
        ...
