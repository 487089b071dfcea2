"""Rules about statements."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from enum import Enum
from typing import cast

from cornerman.features.actions.equivalence.expressions import (
    choice,
    is_negative,
    joined,
    opposite,
)
from cornerman.features.actions.equivalence.facts import (
    FUNCTIONS,
    bound_by_name,
    bound_otherwise,
    ends,
    has_own_frame,
    is_constant,
    is_plain_value,
    is_seen_by_one,
    occurrences,
    same,
    suspends,
)
from cornerman.features.actions.equivalence.inlining import inlined
from cornerman.features.actions.equivalence.loops import without_index, without_loop
from cornerman.features.actions.equivalence.resources import with_files


class _Behind(Enum):
    """What follows a list of statements when it is done."""

    ANYTHING = 0
    END_OF_FUNCTION = 1
    NEXT_TURN = 2


@dataclass(frozen=True, slots=True)
class _Scope:
    """The outermost function around the statements, None in a module or class body.

    Only in a function is it known who sees its variables. ``is_caught``: the function may go on
    after an exception in the statements, and see what they had done by then.
    """

    function: ast.AST | None = None
    behind: _Behind = _Behind.ANYTHING
    is_caught: bool = False


def tidy_module(module: ast.Module) -> None:
    """Bring all statements of a module to their normal form, in place, by one step."""
    module.body = _tidy(module.body, _Scope())


def _tidy(body: list[ast.stmt], scope: _Scope) -> list[ast.stmt]:
    body = _without_idle(body, scope.behind)
    tidied: list[ast.stmt] = []
    for number, statement in enumerate(body):
        is_last = number == len(body) - 1
        _descend(statement, scope if is_last else replace(scope, behind=_Behind.ANYTHING))
        tidied.append(_plain(statement, scope))
    tidied = _flat(tidied, scope)
    tidied = _chosen(tidied, scope)
    if scope.function is not None and not has_own_frame(scope.function):
        tidied = with_files(tidied, scope.function)
        tidied = without_index(tidied, scope.function)
        tidied = inlined(tidied, scope.function)
    if _is_private(scope) and scope.function is not None:
        tidied = without_loop(
            tidied,
            scope.function,
            ends_function=scope.behind is _Behind.END_OF_FUNCTION,
        )
    return tidied


def _is_private(scope: _Scope) -> bool:
    """True if nobody sees the variables before the statements are done."""
    return scope.function is not None and not scope.is_caught and not has_own_frame(scope.function)


def _without_idle(body: list[ast.stmt], behind: _Behind) -> list[ast.stmt]:
    kept: list[ast.stmt] = []
    for number, statement in enumerate(body):
        if not isinstance(statement, ast.Pass):
            kept.append(statement)
        if ends([statement]) and not _says_something(body[number + 1 :]):
            break
    last = kept[-1] if kept else None
    if isinstance(last, ast.Return) and is_constant(last.value, None):
        last.value = None
    returns_nothing = isinstance(last, ast.Return) and last.value is None
    if behind is _Behind.END_OF_FUNCTION and returns_nothing:
        return kept[:-1]
    if behind is _Behind.NEXT_TURN and isinstance(last, ast.Continue):
        return kept[:-1]
    return kept


def _says_something(unreached: list[ast.stmt]) -> bool:
    """True if statements mean something without being run: a yield, or a name that is local."""
    kinds = (ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)
    whole = ast.Module(unreached, [])
    if any(isinstance(node, kinds) for node in ast.walk(whole)):
        return True
    return bool(bound_by_name(whole) or bound_otherwise(whole))


def _descend(statement: ast.stmt, scope: _Scope) -> None:
    inner = replace(scope, behind=_Behind.ANYTHING)
    if isinstance(statement, FUNCTIONS):
        outermost = scope.function or statement
        statement.body = _tidy(statement.body, _Scope(outermost, _Behind.END_OF_FUNCTION))
    elif isinstance(statement, ast.ClassDef):
        statement.body = _tidy(statement.body, _Scope())
    elif isinstance(statement, ast.If):
        statement.body = _tidy(statement.body, scope)
        statement.orelse = _tidy(statement.orelse, scope)
    elif isinstance(statement, (ast.For, ast.AsyncFor, ast.While)):
        statement.body = _tidy(statement.body, replace(scope, behind=_Behind.NEXT_TURN))
        statement.orelse = _tidy(statement.orelse, inner)
    elif isinstance(statement, (ast.With, ast.AsyncWith)):
        statement.body = _tidy(statement.body, replace(inner, is_caught=True))
    elif isinstance(statement, ast.Try):
        inner = replace(inner, is_caught=True)
        statement.body = _tidy(statement.body, inner)
        statement.orelse = _tidy(statement.orelse, inner)
        statement.finalbody = _tidy(statement.finalbody, inner)
        for handler in statement.handlers:
            handler.body = _tidy(handler.body, inner)
    elif isinstance(statement, ast.Match):
        for case in statement.cases:
            case.body = _tidy(case.body, inner)


def _plain(statement: ast.stmt, scope: _Scope) -> ast.stmt:
    """One statement with its choices in normal form."""
    if isinstance(statement, ast.AnnAssign) and scope.function is not None and statement.value:
        # Annotations of local variables are not evaluated.
        return _of_assignment(ast.Assign([statement.target], statement.value), scope)
    if isinstance(statement, ast.Assign):
        return _of_assignment(statement, scope)
    if isinstance(statement, ast.If):
        return _of_if(statement)
    return statement


def _of_assignment(node: ast.Assign, scope: _Scope) -> ast.stmt:
    """``x = x + 1`` as ``x += 1``, where ``x`` cannot change in place."""
    target, value = node.targets[0], node.value
    if len(node.targets) > 1 or not isinstance(target, ast.Name) or scope.function is None:
        return node
    if not isinstance(value, ast.BinOp) or not isinstance(value.left, ast.Name):
        return node
    amount = value.right.value if isinstance(value.right, ast.Constant) else None
    is_plain = isinstance(amount, (int, str)) and not isinstance(amount, bool)
    if value.left.id == target.id and is_plain and is_plain_value(target.id, scope.function):
        return ast.AugAssign(target, value.op, value.right)
    return node


def _of_if(node: ast.If) -> ast.stmt:
    if node.orelse and is_negative(node.test):
        positive = opposite(node.test)
        return ast.If(positive, node.orelse, node.body)
    if not node.body and node.orelse:
        return ast.If(opposite(node.test), node.orelse, [])
    inner = node.body[0] if len(node.body) == 1 else None
    if isinstance(inner, ast.If) and not inner.orelse and not node.orelse:
        both = joined(ast.And(), [node.test, inner.test])
        return ast.If(both, inner.body, [])
    if len(node.body) == len(node.orelse) == 1:
        first, second = node.body[0], node.orelse[0]
        if isinstance(first, ast.Assign) and isinstance(second, ast.Assign):
            is_one = len(first.targets) == 1 and isinstance(first.targets[0], ast.Name)
            if is_one and len(second.targets) == 1 and same(first.targets[0], second.targets[0]):
                value = choice(node.test, first.value, second.value)
                return ast.Assign(first.targets, value)
    return node


def _flat(body: list[ast.stmt], scope: _Scope) -> list[ast.stmt]:
    """Without ``else`` behind what ends the branch, and guards as plain conditions."""
    flat: list[ast.stmt] = []
    for number, node in enumerate(body):
        if not isinstance(node, ast.If):
            flat.append(node)
            continue
        rest = body[number + 1 :]
        if node.orelse and ends(node.body):
            return [*flat, ast.If(node.test, node.body, []), *node.orelse, *rest]
        if node.orelse and ends(node.orelse):
            return [*flat, ast.If(opposite(node.test), node.orelse, []), *node.body, *rest]
        if rest and not node.orelse and _is_guard(node.body, scope.behind):
            return [*flat, ast.If(opposite(node.test), rest, [])]
        flat.append(node)
    return flat


def _is_guard(body: list[ast.stmt], behind: _Behind) -> bool:
    """True if the branch only skips what follows it up to the end of the list."""
    if len(body) != 1:
        return False
    only = body[0]
    if behind is _Behind.NEXT_TURN:
        return isinstance(only, ast.Continue)
    returns_nothing = isinstance(only, ast.Return) and (
        only.value is None or is_constant(only.value, None)
    )
    return behind is _Behind.END_OF_FUNCTION and returns_nothing


def _chosen(body: list[ast.stmt], scope: _Scope) -> list[ast.stmt]:
    """Two ways to one value as one expression."""
    made = list(body)
    if scope.behind is _Behind.END_OF_FUNCTION and made and _returned_if(made[-1]) is not None:
        made.append(ast.Return(ast.Constant(None)))
    for number in range(len(made) - 2, -1, -1):
        first, second = made[number], made[number + 1]
        value = _returned_if(first)
        if value is not None and isinstance(second, ast.Return):
            test = cast("ast.If", first).test
            other = second.value or ast.Constant(None)
            made[number:] = [ast.Return(choice(test, value, other))]
        elif _is_private(scope) and (assigned := _defaulted(first, second, scope)) is not None:
            made[number : number + 2] = [assigned]
    return made


def _returned_if(node: ast.stmt) -> ast.expr | None:
    """``value`` of ``if test: return value``."""
    if isinstance(node, ast.If) and len(node.body) == 1 and not node.orelse:
        only = node.body[0]
        if isinstance(only, ast.Return):
            return only.value or ast.Constant(None)
    return None


def _defaulted(first: ast.stmt, second: ast.stmt, scope: _Scope) -> ast.Assign | None:
    """``x = a`` and ``if test: x = b`` as one assignment."""
    if not isinstance(first, ast.Assign) or not isinstance(second, ast.If):
        return None
    only = second.body[0] if len(second.body) == 1 and not second.orelse else None
    if not isinstance(only, ast.Assign) or len(first.targets) != 1 or len(only.targets) != 1:
        return None
    target = first.targets[0]
    if not isinstance(target, ast.Name) or not same(target, only.targets[0]):
        return None
    if scope.function is None or not is_seen_by_one(target.id, scope.function):
        return None
    used = occurrences([second.test, only.value])
    if used[target.id] or not isinstance(first.value, ast.Constant) or suspends(second):
        return None
    return ast.Assign([target], choice(second.test, only.value, first.value))
