"""What code actions ask for and what they end in, independent of editors and engines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from cornerman.core.documents import DocumentSnapshot


class ActionKind(str, Enum):
    """Every action there is, by its name on the wire and on the command line."""

    EXPLAIN = "explain"
    SIMPLIFY = "simplify"
    IMPROVE_NAMES = "improve-names"
    EXTRACT_FUNCTION = "extract-function"
    ADD_TYPES = "add-types"
    MODERNIZE = "modernize"
    CONVERT_LOOP = "convert-loop"
    INSTRUCTION = "instruction"
    FIX = "fix"
    DOCUMENT = "document"
    TEST = "test"
    TODO = "todo"
    REVIEW = "review"


class Severity(IntEnum):
    """How bad a diagnostic is, with LSP's numbers."""

    ERROR = 1
    WARNING = 2
    INFORMATION = 3
    HINT = 4


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What another tool found wrong at offsets ``start`` to ``end`` of a document."""

    start: int
    end: int
    message: str
    severity: Severity = Severity.ERROR
    source: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """One action on offsets ``start`` to ``end`` of a snapshot; both are equal at a cursor.

    ``instruction`` belongs to the kind ``instruction`` and ``diagnostic`` to ``fix`` (and, if
    there is one, to ``explain``). ``documents`` are the open documents by URI: an action that
    edits another file sees its unsaved text there. With ``takes_unverified`` the best answer
    that fails a check is offered behind a warning instead of none.
    """

    kind: ActionKind
    snapshot: DocumentSnapshot
    start: int
    end: int
    instruction: str = ""
    diagnostic: Diagnostic | None = None
    documents: Mapping[str, DocumentSnapshot] = field(
        default_factory=dict[str, DocumentSnapshot], repr=False
    )
    takes_unverified: bool = False


@dataclass(frozen=True, slots=True)
class Available:
    """An action that makes sense at a place; ``start`` to ``end`` is what it would work on.

    A request for it has the same kind, offsets, instruction and diagnostic. ``title`` is for a
    menu. The kind ``instruction`` without an instruction needs to ask the user for one.
    """

    kind: ActionKind
    title: str
    start: int
    end: int
    instruction: str = ""
    diagnostic: Diagnostic | None = None


@dataclass(frozen=True, slots=True)
class TextEdit:
    """Offsets ``start`` to ``end`` are to hold ``text`` instead."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class FileEdit:
    """Edits of one file: in order, not overlapping, all in offsets of ``snapshot``.

    A file that does not exist yet has an empty snapshot and ``creates``. The snapshot of a file
    that is not open in the editor was read from disk; its version says nothing.
    """

    snapshot: DocumentSnapshot
    edits: tuple[TextEdit, ...]
    creates: bool = False

    @property
    def uri(self) -> str:
        """The file's URI."""
        return self.snapshot.uri

    def applied(self) -> str:
        """The text of the file with the edits made."""
        parts: list[str] = []
        done = 0
        for edit in self.edits:
            parts += self.snapshot.text[done : edit.start], edit.text
            done = edit.end
        return "".join(parts) + self.snapshot.text[done:]


@dataclass(frozen=True, slots=True)
class Check:
    """One examination of an answer; ``detail`` is a sentence for the user, without code."""

    name: str
    passed: bool
    detail: str = ""


class OfferStatus(str, Enum):
    """Whether there is an edit to be had."""

    OFFERED = "offered"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Offer:
    """The end of one action that edits.

    Refused offers have a ``reason``, one sentence for the user, and no edits. An offered one has
    a ``warning`` if a check failed and the user asked for the edit all the same.
    ``tokens_per_second`` is None when no model was asked.
    """

    status: OfferStatus
    title: str
    reason: str = ""
    edits: tuple[FileEdit, ...] = ()
    checks: tuple[Check, ...] = ()
    tokens_per_second: float | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class ReviewComment:
    """A remark about offsets ``start`` to ``end``, which are whole lines."""

    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True)
class DefinitionLink:
    """A definition that an explanation relied on; its lines count from 0, the last one included."""

    name: str
    uri: str
    first_line: int
    last_line: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an action is: a few words for the user, and the tokens of the current attempt."""

    message: str
    tokens: int = 0
    tokens_per_second: float = 0.0


OnProgress = Callable[[Progress], None]
