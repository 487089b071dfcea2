"""Whether two Python sources do the same, by rules that are each known to change nothing.

Both are brought to one normal form and compared. A "no" means only that these rules do not show
it; a "yes" assumes no more than well-behaved types: ``!=`` as the opposite of ``==``,
comparisons that give booleans, ``str(x)`` that agrees with ``format(x)``, and sequences where
``range(len(x))`` counts.
"""

from __future__ import annotations

import ast

from cornerman.features.actions.equivalence.expressions import normal_expressions
from cornerman.features.actions.equivalence.facts import bound_by_name, bound_otherwise
from cornerman.features.actions.equivalence.names import renamed
from cornerman.features.actions.equivalence.statements import tidy_module
from cornerman.features.actions.python_code import bound_names

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
        "open",
        "range",
        "set",
        "sorted",
        "str",
        "sum",
        "tuple",
    ]
)
# An import of everything may bind any of them.
_EVERYTHING = _BUILTINS | {"*"}


def do_the_same(old: str, new: str) -> bool:
    """True if the normal forms of two modules are equal; both must parse."""
    older, newer = ast.parse(old), ast.parse(new)
    if any(_EVERYTHING & set(bound_names(module.body)) for module in (older, newer)):
        return False
    before, after = ([ast.dump(node) for node in module.body] for module in (older, newer))
    # What is the same to the letter needs no proof, and most of a file is.
    while before and after and before[0] == after[0]:
        del before[0], after[0], older.body[0], newer.body[0]
    while before and after and before[-1] == after[-1]:
        del before[-1], after[-1], older.body[-1], newer.body[-1]
    if before == after:
        return True
    for module in (older, newer):
        if _BUILTINS & (bound_by_name(module) | bound_otherwise(module)):
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
