"""What the normal form proves, and above all what it must not prove."""

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
DIFFERENT = {
    "another comparison": ("def f(a):\n    return a > 3\n", "def f(a):\n    return a >= 3\n"),
    "another order": (
        "def f(a, b):\n    x = a()\n    return b() + x\n",
        "def f(a, b):\n    return b() + a()\n",
    ),
    "another element": (
        "def f(xs):\n    r = []\n    for x in xs:\n        r.append(x + 1)\n    return r\n",
        "def f(xs):\n    return [x for x in xs]\n",
    ),
    "a list that sees itself": (
        "def f(xs):\n    r = []\n    for x in xs:\n        r.append(len(r))\n    return r\n",
        "def f(xs):\n    r = []\n    r = [len(r) for x in xs]\n    return r\n",
    ),
    "another global": (
        "a = b = 1\ndef f(y):\n    return [a for a in y] + [a]\n",
        "a = b = 1\ndef f(y):\n    return [b for b in y] + [b]\n",
    ),
    "a variable used behind the loop": (
        "def f(a):\n    for i in a:\n        if i:\n            return i\n    return i\n",
        "def f(a):\n    return next((i for i in a if i), None)\n",
    ),
    "a tuple in a text": (
        'def f(d):\n    return "%s" % d\n',
        'def f(d):\n    return f"{d}"\n',
    ),
    "truth is not True": (
        "def f(a):\n    if a:\n        return True\n    return False\n",
        "def f(a):\n    return a\n",
    ),
    "a lost default": (
        "def f():\n    x = 1\n    try:\n        x = g()\n    except E:\n        h()\n    g(x)\n",
        "def f():\n    try:\n        x = g()\n    except E:\n        h()\n    g(x)\n",
    ),
    "what is left after an error": (
        """
        def f(xs):
            try:
                r = []
                for x in xs:
                    r.append(1 / x)
            except ZeroDivisionError:
                pass
            return r
        """,
        """
        def f(xs):
            try:
                r = [1 / x for x in xs]
            except ZeroDivisionError:
                pass
            return r
        """,
    ),
    "a default after an error": (
        """
        def f(a):
            with suppress(ValueError):
                x = 1
                if g(a):
                    x = 2
            return x
        """,
        """
        def f(a):
            with suppress(ValueError):
                x = 2 if g(a) else 1
            return x
        """,
    ),
    "a swallowed error": (
        "def f(a):\n    if not a:\n        raise ValueError\n    return a\n",
        "def f(a):\n    return a\n",
    ),
    "a lost branch": (
        "def f(a):\n    if a == 1:\n        return 1\n    if a == 2:\n        return b\n    g()\n",
        "def f(a):\n    if a == 1:\n        return 1\n    g()\n",
    ),
    "a shadowed builtin": (
        """
        def f(any, x):
            for y in x:
                if y:
                    return True
            return False
        """,
        "def f(any, x):\n    return any(y for y in x)\n",
    ),
    "a changed list while looping": (
        "def f(xs):\n    for i in range(len(xs)):\n        xs.append(xs[i])\n",
        "def f(xs):\n    for x in xs:\n        xs.append(x)\n",
    ),
    "sums of floats": (
        "def f(xs):\n    s = 0\n    for x in xs:\n        s += x\n    return s\n",
        "def f(xs):\n    return sum(xs)\n",
    ),
    "names of variables that are looked at": (
        "def f():\n    a = 1\n    return locals()\n",
        "def f():\n    b = 1\n    return locals()\n",
    ),
    "module names": ("for a in x:\n    y = a\n", "for b in x:\n    y = b\n"),
    "an index used behind the loop": (
        "def f(xs):\n    for i in range(len(xs)):\n        g(xs[i])\n    return i\n",
        "def f(xs):\n    for i in xs:\n        g(i)\n    return i\n",
    ),
    "a list that another function looks at": (
        """
        def f(xs):
            def size(x):
                return len(r)
            r = []
            for x in xs:
                r.append(size(x))
            return r
        """,
        """
        def f(xs):
            def size(x):
                return len(r)
            r = [size(x) for x in xs]
            return r
        """,
    ),
    "a default that another function looks at": (
        """
        def f(a):
            def seen():
                return x
            x = 1
            if seen():
                x = 2
            return x
        """,
        """
        def f(a):
            def seen():
                return x
            x = 2 if seen() else 1
            return x
        """,
    ),
    "a name that an exception takes away": (
        """
        def f(a):
            e = 1
            try:
                a()
            except ValueError as e:
                pass
            return e
        """,
        """
        def f(a):
            b = 1
            try:
                a()
            except ValueError as e:
                pass
            return b
        """,
    ),
    "a name that a function takes": (
        "def f():\n    g = 1\n    def g():\n        pass\n    return g\n",
        "def f():\n    h = 1\n    def g():\n        pass\n    return h\n",
    ),
    "a generator without a step": (
        "def f():\n    return\n    yield\n",
        "def f():\n    return\n",
    ),
    "a name that is local by what is never run": (
        "x = 1\ndef f():\n    return x\n    x = 2\n",
        "x = 1\ndef f():\n    return x\n",
    ),
    "a global that the call changes": (
        "def f():\n    x = step()\n    return g(total, x)\n",
        "def f():\n    return g(total, step())\n",
    ),
    "a parameter that may change in place": (
        "def f(a):\n    a = a + 1\n    return a\n",
        "def f(a):\n    a += 1\n    return a\n",
    ),
    "builtins under other meanings": (
        "from numpy import *\ndef f(a):\n    return not all(not x for x in a)\n",
        "from numpy import *\ndef f(a):\n    return any(a)\n",
    ),
    "a builtin of one's own for older versions": (
        """
        try:
            any
        except NameError:
            def any(values):
                return values

        def f(a):
            for x in a:
                if x:
                    return True
            return False
        """,
        """
        try:
            any
        except NameError:
            def any(values):
                return values

        def f(a):
            return any(x for x in a)
        """,
    ),
    "a default for what is falsy": (
        "def f(a, b):\n    return a if a is not None else b\n",
        "def f(a, b):\n    return a or b\n",
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_is_shown_to_do_the_same(name: str) -> None:
    old, new = (dedent(text) for text in SAME[name])
    assert do_the_same(old, new)
    assert do_the_same(new, old)


@pytest.mark.parametrize("name", DIFFERENT)
def test_is_not_taken_for_the_same(name: str) -> None:
    old, new = (dedent(text) for text in DIFFERENT[name])
    assert not do_the_same(old, new)
    assert not do_the_same(new, old)


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
