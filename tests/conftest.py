"""What is collected, and what runs side by side.

mlx-lm has no release for Python 3.10, so its tests need 3.11.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

collect_ignore = (
    [
        "unit/test_mlx_model.py",
        "unit/test_model_folder.py",
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

_EDITORS = Path(__file__).parent / "editors"


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Files run side by side, the tests of a file do not; editors are driven one by one."""
    for item in items:
        is_editor = item.path.is_relative_to(_EDITORS)
        item.add_marker(pytest.mark.xdist_group("editors" if is_editor else str(item.path)))
