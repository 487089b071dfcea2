"""Addresses of files on the Hugging Face Hub.

The library's own settings hold: endpoint, token, offline mode, proxies.
"""

from __future__ import annotations

import os

import httpx2

from cornerman import __version__
from cornerman.core.errors import DownloadError
from cornerman.models.catalog import HubSource, ModelSpec
from cornerman.models.download import Remote

TIMEOUT_SECONDS = 5.0
"""How long the Hub may take to answer before the next source is tried."""


def locate(source: HubSource, spec: ModelSpec) -> Remote:
    """Where the Hub has the file of ``spec``.

    Large files carry their sha256 on the Hub, so another build under the same name is told apart
    before a byte of it is fetched.

    Raises:
        DownloadError: the Hub cannot be reached or has no such file; the text is a clause.
    """
    # Slow to import. Two of its signatures have a bare ``dict``, which the type checker calls
    # partially unknown.
    from huggingface_hub import (
        constants,
        get_hf_file_metadata,  # pyright: ignore[reportUnknownVariableType]
        hf_hub_url,
    )
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError
    from huggingface_hub.utils import (
        build_hf_headers,  # pyright: ignore[reportUnknownVariableType]
    )

    # Otherwise it looks up which coding agent started it and puts that into the user agent.
    constants.HF_HUB_DISABLE_TELEMETRY = True
    # Passed on because the library reads this variable only once, when it is imported.
    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or None
    headers = build_hf_headers(library_name="cornerman", library_version=__version__)
    try:
        url = hf_hub_url(source.repo, source.file, revision=source.revision, endpoint=endpoint)
        metadata = get_hf_file_metadata(url, timeout=TIMEOUT_SECONDS, headers=headers)
    except HfHubHTTPError as error:
        raise DownloadError(f"it answered {error.response.status_code}") from error
    except (httpx2.HTTPError, HFValidationError, OSError) as error:
        raise DownloadError(f"it cannot be reached ({error})") from error
    etag = metadata.etag or ""
    if metadata.size not in (None, spec.size_bytes) or (len(etag) == 64 and etag != spec.sha256):
        raise DownloadError("it has another file under this name")
    return Remote(url, headers)
