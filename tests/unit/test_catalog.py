from __future__ import annotations

import pytest
from pydantic import ValidationError

from cornerman.core.errors import BadInputError
from cornerman.models.catalog import catalog, find
from cornerman.models.spec import GgufFile, HubSource, WheelsSource
from cornerman.settings import STARTER_MODEL
from support.model_sources import FILE


def test_the_starter_model_has_a_hub_source_and_then_a_package_source():
    file = find(STARTER_MODEL).gguf
    assert file is not None
    assert file.size_bytes == 491_400_064
    assert [type(source) for source in file.sources] == [HubSource, WheelsSource]


def test_every_model_is_listed_under_its_own_name():
    assert all(name == spec.name for name, spec in catalog().items())


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(BadInputError, match=STARTER_MODEL):
        find("gpt-99")


def test_parts_that_do_not_add_up_to_the_file_are_refused():
    values = FILE.model_dump()
    values["size_bytes"] += 1
    with pytest.raises(ValidationError, match="900000 bytes, not 900001"):
        GgufFile.model_validate(values)


@pytest.mark.parametrize("filename", ["../x.gguf", "a/b.gguf", ".hidden", ""])
def test_a_file_name_cannot_leave_the_models_folder(filename: str):
    with pytest.raises(ValidationError):
        GgufFile.model_validate(FILE.model_dump() | {"filename": filename})
