"""The prompt of an inline completion: a family's marks in one of its layouts."""

from __future__ import annotations

from cornerman.core.errors import BadInputError
from cornerman.core.generation import Prompt
from cornerman.core.snippets import Surroundings
from cornerman.models.families import FAMILIES
from cornerman.prompting.layouts import CONTINUATION, LAYOUTS, Parts, continuation
from cornerman.prompting.preamble import preamble
from cornerman.prompting.window import Window

NO_SURROUNDINGS = Surroundings()


def fim_prompt(
    family: str, layout: str, window: Window, surroundings: Surroundings = NO_SURROUNDINGS
) -> Prompt:
    """The prompt of a model ``family`` in a ``layout``, with ``surroundings`` in front.

    Raises:
        BadInputError: the family is not known here, or has no such layout.
    """
    marks = FAMILIES.get(family)
    if marks is None or layout not in marks.layouts:
        raise BadInputError(
            f"No completion prompt is known for family {family!r} with layout {layout!r}: "
            "choose another model in the setting cornerman.model."
        )
    before = preamble(marks.files, surroundings, window.language_id, has_path=marks.has_path)
    parts = Parts(before, window)
    if layout == CONTINUATION or marks.fim is None:
        return continuation(parts)
    return LAYOUTS[layout](marks.fim, parts)
