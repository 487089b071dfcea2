"""What benchmarks/engine.py asks for."""

from __future__ import annotations

from cornerman.core.generation import (
    GenerationRequest,
    Message,
    Priority,
    Prompt,
    SamplingParams,
    Text,
)
from cornerman.models.families import FIM_TOKENS

TYPED = "result = encode_all(items, strict=True)"

RENAME = """\
Rename the variable cur_line to current. Answer with the whole code and nothing else.
```python
def wrap(chunks, width, separator):
    lines = []
    while chunks:
        cur_line = []
        cur_len = 0
        while chunks and cur_len + len(chunks[-1]) <= width:
            cur_line.append(chunks.pop())
            cur_len += len(cur_line[-1])
        if chunks and not cur_line:
            cur_line.append(chunks.pop()[:width])
        if cur_line and cur_line[-1].strip() == "":
            del cur_line[-1]
        if cur_line:
            lines.append(separator.join(cur_line))
    return lines
```"""

_FIM = FIM_TOKENS["qwen2.5-coder"]


def source(name: str, lines: int) -> str:
    """Code of about 16 tokens a line."""
    return "".join(f"{name}_{n} = {name}(first={n}, second={n * n})\n" for n in range(lines))


def completion(
    before: str, typed: str = "", *, tokens: int, session: str = ""
) -> GenerationRequest:
    """A completion between ``before``, the line being typed, and a suffix."""
    pieces = (_FIM.prefix, _FIM.suffix, Text("\nprint(result)\n"), *_FIM.middle, Text(before))
    return GenerationRequest("", Prompt(pieces, typed), SamplingParams(tokens), session=session)


def chat(question: str, *, tokens: int, copies: bool = False) -> GenerationRequest:
    """A request of less urgency than a completion."""
    return GenerationRequest(
        "",
        (Message("user", question),),
        SamplingParams(tokens),
        priority=Priority.ACTION,
        copies_input=copies,
    )
