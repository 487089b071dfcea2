"""What the normal form proves, and that it sees a change of it."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from cornerman.features.actions.equivalence import do_the_same

SAME = {
    "else behind return": (
        "def f(a):\n    if a > 3:\n        return True\n    else:\n        return False\n",
        "def f(a):\n    return a > 3\n",
    ),
    "any": (
        """
        def f(numbers):
            for number in numbers:
                if number % 2 == 0:
                    return True
                else:
                    continue
            return False
        """,
        "def f(numbers):\n    return any(n % 2 == 0 for n in numbers)\n",
    ),
    "all": (
        """
        def f(numbers):
            for number in numbers:
                if not number:
                    return False
            return True
        """,
        "def f(numbers):\n    return all(n for n in numbers)\n",
    ),
    "nested conditions": (
        """
        def f(name, limit):
            if name is not None:
                if len(name) < limit:
                    return True
                else:
                    return False
            else:
                return False
        """,
        "def f(name, limit):\n    return name is not None and len(name) < limit\n",
    ),
    "list": (
        """
        def f(words):
            out = []
            for word in words:
                if not word:
                    continue
                stripped = word.strip()
                out.append(stripped.lower())
            return out
        """,
        "def f(words):\n    return [w.strip().lower() for w in words if w]\n",
    ),
    "dictionary": (
        """
        def f(words):
            sizes = {}
            for word in words:
                sizes[word] = len(word)
            return sizes
        """,
        "def f(words):\n    return {word: len(word) for word in words}\n",
    ),
    "count": (
        """
        def f(words):
            n = 0
            for word in words:
                if word.isupper():
                    n += 1
            return n
        """,
        "def f(words):\n    return sum(1 for word in words if word.isupper())\n",
    ),
    "search": (
        """
        def f(users, name):
            for user in users:
                if user.name == name:
                    return user
        """,
        "def f(users, name):\n    return next((u for u in users if u.name == name), None)\n",
    ),
    "index": (
        "def f(xs):\n    for i in range(len(xs)):\n        print(xs[i])\n",
        "def f(xs):\n    for x in xs:\n        print(x)\n",
    ),
    "guard": (
        """
        def f(x):
            if not x:
                return
            else:
                if x > 2:
                    g(x)
            return None
        """,
        "def f(x):\n    if x and x > 2:\n        g(x)\n",
    ),
    "text": (
        'def f(n, d):\n    return "%s is %r" % (n, d) + "!" + str(n)\n',
        'def f(n, d):\n    return f"{n} is {d!r}!{n}"\n',
    ),
    "format": (
        'def f(n, d):\n    return "{} {:>4} {name}".format(n, d, name=n)\n',
        'def f(n, d):\n    return f"{n} {d:>4} {n}"\n',
    ),
    "choice": (
        "def f(x):\n    y = 2\n    if x:\n        y = 1\n    return y + 1\n",
        "def f(x):\n    return (1 if x else 2) + 1\n",
    ),
    "literals": ("x = dict(), list(), set([1, 2])\n", "x = {}, [], {1, 2}\n"),
    "counted up": (
        "def f(a):\n    n = 0\n    n = n + 1\n    use(n)\n    return n\n",
        "def f(a):\n    n = 0\n    n += 1\n    use(n)\n    return n\n",
    ),
    "not in": ("def f(a, b):\n    return not a in b\n", "def f(a, b):\n    return a not in b\n"),
}


@pytest.mark.parametrize("name", SAME)
def test_is_shown_to_do_the_same(name: str) -> None:
    old, new = (dedent(text) for text in SAME[name])
    assert do_the_same(old, new)
    assert do_the_same(new, old)


@pytest.mark.parametrize("name", SAME)
def test_a_change_of_any_constant_or_operator_is_seen(name: str) -> None:
    old, _ = (dedent(text) for text in SAME[name])
    for number in range(len(list(ast.walk(ast.parse(old))))):
        mutant = _mutant(old, number)
        if mutant is not None:
            assert not do_the_same(old, mutant), mutant


def _mutant(text: str, number: int) -> str | None:
    """The source with its ``number``-th node changed, if that is a constant or a comparison."""
    module = ast.parse(text)
    node = list(ast.walk(module))[number]
    if isinstance(node, ast.Constant) and isinstance(node.value, (bool, int)):
        node.value = not node.value if isinstance(node.value, bool) else node.value + 5
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "%" not in node.value:
        return None
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Gt, ast.Lt)):
        node.ops = [ast.GtE()]
    elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq):
        node.ops = [ast.Gt()]
    else:
        return None
    return ast.unparse(module)
