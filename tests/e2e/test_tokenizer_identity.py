"""Our tokenizer against llama.cpp's own, over real source code and over odd characters."""

from __future__ import annotations

import asyncio
import random
import sysconfig
from pathlib import Path
from typing import Any

import httpx2

from cornerman.core.generation import Text
from cornerman.engine.host.gguf import read_metadata
from cornerman.engine.host.tokenizer import ModelTokenizer
from cornerman.models import catalog, store
from cornerman.settings import STARTER_MODEL

STDLIB = Path(sysconfig.get_path("stdlib"))
MODULES = ("argparse", "typing", "inspect", "tarfile", "_pydecimal", "doctest", "pickle", "os")
ODD = " \t\n\r\f\x0b\u00a0\u2028\u3000aZéß日本語한م१٣²3😀👩‍👧_.,'\"<|>{}\\/st\u0301"


async def test_token_ids_are_those_of_llama_cpp(tmp_path: Path) -> None:
    path = store.require(catalog.find(STARTER_MODEL))
    ours = ModelTokenizer(read_metadata(path))
    server, socket = await asyncio.to_thread(_library_server, path, tmp_path)
    transport = httpx2.AsyncHTTPTransport(uds=str(socket))
    http = httpx2.AsyncClient(transport=transport, base_url="http://library", timeout=60)
    tokens = 0
    for text in _texts():
        body = {"content": text, "add_special": False, "parse_special": False}
        answer = await http.post("/tokenize", json=body)
        theirs: list[int] = answer.json()["tokens"]
        assert ours.encode([Text(text)]) == theirs
        tokens += len(theirs)
    await http.aclose()
    del server
    assert tokens > 150_000


def _texts() -> list[str]:
    texts = [(STDLIB / f"{name}.py").read_text("utf-8") for name in MODULES]
    chooser = random.Random(7)
    texts += ["".join(chooser.choices(ODD, k=200)) for _ in range(200)]
    return [*texts, "<|fim_middle|><|im_end|>"]


def _library_server(path: Path, folder: Path) -> tuple[Any, Path]:
    """The library itself, for its tokenizer; it is alive as long as what is returned."""
    import xllamacpp  # pyright: ignore[reportMissingTypeStubs]  # it has none

    library: Any = xllamacpp
    params = library.CommonParams()
    params.model.path = str(path)
    params.n_ctx = 256
    params.warmup = False
    params.verbosity = 0
    params.hostnames = [str(folder / "library.sock")]
    return library.Server(params), folder / "library.sock"
