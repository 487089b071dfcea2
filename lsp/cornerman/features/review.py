"""Remarks about code, as hints at its lines."""

from __future__ import annotations

import re
from contextlib import aclosing

from cornerman.core.actions import ActionRequest, OnProgress, Progress, ReviewComment
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import BadInputError
from cornerman.core.generation import GenerationRequest, Message, Priority, SamplingParams
from cornerman.engine.stream import Engine
from cornerman.features.actions.place import code_at
from cornerman.features.unbroken import unbroken
from cornerman.models.catalog import ModelSpec
from cornerman.prompting import templates
from cornerman.settings import ActionSettings

_REMARK = re.compile(r"^[\s*-]*(?:line\s+)?(\d+)\s*[:.)-]\s*(\S.*)$", re.M | re.I)
_MAX_TOKENS = 220
_MAX_REMARKS = 8
_FEWEST_WORDS = 4


async def review(
    request: ActionRequest,
    settings: ActionSettings,
    model: ModelSpec,
    engine: Engine,
    *,
    on_progress: OnProgress,
) -> tuple[ReviewComment, ...]:
    """The model's remarks about the request's code, in the order of its lines, one a line.

    Raises:
        BadInputError: there is no code there, or too much.
        CornermanError: the engine could not be reached or failed.
    """
    snapshot = request.snapshot
    first, last = _lines(request, settings.max_lines)
    answer = ""
    tokens = 0
    messages = _messages(snapshot, first, last, settings)
    async with aclosing(unbroken(engine.stream(_generation(model, messages)))) as chunks:
        async for chunk in chunks:
            answer += chunk.text
            tokens += bool(chunk.text)
            speed = chunk.timings.tokens_per_second if chunk.timings else 0.0
            on_progress(Progress("Reading", tokens, speed))
    return remarks(answer, snapshot, first, last)


def remarks(
    answer: str, snapshot: DocumentSnapshot, first: int, last: int
) -> tuple[ReviewComment, ...]:
    """The remarks in an answer whose line 1 is line ``first`` (from 0), ``last`` the last one.

    What names no line of code, says next to nothing, or says it again is left out.
    """
    found: dict[int, str] = {}
    for number, message in _REMARK.findall(answer):
        line = first + int(number) - 1
        is_new = line not in found and message.strip() not in found.values()
        if first <= line <= last and is_new and len(message.split()) >= _FEWEST_WORDS:
            found[line] = message.strip()
    index = snapshot.index
    comments: list[ReviewComment] = []
    for line in sorted(found)[:_MAX_REMARKS]:
        start, end = index.line_start(line), index.line_end(line)
        text = snapshot.text[start:end]
        if text.strip():
            start += len(text) - len(text.lstrip())
            comments.append(ReviewComment(start, end, found[line]))
    return tuple(comments)


def _lines(request: ActionRequest, max_lines: int) -> tuple[int, int]:
    target = code_at(request.snapshot, request.start, request.end)
    start, end = (target.start, target.end) if target else (request.start, request.end)
    index = request.snapshot.index
    first, last = index.line_of(start), index.line_of(max(end - 1, start))
    if not request.snapshot.text[index.line_start(first) : index.line_end(last)].strip():
        raise BadInputError("There is no code here to review.")
    if last - first >= max_lines:
        raise BadInputError(f"Select at most {max_lines} lines to review.")
    return first, last


def _messages(
    snapshot: DocumentSnapshot, first: int, last: int, settings: ActionSettings
) -> tuple[Message, ...]:
    index = snapshot.index
    lines = [
        f"{number}: {snapshot.text[index.line_start(line) : index.line_end(line)]}"
        for number, line in enumerate(range(first, last + 1), 1)
    ]
    template = templates.load("review", settings.own_prompts)
    return template.render(language=snapshot.language_id, code="\n".join(lines))


def _generation(model: ModelSpec, messages: tuple[Message, ...]) -> GenerationRequest:
    return GenerationRequest(
        model.name,
        messages,
        SamplingParams(_MAX_TOKENS),
        session="action:review",
        priority=Priority.ACTION,
    )
