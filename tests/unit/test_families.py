from __future__ import annotations

import pytest

from cornerman.models.catalog import catalog
from cornerman.models.families import FAMILIES, FIM_TOKENS, MARKS, family_among


def test_every_model_of_the_catalogue_has_a_layout_of_its_family() -> None:
    for spec in catalog().values():
        assert spec.fim_layout in FAMILIES[spec.family].layouts, spec.name


@pytest.mark.parametrize("family", FIM_TOKENS)
def test_marks_are_found_in_a_vocabulary_and_not_without_one_of_them(family: str) -> None:
    fim = FIM_TOKENS[family]
    found = family_among([*fim.texts, "other"])
    assert found is not None
    assert FIM_TOKENS[found] == fim
    assert family_among(fim.texts - {fim.suffix.token}) is None
    assert fim.texts <= MARKS


def test_every_family_says_where_its_marks_are_documented() -> None:
    assert all(family.reference and family.layouts for family in FAMILIES.values())
