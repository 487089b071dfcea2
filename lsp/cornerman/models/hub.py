"""Addresses of files on the Hugging Face Hub.

The library's own settings hold: endpoint, token, offline mode, proxies.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast

import httpx2

from cornerman import __version__
from cornerman.core.errors import DownloadError
from cornerman.models import reuse
from cornerman.models.download import Remote
from cornerman.models.spec import HubSource

TIMEOUT_SECONDS = 5.0
"""How long the Hub may take to answer before the next source is tried."""

_SHA256_DIGITS = 64


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository. Large ones carry their hash on the Hub, small ones do not."""

    name: str
    remote: Remote
    size_bytes: int | None
    sha256: str | None

    def could_be(self, size_bytes: int, sha256: str) -> bool:
        """Whether what the Hub says does not contradict that."""
        return self.size_bytes in (None, size_bytes) and self.sha256 in (None, sha256)


def locate(source: HubSource) -> HubFile:
    """Where the Hub has a file, and what it says about it.

    Another build under the same name is so told apart before a byte of it is fetched.

    Raises:
        DownloadError: the Hub cannot be reached or has no such file; the text is a clause.
    """
    # Slow to import. Two of its signatures have a bare ``dict``, which the type checker calls
    # partially unknown.
    from huggingface_hub import (
        get_hf_file_metadata,  # pyright: ignore[reportUnknownVariableType]
        hf_hub_url,
    )

    headers = _headers()
    with _mapped(source.repo):
        url = hf_hub_url(source.repo, source.file, revision=source.revision, endpoint=_endpoint())
        metadata = get_hf_file_metadata(url, timeout=TIMEOUT_SECONDS, headers=headers)
    etag = metadata.etag or ""
    sha256 = etag if len(etag) == _SHA256_DIGITS else None
    return HubFile(source.file, Remote(url, headers), metadata.size, sha256)


def files(repo: str, revision: str) -> list[HubFile]:
    """The files at the top of a repository, as of one commit.

    Raises:
        DownloadError: the Hub cannot be reached or has no such repository; the text is a clause.
    """
    from huggingface_hub import HfApi, hf_hub_url

    headers, endpoint = _headers(), _endpoint()
    with _mapped(repo):
        info = HfApi(endpoint=endpoint, library_name="cornerman").model_info(
            repo, revision=revision, timeout=TIMEOUT_SECONDS, files_metadata=True
        )
        found: list[HubFile] = []
        for sibling in cast("list[Any]", info.siblings or []):
            name = str(sibling.rfilename)
            if PurePosixPath(name).name != name or name.startswith("."):
                continue
            url = hf_hub_url(repo, name, revision=info.sha or revision, endpoint=endpoint)
            sha256 = sibling.lfs.sha256 if sibling.lfs else None
            found.append(HubFile(name, Remote(url, headers), sibling.size, sha256))
    return found


def cached_folder(repo: str) -> Path | None:
    """Where the cache of the Hugging Face libraries has a repository; None where it has not.

    Raises:
        DownloadError: that is no name of a repository; the text is a clause.
    """
    from huggingface_hub import try_to_load_from_cache

    with _mapped(repo):
        found = try_to_load_from_cache(repo, "config.json", cache_dir=reuse.hub_folder())
    return Path(found).parent if isinstance(found, str) else None


def _endpoint() -> str | None:
    # Passed on because the library reads this variable only once, when it is imported.
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or None


def _headers() -> dict[str, str]:
    from huggingface_hub import constants
    from huggingface_hub.utils import (
        build_hf_headers,  # pyright: ignore[reportUnknownVariableType]
    )

    # Otherwise it looks up which coding agent started it and puts that into the user agent.
    constants.HF_HUB_DISABLE_TELEMETRY = True
    return build_hf_headers(library_name="cornerman", library_version=__version__)


@contextmanager
def _mapped(repo: str) -> Generator[None]:
    """The one place where the library's errors become ours."""
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        HFValidationError,
        RepositoryNotFoundError,
    )

    try:
        yield
    except GatedRepoError as error:
        raise DownloadError(
            f"{repo} is open only to those who accept its licence; accept it on its page on the "
            "Hub and put a token of your account into HF_TOKEN"
        ) from error
    except RepositoryNotFoundError as error:
        raise DownloadError(f"there is no {repo}, or it needs a token in HF_TOKEN") from error
    except HfHubHTTPError as error:
        raise DownloadError(f"it answered {error.response.status_code}") from error
    except (httpx2.HTTPError, HFValidationError, OSError) as error:
        raise DownloadError(f"it cannot be reached ({error})") from error
