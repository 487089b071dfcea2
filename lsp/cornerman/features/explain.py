"""Explain the function or class at the cursor, streamed."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from cornerman.context.syntax import Definition, SyntaxTree
from cornerman.core.actions import ActionRequest
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.generation import Chunk, GenerationRequest, Priority, SamplingParams
from cornerman.engine.stream import Engine
from cornerman.models.catalog import ModelSpec
from cornerman.prompting import templates
from cornerman.settings import ActionSettings

_MAX_TOKENS = 400
_LINES_AROUND = 20
_MAX_CHARS = 12_000


def explain(
    request: ActionRequest,
    settings: ActionSettings,  # noqa: ARG001  (where the user's own prompts are, for all features)
    model: ModelSpec,
    engine: Engine,
) -> AsyncGenerator[Chunk, None]:
    """Markdown about the innermost definition at the request's start, or the lines around it.

    The stream raises ``CornermanError`` when the engine fails; closing it cancels.
    """
    snapshot = request.snapshot
    target = _target(snapshot, request.start)
    messages = templates.load("explain").render(
        language=snapshot.language_id,
        path=snapshot.uri.rsplit("/", 1)[-1],
        name=target.name,
        code=snapshot.text[target.start : target.end][:_MAX_CHARS],
    )
    return engine.stream(
        GenerationRequest(
            model=model.name,
            prompt=messages,
            sampling=SamplingParams(max_tokens=_MAX_TOKENS),
            session=f"explain:{snapshot.uri}",
            priority=Priority.ACTION,
        )
    )


def _target(snapshot: DocumentSnapshot, offset: int) -> Definition:
    tree = SyntaxTree.of(snapshot)
    definition = tree.enclosing_definition(offset) if tree is not None else None
    if definition is not None:
        return definition
    index = snapshot.index
    line = index.line_of(offset)
    first, last = max(line - _LINES_AROUND, 0), min(line + _LINES_AROUND, index.line_count - 1)
    return Definition("this code", index.line_start(first), index.line_end(last))
