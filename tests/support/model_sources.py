"""A tiny made-up model, served by a local server as a hub and as a package index."""

from __future__ import annotations

import hashlib
import io
import os
import random
import zipfile
from dataclasses import dataclass

import pytest

from cornerman.models.spec import GgufFile, HubSource, ModelSpec, Shape, WheelPart, WheelsSource
from support.file_server import FileServer

CONTENT = random.Random(7).randbytes(900_000)
"""The model file: three parts of 300,000 bytes that do not compress."""

HUB_PATH = "/someone/tiny/resolve/abc123/tiny.gguf"
_SLICE = 300_000


@dataclass(frozen=True)
class Wheel:
    """A wheel as served: ``path`` on the server, its bytes, and its catalogue entry."""

    path: str
    body: bytes
    part: WheelPart


def _wheel(number: int) -> Wheel:
    package, module = f"tiny-model-part{number}", f"tiny_model_part{number}"
    member = f"{module}/data/part.bin"
    content = CONTENT[(number - 1) * _SLICE : number * _SLICE]
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, data in (
            (member, content),
            (f"{module}-1.0.dist-info/METADATA", _metadata(package)),
            (f"{module}-1.0.dist-info/WHEEL", b"Wheel-Version: 1.0\nTag: py3-none-any\n"),
            (f"{module}-1.0.dist-info/RECORD", b""),
        ):
            archive.writestr(zipfile.ZipInfo(name), data)
    data = body.getvalue()
    part = WheelPart(
        package=package,
        version="1.0",
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        member=member,
        member_bytes=len(content),
    )
    return Wheel(f"/wheels/{module}-1.0-py3-none-any.whl", data, part)


def _metadata(package: str) -> bytes:
    return f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n".encode()


WHEELS = tuple(_wheel(number) for number in (1, 2, 3))
HUB = HubSource(repo="someone/tiny", revision="abc123", file="tiny.gguf")
PACKAGES = WheelsSource(parts=tuple(wheel.part for wheel in WHEELS))
FILE = GgufFile(
    filename="tiny.gguf",
    size_bytes=len(CONTENT),
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    sources=(HUB, PACKAGES),
)
SPEC = ModelSpec(
    name="tiny",
    title="Tiny",
    family="tiny",
    fim_layout="suffix-first",
    roles=("completion", "chat"),
    parameters=1_500_000,
    license="Apache-2.0",
    context_tokens=1024,
    shape=Shape(layers=2, kv_heads=1, head_dim=64),
    gguf=FILE,
)


def serve_hub(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the server the hub, and have the model on it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    server.files[HUB_PATH] = CONTENT


def serve_packages(server: FileServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the server pip's only package index, and have the wheels on it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", f"{server.url}/simple/")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    monkeypatch.setenv("PIP_RETRIES", "0")
    for wheel in WHEELS:
        name = wheel.path.removeprefix("/wheels/")
        metadata = _metadata(wheel.part.package)
        known = f"sha256={hashlib.sha256(metadata).hexdigest()}"
        link = f'<a href="../../wheels/{name}" data-core-metadata="{known}">{name}</a>'
        page = f"<!DOCTYPE html><html><body>{link}</body></html>"
        server.files[f"/simple/{wheel.part.package}/"] = page.encode()
        server.files[f"{wheel.path}.metadata"] = metadata
        server.files[wheel.path] = wheel.body
