"""Statements and expressions that say in a roundabout way what has a plain one."""

from __future__ import annotations

import ast
import re

from cornerman.core.actions import TextEdit
from cornerman.features.actions.drafts.source import Source
from cornerman.features.actions.equivalence.facts import ends, is_boolean, is_plain_value

_ELSE = re.compile(r"[ \t]*\r?\n[ \t]*else[ \t]*:[ \t]*\r?\n[ \t]*")


def plainer_statements(
    source: Source, body: list[ast.stmt], number: int, scope: ast.AST
) -> TextEdit | None:
    """The statements from an index on in fewer words; the first rule that applies."""
    node = body[number]
    after = body[number + 1] if number + 1 < len(body) else None
    if isinstance(node, ast.If):
        return plain_condition(source, body, number, scope) or _flat(source, node)
    if isinstance(node, ast.Assign):
        return _returned(source, node, after, scope) or _counted(source, node, scope)
    return None


def plain_condition(
    source: Source, body: list[ast.stmt], number: int, _scope: ast.AST
) -> TextEdit | None:
    """A condition that only chooses a value, or only stands in another one, as an expression."""
    node = body[number]
    after = body[number + 1] if number + 1 < len(body) else None
    if not isinstance(node, ast.If):
        return None
    rules = (_truth(source, node, after), _either(source, node), _both(source, node))
    return next((made for made in rules if made is not None), None)


def plainer_expression(source: Source, node: ast.expr) -> TextEdit | None:
    """``not a in b``, ``True if a else False`` and lists made only to be read once."""
    text = ""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = node.operand
        if isinstance(inner, ast.Compare) and source.opposite(inner) != f"not {source.of(inner)}":
            text = source.opposite(inner)
    elif isinstance(node, ast.IfExp):
        text = _choice(source, node)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        text = _consumed(source, node, node.func.id)
    if not text:
        return None
    if isinstance(node, ast.IfExp) and text.startswith("(") and _is_alone(source, node):
        text = text[1:-1]
    return source.replacing(node, node, text)


def _choice(source: Source, node: ast.IfExp) -> str:
    values = _constant(node.body), _constant(node.orelse)
    if values == (True, False) and all(isinstance(one, bool) for one in values):
        test = source.of(node.test)
        return f"({test})" if is_boolean(node.test) else f"bool({test})"
    if values == (False, True) and all(isinstance(one, bool) for one in values):
        return f"({source.opposite(node.test)})"
    if isinstance(node.test, ast.Name) and source.of(node.body) == node.test.id:
        return f"({node.test.id} or {source.part(node.orelse)})"
    return ""


def _consumed(source: Source, node: ast.Call, name: str) -> str:
    argument = node.args[0] if len(node.args) == 1 and not node.keywords else None
    if not isinstance(argument, ast.ListComp) or name not in ("list", "sum", "min", "max", "tuple"):
        return ""
    inner = source.of(argument)
    return inner if name == "list" else f"{name}({inner[1:-1].strip()})"


def _truth(source: Source, node: ast.If, after: ast.stmt | None) -> TextEdit | None:
    """``if a: return True`` and then ``return False``, as ``return a``."""
    other = node.orelse[0] if len(node.orelse) == 1 else after if not node.orelse else None
    first = node.body[0] if len(node.body) == 1 else None
    if not isinstance(first, ast.Return) or not isinstance(other, ast.Return):
        return None
    values = _constant(first.value), _constant(other.value)
    if not all(isinstance(one, bool) for one in values) or values[0] is values[1]:
        return None
    if _is_elif(source, node):
        return None
    test = source.of(node.test)
    text = test if is_boolean(node.test) else f"bool({test})"
    text = f"return {text if values[0] else source.opposite(node.test)}"
    return source.replacing(node, other, text) if source.fits(node, text) else None


def _either(source: Source, node: ast.If) -> TextEdit | None:
    """``x = a`` or else ``x = b``, as one assignment."""
    if len(node.body) != 1 or len(node.orelse) != 1 or _is_elif(source, node):
        return None
    first, second = node.body[0], node.orelse[0]
    if not isinstance(first, ast.Assign) or not isinstance(second, ast.Assign):
        return None
    name = first.targets[0]
    is_one = len(first.targets) == len(second.targets) == 1 and isinstance(name, ast.Name)
    if not is_one or ast.dump(name) != ast.dump(second.targets[0]):
        return None
    values = [source.part(one) for one in (first.value, node.test, second.value)]
    text = f"{source.of(name)} = {values[0]} if {values[1]} else {values[2]}"
    return source.replacing(node, node, text) if source.fits(node, text) else None


def _both(source: Source, node: ast.If) -> TextEdit | None:
    """An ``if`` that has nothing but another one in it, as one."""
    inner = node.body[0] if len(node.body) == 1 else None
    if not isinstance(inner, ast.If) or inner.orelse or node.orelse or _is_elif(source, node):
        return None
    tests = [
        f"({source.of(test)})"
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or)
        else source.part(test)
        for test in (node.test, inner.test)
    ]
    head = f"if {' and '.join(tests)}:"
    if not source.fits(node, head):
        return None
    indent = source.indent(inner)
    lines = source.dedented(inner.body, indent)
    return source.replacing(node, node, f"{head}\n{indent}{lines}")


def _flat(source: Source, node: ast.If) -> TextEdit | None:
    """What stands in the ``else`` of a branch that leaves, one level up."""
    if not node.orelse or not ends(node.body) or _is_elif(source, node):
        return None
    other = node.orelse[0]
    code = source.code
    start = code.start(other)
    if code.text.startswith("elif", start):
        return TextEdit(start, start + len("elif"), "if")
    between = code.end(node.body[-1])
    if _ELSE.fullmatch(code.text[between:start]) is None:
        return None
    indent = source.indent(node)
    lines = source.dedented(node.orelse, indent)
    return TextEdit(between, code.end(node), f"\n{indent}{lines}")


def _returned(
    source: Source, node: ast.Assign, after: ast.stmt | None, scope: ast.AST
) -> TextEdit | None:
    """``x = a`` and then ``return x``."""
    name = node.targets[0]
    if not isinstance(name, ast.Name) or not isinstance(after, ast.Return):
        return None
    uses = sum(isinstance(one, ast.Name) and one.id == name.id for one in ast.walk(scope))
    is_read = isinstance(after.value, ast.Name) and after.value.id == name.id
    if len(node.targets) != 1 or not is_read or uses != 2:
        return None
    return source.replacing(node, after, f"return {source.of(node.value)}")


def _counted(source: Source, node: ast.Assign, scope: ast.AST) -> TextEdit | None:
    """``x = x + 1`` as ``x += 1``."""
    match = re.fullmatch(r"(\w+) *= *\1 *([-+*]) *(\d+|'[^']*'|\"[^\"]*\")", source.of(node))
    if match is None or not is_plain_value(match[1], scope):
        return None
    return source.replacing(node, node, f"{match[1]} {match[2]}= {match[3]}")


def _is_elif(source: Source, node: ast.If) -> bool:
    return source.code.text.startswith("elif", source.code.start(node))


def _is_alone(source: Source, node: ast.expr) -> bool:
    """True if the expression is all that is returned or assigned, on its line."""
    text = source.code.text
    before = text[: source.code.start(node)].rpartition("\n")[2]
    after = text[source.code.end(node) :].partition("\n")[0]
    return re.search(r"(\breturn|=) *$", before) is not None and not after.strip()


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else node
