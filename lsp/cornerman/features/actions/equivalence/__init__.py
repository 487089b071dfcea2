"""Whether two Python sources do the same, by rules that are each known to change nothing.

Both are brought to one normal form and compared. A "no" means only that these rules do not show
it; a "yes" assumes no more than well-behaved types: ``!=`` as the opposite of ``==``,
comparisons that give booleans, ``str(x)`` that agrees with ``format(x)``, and sequences where
``range(len(x))`` counts.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from cornerman.features.actions.equivalence.expressions import normal_expressions
from cornerman.features.actions.equivalence.names import renamed
from cornerman.features.actions.equivalence.statements import tidy_module

_ROUNDS = 12
# What the rules take these names for must be what they mean.
_BUILTINS = frozenset(
    [
        "EnvironmentError",
        "IOError",
        "OSError",
        "all",
        "any",
        "bool",
        "callable",
        "dict",
        "frozenset",
        "hasattr",
        "isinstance",
        "issubclass",
        "len",
        "list",
        "max",
        "min",
        "next",
        "range",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
    ]
)


def do_the_same(old: str, new: str) -> bool:
    """True if the normal forms of two modules are equal; both must parse."""
    older, newer = ast.parse(old), ast.parse(new)
    if _BUILTINS & (_bound(_top_level(older)) | _bound(_top_level(newer))):
        return False
    before, after = ([ast.dump(node) for node in module.body] for module in (older, newer))
    # What is the same to the letter needs no proof, and most of a file is.
    while before and after and before[0] == after[0]:
        del before[0], after[0], older.body[0], newer.body[0]
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1], older.body[-1], newer.body[-1]
    if before == after:
        return True
    if _BUILTINS & (_bound(ast.walk(older)) | _bound(ast.walk(newer))):
        return False
    return _normal(older) == _normal(newer)


def _normal(module: ast.Module) -> str:
    dump = ""
    for _ in range(_ROUNDS):
        module = normal_expressions(module)
        tidy_module(module)
        former, dump = dump, ast.dump(module)
        if dump == former:
            break
    return ast.dump(renamed(module))


def _top_level(module: ast.Module) -> list[ast.AST]:
    """The nodes that may bind the module's own names."""
    inner = [node for statement in module.body for node in ast.iter_child_nodes(statement)]
    return [*module.body, *inner]


def _bound(nodes: Iterable[ast.AST]) -> set[str]:
    names: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.alias):
            names.add(node.asname or node.name)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
    return names
