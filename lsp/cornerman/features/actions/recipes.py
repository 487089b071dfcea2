"""How each kind of edit is made: its prompt, and what becomes of the answer."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cornerman.core.actions import ActionKind, TextEdit
from cornerman.core.errors import BadInputError
from cornerman.features.actions.answer import Unusable, code_in
from cornerman.features.actions.drafts.annotations import hinted, known_hints, lacks_types
from cornerman.features.actions.drafts.documentation import documented, undocumented
from cornerman.features.actions.drafts.extraction import extracted, is_extractable
from cornerman.features.actions.drafts.idioms import idiom_edits
from cornerman.features.actions.drafts.renaming import better_names, vague_names
from cornerman.features.actions.job import Job
from cornerman.features.actions.python_code import parsed

# Code has rarely fewer characters a token than this.
_CHARS_A_TOKEN = 2.5
_SPARE_TOKENS = 120
_SHORT_ANSWER = 140


@dataclass(frozen=True, slots=True)
class Recipe:
    """One kind of edit.

    ``draft`` turns a finished answer into the new text of the target. ``is_copy`` says that the
    answer repeats the code, so that the engine may guess ahead. ``refusal`` is why the model
    need not be asked at all, or "". ``known`` are edits of the target that need no model.
    """

    template: str
    draft: Callable[[Job, str], str | Unusable]
    is_copy: bool = True
    refusal: Callable[[Job], str] = lambda _job: ""
    known: Callable[[Job], tuple[TextEdit, ...]] = lambda _job: ()

    def variables(self, job: Job) -> dict[str, str]:
        """What the template's variables stand for."""
        values = {
            "language": job.snapshot.language_id,
            "name": job.target.name or "this code",
            "code": job.code,
        }
        diagnostic = job.request.diagnostic
        if job.kind is ActionKind.INSTRUCTION:
            values["instruction"] = " ".join(job.request.instruction.split())
        elif job.kind is ActionKind.FIX and diagnostic is not None:
            index = job.snapshot.index
            first = index.line_of(job.target.start)
            values["message"] = " ".join(diagnostic.message.split())
            line = min(index.line_of(diagnostic.start) - first, job.code.count("\n"))
            values["line"] = job.code.split("\n")[max(line, 0)].strip()
        elif job.kind is ActionKind.IMPROVE_NAMES and job.is_python:
            values["names"] = ", ".join(_vague(job))
        elif job.kind is ActionKind.EXTRACT_FUNCTION:
            request = job.request
            values["selected"] = job.snapshot.text[request.start : request.end].strip()
        return values

    def max_tokens(self, job: Job) -> int:
        """Token limit of one answer."""
        if not self.is_copy:
            return _SHORT_ANSWER
        return int(len(job.code) / _CHARS_A_TOKEN * 1.3) + _SPARE_TOKENS


def recipe_for(job: Job) -> Recipe:
    """How the job's kind is done in its language.

    Raises:
        BadInputError: it is not.
    """
    if job.kind in _PYTHON_ONLY and not job.is_python:
        raise BadInputError("This action is for Python so far; use an instruction instead.")
    return _RECIPES[job.kind]


def rewritten(job: Job, answer: str) -> str | Unusable:
    """The code of an answer, in the place of the target."""
    code = code_in(answer, is_finished=True)
    return code if isinstance(code, Unusable) else job.placed(code)


def _vague(job: Job) -> list[str]:
    code = parsed(job.snapshot.text)
    function = code.definition_at(job.target.start) if code else None
    if code is None or function is None or isinstance(function, ast.ClassDef):
        return []
    return vague_names(code, function)


def _no_vague_names(job: Job) -> str:
    return "" if _vague(job) else "The local variables here have telling names already."


def _no_types_missing(job: Job) -> str:
    return "" if lacks_types(job) else "Every parameter and the result have types already."


def _documented_already(job: Job) -> str:
    return "" if undocumented(job) else "This is documented already, or has nothing to describe."


def _not_extractable(job: Job) -> str:
    return "" if is_extractable(job) else "Select whole statements that only pass values on."


_PYTHON_ONLY = frozenset(
    {ActionKind.IMPROVE_NAMES, ActionKind.ADD_TYPES, ActionKind.EXTRACT_FUNCTION}
)
_RECIPES: Mapping[ActionKind, Recipe] = {
    ActionKind.SIMPLIFY: Recipe("simplify", rewritten, known=idiom_edits),
    ActionKind.MODERNIZE: Recipe("modernize", rewritten, known=idiom_edits),
    ActionKind.CONVERT_LOOP: Recipe("convert-loop", rewritten, known=idiom_edits),
    ActionKind.INSTRUCTION: Recipe("instruction", rewritten),
    ActionKind.FIX: Recipe("fix", rewritten),
    ActionKind.TODO: Recipe("todo", rewritten),
    ActionKind.IMPROVE_NAMES: Recipe(
        "improve-names", better_names, is_copy=False, refusal=_no_vague_names
    ),
    ActionKind.ADD_TYPES: Recipe(
        "add-types", hinted, is_copy=False, refusal=_no_types_missing, known=known_hints
    ),
    ActionKind.DOCUMENT: Recipe("document", documented, is_copy=False, refusal=_documented_already),
    ActionKind.EXTRACT_FUNCTION: Recipe(
        "extract-function", extracted, is_copy=False, refusal=_not_extractable
    ),
}
