"""A docstring, or the comment that documents a definition in other languages."""

from __future__ import annotations

import ast
import re
import textwrap

from cornerman.features.actions.answer import Unusable
from cornerman.features.actions.job import Job
from cornerman.features.actions.python_code import (
    DEFINITIONS,
    Definition,
    docstring_node,
    own_nodes,
    parsed,
)

_QUOTES = re.compile(r"^[rR]?(\"\"\"|''')(.*?)(\1|$)", re.S)
_FENCED = re.compile(r"```\w*\n?|~~~\w*\n?")
_SECTION = re.compile(
    r"^(args|arguments|parameters|params|returns?|raises?|yields?)\s*(:.*)?$", re.I
)
_FIELD = re.compile(r"^\s*:(param|type|return|rtype|raises?)\b.*$", re.I)
# What can only be a name: in backticks, or of words joined by underscores.
_NAMED = re.compile(r"`(\w+)`|\b([a-zA-Z]+_\w+)\b")
_WIDTH = 88
_MIN_WIDTH = 40
# By language id: what starts the comment, each of its lines, and what ends it.
_COMMENTS = {
    "go": ("", "// ", ""),
    "rust": ("", "/// ", ""),
    "csharp": ("", "/// ", ""),
    "lua": ("", "--- ", ""),
    "ruby": ("", "# ", ""),
    "shellscript": ("", "# ", ""),
}
_BLOCK = ("/**", " * ", " */")


def documented(job: Job, answer: str) -> str | Unusable:
    """The target with what the answer says as its documentation."""
    prose = _prose(answer)
    if prose is None:
        return Unusable("The model did not answer with a description.")
    named = {name for pair in _NAMED.findall(prose) for name in pair if name}
    if not all(re.search(rf"\b{name}\b", job.code) for name in named):
        return Unusable("The description names something that is not in the code.")
    if not job.is_python:
        return _with_comment(job, prose)
    code = parsed(job.snapshot.text)
    node = code.definition_at(job.target.start) if code else None
    if code is None or node is None or not node.body:
        return Unusable("Docstrings are written for definitions of a file that parses.")
    if docstring_node(node) is not None:
        return Unusable("There is a docstring already.")
    body = code.start(node.body[0]) - job.target.start
    text = job.target.code(job.snapshot)
    line = max(text.rfind("\n", 0, body), text.rfind("\r", 0, body)) + 1
    indent = text[line:body]
    if indent.strip() or line == 0:
        return Unusable("The body stands on the line of the head; put it on its own line first.")
    before = _head_end(text[:line])
    docstring = _docstring(prose, indent, _quote_style(code.text))
    return text[:before] + docstring.replace("\n", job.line_end) + job.line_end + text[before:]


def undocumented(job: Job) -> bool:
    """Whether a definition lacks what :func:`documented` would add."""
    if job.is_python:
        code = parsed(job.snapshot.text)
        node = code.definition_at(job.target.start) if code else None
        return node is not None and docstring_node(node) is None and not _is_stub(node)
    line = job.snapshot.index.line_of(job.target.start)
    if line == 0:
        return True
    index = job.snapshot.index
    above = job.snapshot.text[index.line_start(line - 1) : index.line_end(line - 1)].strip()
    return not above.startswith(("//", "*/", "#", "--", "/*", "*", "@"))


def _prose(answer: str) -> str | None:
    """The description in an answer: its first paragraphs, up to anything that is no prose."""
    text = _FENCED.sub("", answer).strip()
    if match := _QUOTES.search(text):
        text = match[2].strip()
    if match := re.search(r"(\"\"\"|''')(.*?)\1", text, re.S):
        text = match[2].strip()
    paragraph = text.split("\n\n")[0]
    lines: list[str] = []
    for line in paragraph.split("\n"):
        if _SECTION.match(line.strip()) or _FIELD.match(line) or line.lstrip().startswith(">>>"):
            break
        lines.append(line.strip())
    prose = " ".join(line for line in lines if line).strip().strip('"').strip()
    sentences = re.split(r"(?<=[.!?])\s+", prose)
    first = sentences[0]
    is_prose = len(first.split()) > 2 and first[0].isalpha() and not _looks_like_code(first)
    if not is_prose:
        return None
    return first if first.endswith((".", "!", "?")) else first + "."


def _looks_like_code(text: str) -> bool:
    starts = ("def ", "class ", "return ", "import ", "from ", "function ", "Here is", "Sure")
    has_code = re.search(r"[{};=\\]|->|\"\"\"", text) is not None
    return has_code or text.startswith(starts)


def _docstring(prose: str, indent: str, quotes: str) -> str:
    columns = len(indent.expandtabs(4))
    width = max(_WIDTH - columns, _MIN_WIDTH)
    if len(prose) + 2 * len(quotes) <= width:
        return f"{indent}{quotes}{prose}{quotes}"
    lines = textwrap.wrap(prose, width - len(quotes))
    body = [f"{indent}{line}" for line in lines[1:]]
    return "\n".join([f"{indent}{quotes}{lines[0]}", *body, f"{indent}{quotes}"])


def _quote_style(text: str) -> str:
    return "'''" if text.count("'''") > text.count('"""') else '"""'


def _head_end(before_body: str) -> int:
    """Comments between the head and the body stay behind the docstring."""
    lines = before_body.splitlines(keepends=True)
    while len(lines) > 1 and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        lines.pop()
    return sum(map(len, lines))


def _with_comment(job: Job, prose: str) -> str:
    opener, prefix, closer = _COMMENTS.get(job.snapshot.language_id, _BLOCK)
    width = max(_WIDTH - len(job.indent.expandtabs(4)) - len(prefix), _MIN_WIDTH)
    lines = [f"{prefix}{line}" for line in textwrap.wrap(prose, width)]
    comment = [part for part in (opener, *lines, closer) if part]
    end = job.line_end
    return (end + job.indent).join([*comment, job.target.code(job.snapshot)])


def _is_stub(node: Definition) -> bool:
    """True for a body without anything in it to describe."""
    inner = [child for child in own_nodes(node) if isinstance(child, (ast.stmt, *DEFINITIONS))]
    return all(isinstance(child, (ast.Pass, ast.Expr)) for child in inner)
