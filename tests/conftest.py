"""What is collected: mlx-lm has no release for Python 3.10, so its tests need 3.11."""

from __future__ import annotations

import sys

collect_ignore = (
    [
        "unit/test_mlx_model.py",
        "unit/test_model_folder.py",
        "e2e/test_backend_caches.py",
        "e2e/test_backend_contract.py",
        "e2e/test_families.py",
        "e2e/test_mlx.py",
        "e2e/test_quantize.py",
        "trust_chaos/test_defences.py",
        "trust_chaos/test_engine_chaos.py",
    ]
    if sys.version_info < (3, 11)
    else []
)
