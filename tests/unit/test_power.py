from __future__ import annotations

from pathlib import Path

import pytest

from cornerman.engine.host import cores
from cornerman.engine.host.power import draws_on_battery

BATTERY = {"type": "Battery\n", "status": "Discharging\n"}
FULL = {"type": "Battery\n", "status": "Full\n"}
PLUGGED = {"type": "Mains\n", "online": "1\n"}
UNPLUGGED = {"type": "Mains\n", "online": "0\n"}

CASES: list[tuple[list[dict[str, str]], bool]] = [
    ([], False),
    ([PLUGGED], False),
    ([UNPLUGGED, BATTERY], True),
    ([BATTERY], True),
    ([PLUGGED, BATTERY], False),
    ([UNPLUGGED, FULL], False),
    ([{"type": "USB\n", "online": "1\n"}, BATTERY], False),
    ([{}], False),
]


@pytest.mark.parametrize(("supplies", "expected"), CASES)
def test_on_battery_means_discharging_without_mains(
    tmp_path: Path, supplies: list[dict[str, str]], expected: bool
) -> None:
    for number, files in enumerate(supplies):
        folder = tmp_path / f"supply{number}"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
    assert draws_on_battery(tmp_path) is expected


@pytest.mark.parametrize(
    ("physical", "battery", "save", "expected"),
    [(8, True, True, 4), (8, True, False, 8), (8, False, True, 8), (1, True, True, 1)],
)
def test_half_of_the_cores_on_battery_if_asked(
    monkeypatch: pytest.MonkeyPatch, physical: int, battery: bool, save: bool, expected: int
) -> None:
    monkeypatch.setattr(cores, "physical_cores", lambda: physical)
    monkeypatch.setattr(cores, "on_battery", lambda: battery)
    assert cores.cores_to_use(save_battery=save) == expected
