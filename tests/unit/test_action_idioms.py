"""What is rewritten without a model, shown to do the same like everything else."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from cornerman.core.actions import ActionKind
from support.actions import offered, request_in, result_of

LOOP, PLAIN, MODERN = ActionKind.CONVERT_LOOP, ActionKind.SIMPLIFY, ActionKind.MODERNIZE


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (
            LOOP,
            "b = []\nfor x in a:\n    if x.ok:\n        b.append(x.y)\nreturn b",
            "return [x.y for x in a if x.ok]",
        ),
        (
            LOOP,
            "b = set()\nfor x, y in a:\n    b.add((x, y))\nuse(b, b)",
            "b = {(x, y) for x, y in a}\nuse(b, b)",
        ),
        (
            LOOP,
            "b = {}\nfor x in a:\n    b[x] = len(x)\nreturn b",
            "return {x: len(x) for x in a}",
        ),
        (
            LOOP,
            "n = 0\nfor x in a:\n    if x:\n        n += 1\nreturn n",
            "return sum(1 for x in a if x)",
        ),
        (
            LOOP,
            "for x in a:\n    if x > 1:\n        return True\nreturn False",
            "return any(x > 1 for x in a)",
        ),
        (
            LOOP,
            "for x in a:\n    if not x.ok:\n        return False\nreturn True",
            "return all(x.ok for x in a)",
        ),
        (
            LOOP,
            "for x in a:\n    if x.ok:\n        return x\nreturn None",
            "return next((x for x in a if x.ok), None)",
        ),
        (
            LOOP,
            "for i in range(len(a)):\n    use(a[i])",
            "for item in a:\n    use(item)",
        ),
        (PLAIN, "if a:\n    return True\nelse:\n    return False", "return bool(a)"),
        (
            PLAIN,
            "if a > 1:\n    b = 1\nelse:\n    b = 2\nuse(b, b)",
            "b = 1 if a > 1 else 2\nuse(b, b)",
        ),
        (
            PLAIN,
            "if a or c:\n    if a > 1:\n        use(a)\n        # why\n        use(2)",
            "if (a or c) and a > 1:\n    use(a)\n    # why\n    use(2)",
        ),
        (
            PLAIN,
            "if a:\n    return 1\nelse:\n    # why\n    use(a)\n    return 2",
            "",
        ),
        (
            PLAIN,
            "if a:\n    return 1\nelif c:\n    use(c)",
            "if a:\n    return 1\nif c:\n    use(c)",
        ),
        (PLAIN, "b = use(a)\nreturn b", "return use(a)"),
        (PLAIN, "n = 0\nn = n + 1\nuse(n, not a in c)", "n = 0\nn += 1\nuse(n, a not in c)"),
        (PLAIN, "return True if a > 1 else False", "return a > 1"),
        (MODERN, "use('%s is {%r}' % (a, c.d))", "use(f'{a} is {{{c.d!r}}}')"),
        (MODERN, 'use("{} of {:>3}".format(a, c))', 'use(f"{a} of {c:>3}")'),
        (MODERN, "use('n: ' + str(a) + '!')", "use(f'n: {a}!')"),
        (MODERN, "use(set([1, a]), dict(), u'x')", "use({1, a}, {}, 'x')"),
        (
            MODERN,
            "b = open(a)\ntry:\n    use(b)\n    # why\n    use(c)\nfinally:\n    b.close()",
            "with open(a) as b:\n    use(b)\n    # why\n    use(c)",
        ),
        (
            MODERN,
            "try:\n    use(a)\nexcept IOError:\n    use(c)",
            "try:\n    use(a)\nexcept OSError:\n    use(c)",
        ),
    ],
)
async def test_idioms_are_rewritten_without_a_model(kind: ActionKind, old: str, new: str) -> None:
    text = "def f(a, c):‸\n" + indent(old, "    ") + "\n"
    offer = await offered(request_in(text, kind), "no code")
    if not new:
        assert not offer.edits
        return
    assert offer.edits[0].applied() == "def f(a, c):\n" + indent(new, "    ") + "\n"
    assert offer.tokens_per_second is None
    assert offer.checks[-1].detail == "It is shown to do the same."


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (LOOP, "b = []\nfor x in a:\n    b.append(len(b))\nreturn b"),
        (LOOP, "b = []\nfor x in a:\n    b.append(x)\nreturn b, x"),
        (LOOP, "b = []\nfor x in a:\n    b.append(x)  # why\nreturn b"),
        (LOOP, "for i in range(len(a)):\n    a[i] = 1"),
        (MODERN, "use('%s' % a)"),
        (MODERN, "use('%d of %s' % (a, c))"),
        (MODERN, "use('{0} {0}'.format(a))"),
        (MODERN, "use('%s' % (a['b'],))"),
        (MODERN, "b = open(a)\ntry:\n    b = c\nfinally:\n    b.close()"),
        (MODERN, "b = open(a)\nuse(b)\nb.close()"),
        (PLAIN, "a = a + 1\nuse(a)"),
        (PLAIN, "if a:\n    b = '''\n    x'''\nreturn b"),
    ],
)
async def test_what_might_change_something_stays(kind: ActionKind, body: str) -> None:
    text = "def f(a, c):‸\n" + indent(body, "    ") + "\n"
    assert (await offered(request_in(text, kind), "no code")).edits == ()


async def test_long_results_are_laid_out_and_line_ends_stay() -> None:
    text = dedent(
        """\
        def f(records):‸
            found = []
            for record in records:
                if record.is_ready and record.owner is not None:
                    found.append(record.owner.description)
            return found
        """
    ).replace("\n", "\r\n")
    after = await result_of(request_in(text, LOOP))
    assert after.split("\r\n") == [
        "def f(records):",
        "    return [",
        "        record.owner.description",
        "        for record in records",
        "        if record.is_ready and record.owner is not None",
        "    ]",
        "",
    ]
