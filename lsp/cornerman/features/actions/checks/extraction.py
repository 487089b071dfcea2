"""A function taken out of another one, put back where it is called, gives the old code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from cornerman.core.actions import Check
from cornerman.features.actions.equivalence.facts import FUNCTIONS
from cornerman.features.actions.job import Change
from cornerman.features.actions.python_code import UNPARSABLE, Function, arguments
from cornerman.features.actions.values import values_between

NAME = "behaviour"


def only_extracts(change: Change) -> Check | None:
    """The new function's statements, in the place of its call, make the old syntax tree.

    All variables they share with the function around them go in as arguments or come out.
    """
    try:
        before, after = ast.parse(change.job.snapshot.text), ast.parse(change.after.text)
    except UNPARSABLE:
        return None
    helper, call = _helper(before, after), None
    if helper is not None:
        after.body.remove(helper)
        call = _call(after, helper)
    if helper is None or call is None or not _passes_on(helper, call):
        return Check(NAME, passed=False, detail="It is not one new function with one call.")
    statements = helper.body[: len(helper.body) - bool(call.results)]
    call.block[call.number : call.number + 1] = statements
    if ast.dump(before) != ast.dump(after):
        return Check(NAME, passed=False, detail="More would change than the new function.")
    values = values_between(call.function, statements)
    if values is None or values.inputs != call.values or values.outputs != call.results:
        return Check(NAME, passed=False, detail="A value might get lost between the functions.")
    return Check(NAME, passed=True, detail="Put back where it is called, it is the old code.")


@dataclass(frozen=True, slots=True)
class _Call:
    """The statement ``results = helper(values)``, its place, and the function around it."""

    block: list[ast.stmt]
    number: int
    values: list[str]
    results: list[str]
    function: Function


def _helper(before: ast.Module, after: ast.Module) -> ast.FunctionDef | None:
    """The one definition that is new."""
    known = {node.name for node in before.body if isinstance(node, FUNCTIONS)}
    new = [n for n in after.body if isinstance(n, ast.FunctionDef) and n.name not in known]
    return new[0] if len(new) == 1 else None


def _call(module: ast.Module, helper: ast.FunctionDef) -> _Call | None:
    """The only use of the helper, in a function of the module."""
    uses = [n for n in ast.walk(module) if isinstance(n, ast.Name) and n.id == helper.name]
    functions = (node for node in module.body if isinstance(node, FUNCTIONS))
    found = [call for one in functions for call in _calls_in(one, helper.name)]
    return found[0] if len(uses) == len(found) == 1 else None


def _calls_in(function: Function, name: str) -> Iterator[_Call]:
    for node in ast.walk(function):
        for _, field in ast.iter_fields(node):
            if not isinstance(field, list):
                continue
            block = cast("list[ast.stmt]", field)
            for number, statement in enumerate(block):
                parts = _parts(statement, name)
                if parts is not None:
                    yield _Call(block, number, *parts, function)


def _parts(statement: ast.AST, name: str) -> tuple[list[str], list[str]] | None:
    """Names of the arguments and of the targets, if the statement is a call of the function."""
    targets: list[str] | None = []
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        targets = _names(statement.targets[0])
    elif not isinstance(statement, ast.Expr):
        return None
    call = statement.value
    if not isinstance(call, ast.Call) or targets is None or call.keywords:
        return None
    if not isinstance(call.func, ast.Name) or call.func.id != name:
        return None
    values = [argument.id for argument in call.args if isinstance(argument, ast.Name)]
    return (values, targets) if len(values) == len(call.args) else None


def _names(node: ast.expr | None) -> list[str] | None:
    """The name, or those of the tuple; None if there is anything else in it."""
    items = node.elts if isinstance(node, ast.Tuple) else [node]
    names = [item.id for item in items if isinstance(item, ast.Name)]
    return names if len(names) == len(items) else None


def _passes_on(helper: ast.FunctionDef, call: _Call) -> bool:
    """True if the helper takes and gives what the call says, under the same names."""
    spec = helper.args
    parameters = [argument.arg for argument in spec.args]
    is_plain = len(arguments(helper)) == len(parameters) and not spec.defaults
    if not is_plain or helper.decorator_list or parameters != call.values:
        return False
    last = helper.body[-1]
    returned = _names(last.value) if isinstance(last, ast.Return) else []
    return returned == call.results
