"""Tests for a function, in the file they belong into."""

from __future__ import annotations

import ast
import re
from contextlib import aclosing

from cornerman.context.targets import Target
from cornerman.core.actions import (
    ActionRequest,
    Check,
    FileEdit,
    Offer,
    OfferStatus,
    OnProgress,
    Progress,
    TextEdit,
)
from cornerman.core.documents import DocumentSnapshot
from cornerman.core.errors import BadInputError
from cornerman.core.generation import GenerationRequest, Priority, SamplingParams
from cornerman.core.uris import path_of
from cornerman.engine.stream import Engine
from cornerman.features.actions.answer import Unusable, code_in, is_complete_block
from cornerman.features.actions.checks.syntax import compiles
from cornerman.features.actions.checks.undefined import complaints
from cornerman.features.actions.place import target_of
from cornerman.features.actions.placement import Placement, placement_of
from cornerman.features.actions.python_code import parsed
from cornerman.features.unbroken import unbroken
from cornerman.models.catalog import ModelSpec
from cornerman.prompting import templates
from cornerman.settings import ActionSettings

_MAX_TOKENS = 320
_TITLE = "Write tests"


def can_have_tests(snapshot: DocumentSnapshot, target: Target) -> bool:
    """Whether tests can be written for a definition: Python, public, at module level, in a file."""
    path = path_of(snapshot.uri)
    is_source = path is not None and not path.stem.startswith("test_")
    line = snapshot.index.line_of(target.start)
    is_top_level = snapshot.index.line_start(line) == target.start
    is_public = not target.name.startswith("_")
    return snapshot.language_id == "python" and is_source and is_top_level and is_public


async def write_tests(
    request: ActionRequest,
    settings: ActionSettings,
    model: ModelSpec,
    engine: Engine,
    *,
    on_progress: OnProgress,
) -> Offer:
    """Tests of the request's function that compile, name it and use no undefined names.

    They are not run: whether what they expect is right is for the user to see.

    Raises:
        CornermanError: the engine could not be reached or failed.
    """
    try:
        target = _testable(request)
        place = placement_of(request.snapshot, request.documents)
    except BadInputError as error:
        return Offer(OfferStatus.REFUSED, _TITLE, str(error))
    checks: tuple[Check, ...] = ()
    speed: float | None = None
    for number in range(settings.candidates):
        answer, speed = await _ask(request, target, number, settings, model, engine, on_progress)
        code = code_in(answer, is_finished="```" in answer)
        text = None if isinstance(code, Unusable) else _fitted(code, target.name, place)
        checks = _examine(text, target.name)
        if text is not None and all(check.passed for check in checks):
            whole = TextEdit(len(place.snapshot.text), len(place.snapshot.text), text)
            addition = _addition(place, whole)
            edit = FileEdit(place.snapshot, addition, creates=not place.exists)
            return Offer(OfferStatus.OFFERED, _TITLE, "", (edit,), checks, speed)
    failed = next((c.detail for c in checks if not c.passed), "there was no code in it.")
    reason = f"No answer of the model passed: {failed}"
    return Offer(OfferStatus.REFUSED, _TITLE, reason, (), checks, speed)


def _testable(request: ActionRequest) -> Target:
    target = target_of(request)
    if not can_have_tests(request.snapshot, target):
        raise BadInputError("Tests are written for public functions of Python modules so far.")
    return target


async def _ask(
    request: ActionRequest,
    target: Target,
    number: int,
    settings: ActionSettings,
    model: ModelSpec,
    engine: Engine,
    on_progress: OnProgress,
) -> tuple[str, float | None]:
    messages = templates.load("test", settings.own_prompts).render(
        name=target.name, code=target.code(request.snapshot)
    )
    sampling = SamplingParams(_MAX_TOKENS)
    if number > 0:
        sampling = SamplingParams(_MAX_TOKENS, 0.6, 0.95, seed=number)
    generation = GenerationRequest(
        model.name, messages, sampling, session="action:test", priority=Priority.ACTION
    )
    text, tokens, speed = "", 0, None
    async with aclosing(unbroken(engine.stream(generation))) as chunks:
        async for chunk in chunks:
            text += chunk.text
            tokens += bool(chunk.text)
            if chunk.timings is not None and chunk.timings.generated:
                speed = chunk.timings.tokens_per_second or speed
            on_progress(Progress("Writing tests", tokens, speed or 0.0))
            if is_complete_block(text):
                break
    return text, speed


def _fitted(code: str, name: str, place: Placement) -> str | None:
    """The test functions of an answer that name the function and are new, with the imports."""
    module = parsed(code)
    if module is None:
        return None
    taken = set[str]()
    existing = parsed(place.snapshot.text)
    if existing is not None:
        taken = existing.global_names()
    lines = code.split("\n")
    functions = [
        "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in module.module.body
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test")
        and node.name not in taken
        and not node.args.args
        and any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))
        and any(isinstance(n, (ast.Assert, ast.With)) for n in ast.walk(node))
    ]
    if not functions:
        return None
    body = "\n\n\n".join(functions)
    imports: list[str] = []
    if re.search(r"\bpytest\.", body) and "pytest" not in taken:
        imports += ["import pytest", ""]
    if name not in taken:
        imports.append(f"from {place.module} import {name}")
    return "\n".join([*imports, "", "", body, ""]) if imports else f"{body}\n"


def _addition(place: Placement, edit: TextEdit) -> tuple[TextEdit, ...]:
    """At the end of the file; the imports stand there as well, where a file exists already."""
    text = place.snapshot.text
    if not text.strip():
        return (TextEdit(0, len(text), edit.text),)
    head, separator, body = edit.text.partition("\n\n\n")
    is_split = separator and ("import" in head.split("\n")[0])
    gap = "\n" if text.endswith("\n") else "\n\n"
    if not is_split:
        return (TextEdit(edit.start, edit.end, f"{gap}\n{edit.text}"),)
    at = _after_imports(text)
    return (
        TextEdit(at, at, head.strip() + "\n"),
        TextEdit(edit.start, edit.end, f"{gap}\n{body}"),
    )


def _after_imports(text: str) -> int:
    """Offset of the line behind the last import of a file."""
    code = parsed(text)
    kinds = (ast.Import, ast.ImportFrom)
    imports = [n for n in code.module.body if isinstance(n, kinds)] if code else []
    if code is None or not imports:
        return 0
    end = text.find("\n", code.end(imports[-1]))
    return len(text) if end < 0 else end + 1


def _examine(text: str | None, name: str) -> tuple[Check, ...]:
    if text is None:
        return (Check("code", passed=False, detail=f"No test function in it asserts on {name}."),)
    if not compiles(text):
        return (Check("syntax", passed=False, detail="Python cannot compile the tests."),)
    wrong = complaints(text)
    if wrong:
        return (Check("names", passed=False, detail="A name in the tests would be undefined."),)
    return (
        Check("syntax", passed=True, detail="The tests compile."),
        Check("names", passed=True, detail=f"They import and use {name}."),
        Check(
            "outcome", passed=True, detail="They were not run: see whether they expect the right."
        ),
    )
