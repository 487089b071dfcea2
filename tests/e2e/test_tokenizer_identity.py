"""Our tokenizer against llama.cpp's own, over real source code and over odd characters."""

from __future__ import annotations

import random
import sysconfig
from pathlib import Path

from cornerman.core.generation import Text
from cornerman.engine.host.tokenizer import ModelTokenizer
from cornerman.models import catalog, store
from cornerman.models.gguf import read_metadata
from cornerman.settings import STARTER_MODEL
from support.library_tokenizer import LibraryTokenizer

STDLIB = Path(sysconfig.get_path("stdlib"))
MODULES = ("argparse", "typing", "inspect", "tarfile", "_pydecimal", "doctest", "pickle", "os")
ODD = " \t\n\r\f\x0b\u00a0\u2028\u3000aZéß日本語한م१٣²3😀👩‍👧_.,'\"<|>{}\\/st\u0301"


async def test_token_ids_are_those_of_llama_cpp(tmp_path: Path) -> None:
    path = store.require(catalog.find(STARTER_MODEL))
    ours = ModelTokenizer(read_metadata(path))
    tokens = 0
    async with LibraryTokenizer(path, tmp_path) as library:
        for text in _texts():
            theirs = await library.encode(text)
            assert ours.encode([Text(text)], starts=True) == theirs
            tokens += len(theirs)
    assert tokens > 150_000


def _texts() -> list[str]:
    texts = [(STDLIB / f"{name}.py").read_text("utf-8") for name in MODULES]
    chooser = random.Random(7)
    texts += ["".join(chooser.choices(ODD, k=200)) for _ in range(200)]
    return [*texts, "<|fim_middle|><|im_end|>", "a<tool_call>b"]
