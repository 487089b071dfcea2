"""Files that are closed in the end: ``try`` and ``finally`` as ``with``."""

from __future__ import annotations

import ast

from cornerman.features.actions.equivalence.facts import bound_by_name, shared_names


def opened_file(first: ast.stmt, second: ast.stmt, function: ast.AST) -> ast.With | None:
    """``with open(…) as x`` for ``x = open(…)`` and a ``try`` that does no more than close it."""
    if not isinstance(first, ast.Assign) or not isinstance(second, ast.Try):
        return None
    target, call = first.targets[0], first.value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
        return None
    if call.func.id != "open" or len(first.targets) != 1 or not isinstance(target, ast.Name):
        return None
    if second.handlers or second.orelse:
        return None
    if [ast.unparse(statement) for statement in second.finalbody] != [f"{target.id}.close()"]:
        return None
    # Another file under that name would be closed instead.
    if target.id in bound_by_name(ast.Module(second.body, [])) | shared_names(function):
        return None
    return ast.With([ast.withitem(call, target)], second.body)


def with_files(body: list[ast.stmt], function: ast.AST) -> list[ast.stmt]:
    """The statements with each such pair as one."""
    made = list(body)
    for number in range(len(made) - 2, -1, -1):
        block = opened_file(made[number], made[number + 1], function)
        if block is not None:
            made[number : number + 2] = [block]
    return made
