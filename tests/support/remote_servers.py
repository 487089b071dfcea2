"""Real servers of other projects, run on loopback for as long as a test needs them."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from support import llama_server
from support.engine import DEADLINE
from support.gguf import CHAT_TEMPLATE, CONTROLS
from support.tiny_models import tiny_model


@contextmanager
def llama_cpp_server(model: Path, key: str) -> Generator[str]:
    """llama-server with a GGUF model, which it calls ``starter``; yields its URL."""
    process = subprocess.Popen(
        [sys.executable, llama_server.__file__, str(model), key],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield next(line.strip() for line in process.stdout if line.startswith("http"))
    finally:
        process.kill()
        process.communicate()


@contextmanager
def mlx_lm_server(folder: Path) -> Generator[tuple[str, str]]:
    """mlx_lm.server with a tiny random model; yields its URL and the model's name there."""
    model = _complete_folder(folder)
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = [sys.executable, "-m", "mlx_lm", "server", "--model", str(model)]
    (folder / "hub").mkdir()
    process = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_HUB_CACHE": str(folder / "hub")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_healthy(url, process)
        yield url, str(model.resolve())
    finally:
        process.kill()
        process.wait()


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes]) -> None:
    """It has no other way to tell."""
    deadline = time.monotonic() + DEADLINE
    while time.monotonic() < deadline:
        assert process.poll() is None, "mlx_lm.server has ended"
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("mlx_lm.server did not become healthy")


def _complete_folder(folder: Path) -> Path:
    """The tiny model with everything that the transformers library wants to find."""
    made = Path(shutil.copytree(tiny_model("qwen2").mlx, folder / "tiny"))
    path = made / "tokenizer.json"
    content = json.loads(path.read_text("utf-8"))
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True}
    content |= {"version": "1.0", "pre_tokenizer": byte_level, "decoder": byte_level}
    plain = dict.fromkeys(("single_word", "lstrip", "rstrip", "normalized"), False)
    content["added_tokens"] = [{**token, **plain} for token in content["added_tokens"]]
    path.write_text(json.dumps(content), "utf-8")
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": CONTROLS[-1],
        "chat_template": CHAT_TEMPLATE,
    }
    (made / "tokenizer_config.json").write_text(json.dumps(config), "utf-8")
    return made
