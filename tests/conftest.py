"""What is collected, and how examples are run.

mlx-lm has no release for Python 3.10, and not everything is on Windows.
"""

from __future__ import annotations

import sys

from hypothesis import settings

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_NEED_MLX = (
    "unit/test_mlx_model.py",
    "unit/test_model_folder.py",
    "e2e/test_backend_caches.py",
    "e2e/test_backend_contract.py",
    "e2e/test_families.py",
    "e2e/test_mlx.py",
    "e2e/test_quantize.py",
    "trust_chaos/test_defences.py",
    "trust_chaos/test_engine_chaos.py",
)
# Of tests/unit, which runs on Windows: modes of files, Unix domain sockets, and this system in
# the part of others.
_NEED_UNIX = (
    "unit/test_busy_engine.py",
    "unit/test_doctor.py",
    "unit/test_engine_client.py",
    "unit/test_engine_crashes.py",
    "unit/test_engine_peer.py",
    "unit/test_index_updates.py",
    "unit/test_other_systems.py",
)
collect_ignore = [
    *(_NEED_MLX if sys.version_info < (3, 11) or sys.platform == "win32" else ()),
    *(_NEED_UNIX if sys.platform == "win32" else ()),
]
