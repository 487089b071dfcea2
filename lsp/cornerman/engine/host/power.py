"""Whether the machine runs on its battery."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

_SUPPLIES = Path("/sys/class/power_supply")
_PMSET_SECONDS = 2.0


def on_battery() -> bool:
    """True while the machine is known to draw on a battery; False where that cannot be told."""
    with suppress(OSError, subprocess.SubprocessError):
        if sys.platform == "darwin":
            return _mac_draws_on_battery()
        if sys.platform == "win32":
            return _windows_draws_on_battery()
        return draws_on_battery(_SUPPLIES)
    return False


def draws_on_battery(supplies: Path) -> bool:
    """Linux: a battery is discharging and no mains supply is connected."""
    kinds = {folder: _word(folder / "type") for folder in supplies.iterdir()}
    mains = [folder for folder, kind in kinds.items() if kind in ("Mains", "USB")]
    if any(_word(folder / "online") == "1" for folder in mains):
        return False
    batteries = [folder for folder, kind in kinds.items() if kind == "Battery"]
    return any(_word(folder / "status") == "Discharging" for folder in batteries)


def _word(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""


def _mac_draws_on_battery() -> bool:
    told = subprocess.run(
        ["/usr/bin/pmset", "-g", "batt"], capture_output=True, timeout=_PMSET_SECONDS, check=True
    )
    return b"'Battery Power'" in told.stdout


def _windows_draws_on_battery() -> bool:
    import ctypes

    # SYSTEM_POWER_STATUS: its first byte is the state of the mains, 0 is off.
    status = (ctypes.c_ubyte * 12)()
    windll = getattr(ctypes, "windll")  # noqa: B009  # exists on Windows only
    return bool(windll.kernel32.GetSystemPowerStatus(ctypes.byref(status))) and status[0] == 0
