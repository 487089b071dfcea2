"""llama.cpp's own HTTP server, as a process: ``python llama_server.py MODEL KEY``.

Prints its address, and ends when its standard input does.
"""

from __future__ import annotations

import os
import sys
from typing import Any, cast


def main(model: str, key: str) -> None:
    # Read when the library is loaded: without it one busy neighbour stops decoding.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    import xllamacpp  # pyright: ignore[reportMissingTypeStubs]  # it has none

    library = cast("Any", xllamacpp)
    params = library.CommonParams()
    params.model.path = model
    params.model_alias = {"starter"}
    params.api_keys = [key]
    params.n_ctx = 2048
    params.n_parallel = 1
    params.ui = False
    params.verbosity = 0
    params.cpuparams.n_threads = 1
    server = library.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    # The library's threads do not always let an interpreter end.
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
