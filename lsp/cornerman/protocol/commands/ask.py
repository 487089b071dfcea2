"""``cornerman.ask``: a question about the workspace."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types
from pydantic import Field

from cornerman.protocol.commands.arguments import Arguments, only, valid
from cornerman.protocol.language_server import CornermanServer
from cornerman.protocol.show_text import show_text

ASK_COMMAND = "cornerman.ask"
_TITLE = "Searching the workspace"


class _Ask(Arguments):
    question: str = Field(min_length=1, max_length=4_000)
    uri: str | None = None
    partial_result_token: int | str | None = None
    work_done_token: int | str | None = None
    show: bool = False


async def ask(ls: CornermanServer, arguments: Sequence[object]) -> dict[str, object]:
    """``cornerman.ask`` {question, partialResultToken?, show?}: the answer, with citations."""
    sentence = f"{ASK_COMMAND} takes one object with a question."
    wanted = valid(_Ask, only(arguments), sentence)
    token = wanted.partial_result_token

    def tell(text: str) -> None:
        if token is not None:
            ls.progress(types.ProgressParams(token, {"text": text}))

    async with ls.progresses.show(ls, _TITLE, wanted.work_done_token):
        answer = await ls.session.ask(wanted.question, tell)
    citations = [
        {"path": p.path, "uri": p.uri, "line": p.first, "endLine": p.last} for p in answer.citations
    ]
    if wanted.show:
        sources = "".join(f"\n- [{p.place}]({p.uri}#L{p.first})" for p in answer.citations)
        await show_text(ls, f"{answer.text}\n{sources}\n")
    return {"text": answer.text, "found": answer.is_found, "citations": citations}
