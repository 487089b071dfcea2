"""Explain a selection, a symbol or a diagnostic, streamed."""

from __future__ import annotations

import re
import textwrap
from collections.abc import AsyncGenerator, Sequence

from cornerman.context.targets import DEFINITIONS, Target, definition_at, definitions_in
from cornerman.core.actions import ActionRequest, DefinitionLink
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Chunk, GenerationRequest, Priority, SamplingParams
from cornerman.core.snippets import Snippet
from cornerman.engine.stream import Engine
from cornerman.features.unbroken import unbroken
from cornerman.models.catalog import ModelSpec
from cornerman.prompting import templates
from cornerman.settings import ActionSettings

_LINES_AROUND = 20
_MAX_CHARS = 8_000
_MAX_DEFINITIONS = 3
_NAME = re.compile(r"[^\W\d]\w*")


def explain(
    request: ActionRequest,
    settings: ActionSettings,
    model: ModelSpec,
    engine: Engine,
    *,
    surroundings: Sequence[Snippet] = (),
) -> AsyncGenerator[Chunk, None]:
    """Markdown about the selection, or the definition around a cursor, or the lines around it.

    A request with a diagnostic asks what that means. ``surroundings`` are definitions of other
    files that the code uses. The stream raises ``CornermanError`` when the engine fails; closing
    it cancels.

    Raises:
        BadInputError: the user's own prompt is not sound.
    """
    snapshot = request.snapshot
    name, start, end = _explained(request)
    diagnostic = request.diagnostic
    heads = [_head(snapshot, link) for link in definitions_used(snapshot, start, end)]
    heads += [snippet.text.strip().partition("\n")[0] for snippet in surroundings]
    messages = templates.load("explain", settings.own_prompts).render(
        language=snapshot.language_id,
        path=snapshot.uri.rsplit("/", 1)[-1],
        name=name,
        problem=f", above all why there is: {diagnostic.message}" if diagnostic else "",
        # White space costs tokens, and each of them time before the first word.
        code=textwrap.dedent(snapshot.text[start:end])[:_MAX_CHARS].strip("\r\n"),
        definitions="It uses: " + "; ".join(heads[:_MAX_DEFINITIONS]) if heads else "",
    )
    asked = GenerationRequest(
        model=model.name,
        prompt=messages,
        sampling=SamplingParams(max_tokens=settings.explain_tokens),
        session="action:explain",
        priority=Priority.ACTION,
    )
    return unbroken(engine.stream(asked))


def definitions_used(
    snapshot: DocumentSnapshot, start: int, end: int
) -> tuple[DefinitionLink, ...]:
    """The functions and classes of the document that the code at ``start`` to ``end`` names.

    At a cursor (equal offsets) it is the code that :func:`explain` takes. In order of their
    first use; neither what holds the code nor what stands in it.
    """
    if start == end:
        _, start, end = _around(snapshot, start)
    first_use: dict[str, int] = {}
    for match in _NAME.finditer(snapshot.text[start:end]):
        first_use.setdefault(match[0], match.start())
    found: dict[str, Target] = {}
    for target in definitions_in(snapshot):
        overlaps = target.start < end and target.end > start
        if target.name in first_use and not overlaps:
            found.setdefault(target.name, target)
    index = snapshot.index
    return tuple(
        DefinitionLink(
            name, snapshot.uri, index.line_of(found[name].start), index.line_of(found[name].end)
        )
        for name in sorted(found, key=first_use.__getitem__)
    )


def _explained(request: ActionRequest) -> tuple[str, int, int]:
    """What to call the code, and its offsets."""
    snapshot, start, end = request.snapshot, request.start, request.end
    if snapshot.text[start:end].strip() and request.diagnostic is None:
        index = snapshot.index
        whole = definition_at(snapshot, start, end, kinds=DEFINITIONS)
        name = whole.name if whole and start <= whole.start and whole.end <= end else "this code"
        return name, index.line_start(index.line_of(start)), index.line_end(index.line_of(end))
    return _around(snapshot, start)


def _around(snapshot: DocumentSnapshot, offset: int) -> tuple[str, int, int]:
    place = _code_before(snapshot, offset)
    definition = definition_at(snapshot, place, place, kinds=DEFINITIONS)
    index = snapshot.index
    if definition is not None:
        start = index.line_start(index.line_of(definition.start))
        return definition.name, start, definition.end
    line = index.line_of(offset)
    first, last = max(line - _LINES_AROUND, 0), min(line + _LINES_AROUND, index.line_count - 1)
    return "this code", index.line_start(first), index.line_end(last)


def _code_before(snapshot: DocumentSnapshot, offset: int) -> int:
    """``offset``, but where only space follows on the line or in the document: the code before."""
    text, index = snapshot.text, snapshot.index
    line = index.line_of(offset)
    last = len(text[:offset].rstrip()) - 1
    is_on_line = last >= index.line_start(line)
    rest = text[offset : index.line_end(line)] if is_on_line else text[offset:]
    return last if last >= 0 and not rest.strip() else offset


def _head(snapshot: DocumentSnapshot, link: DefinitionLink) -> str:
    """The first line of a definition, without what opens its body."""
    index = snapshot.index
    line = snapshot.text[index.line_start(link.first_line) : index.line_end(link.first_line)]
    return f"`{line.strip().rstrip(':{').strip()}`"
