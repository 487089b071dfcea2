"""What the normal form must not prove: rewrites that look the same and are not."""

from __future__ import annotations

from textwrap import dedent

import pytest

from cornerman.features.actions.equivalence import do_the_same

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


@pytest.mark.parametrize("name", DIFFERENT)
def test_is_not_taken_for_the_same(name: str) -> None:
    old, new = (dedent(text) for text in DIFFERENT[name])
    assert not do_the_same(old, new)
    assert not do_the_same(new, old)
