"""No secret of a document is in what its actions ask, and none is lost in what they offer."""

from __future__ import annotations

import pytest

from cornerman.core.actions import ActionKind, OfferStatus
from cornerman.core.errors import BadInputError
from cornerman.core.generation import GenerationRequest, Message, Prompt, SamplingParams, Text
from cornerman.features.actions.rewrite import rewrite
from cornerman.features.masking import (
    MaskedEngine,
    check_may_be_shown,
    secrets_in,
    with_all_secrets,
)
from cornerman.models.catalog import find
from cornerman.settings import STARTER_MODEL, ActionSettings
from support.actions import Answers, request_in

TOKEN = "PLANTED" + "a8Kd93mNx72LqPz5VbTw"
CODE = f'def ‸connect(a):\n    token = "{TOKEN}"\n    return dial(a, token)\n'


@pytest.mark.parametrize("token", [TOKEN, "*" * len(TOKEN)], ids=["kept", "stars"])
async def test_an_edit_that_would_lose_a_secret_is_refused(token: str) -> None:
    request = request_in(CODE, ActionKind.INSTRUCTION, "rename a to address")
    answer = request.snapshot.text.replace("(a", "(address").replace(TOKEN, token)
    engine = Answers((f"```python\n{answer}```\n",))
    model = find(STARTER_MODEL)
    offer = await rewrite(
        request, ActionSettings(), model, MaskedEngine(engine), on_progress=lambda _: None
    )
    assert engine.requests
    assert not any(TOKEN in str(asked.prompt) for asked in engine.requests)
    assert offer.status is OfferStatus.OFFERED
    checked = with_all_secrets(offer)
    if token == TOKEN:
        assert checked == offer
    else:
        assert checked.status is OfferStatus.REFUSED
        assert checked.edits == ()
        assert "key" in checked.reason


async def test_both_forms_of_prompts_are_masked() -> None:
    engine = Answers(("",))
    secret = f'key = "{TOKEN}"'
    for prompt in ((Message("user", secret),), Prompt((Text(secret),))):
        request = GenerationRequest("m", prompt, SamplingParams(8))
        async for _ in MaskedEngine(engine).stream(request):
            pass
    assert len(engine.requests) == 2
    for asked in engine.requests:
        assert "key = " in str(asked.prompt)
        assert TOKEN not in str(asked.prompt)


def test_a_file_of_secrets_is_shown_to_no_model() -> None:
    request = request_in("x = ‸1\n", ActionKind.EXPLAIN)
    check_may_be_shown(request, [])
    with pytest.raises(BadInputError, match="excluded"):
        check_may_be_shown(request, ["sample.py"])


def test_secrets_are_told_from_the_code_around_them() -> None:
    assert secrets_in(f'a = 1\nkey = "{TOKEN}"\n') == {TOKEN}
    assert secrets_in("password = read_password()\n") == frozenset()
