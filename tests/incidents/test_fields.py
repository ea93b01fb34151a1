"""R1: each field of each answer of the API, by who may be told something in it."""

from __future__ import annotations

import pytest

from tests.incidents.fields import ALL, fields_of, read_matrix, told_in
from tests.incidents.town import Town

pytestmark = [pytest.mark.xdist_group("incidents"), pytest.mark.timeout(300)]


def test_every_field_is_classified(town: Town) -> None:
    """R1: a field that is new, or renamed, is nobody's until ``fields.toml`` says so."""
    matrix = read_matrix()
    described = fields_of(town.running.app.openapi_schema.to_schema())
    assert described - set(matrix) == set(), "say in fields.toml who may see these"
    assert set(matrix) - described == set(), "these are gone"
    assert len(described) > 150
    assert {kind for kinds in matrix.values() for kind in kinds} <= {*ALL, "nobody"}


def test_nobody_is_told_more_than_the_matrix_says(town: Town) -> None:
    """R1: over everything that each of them can read: a field with a value is theirs to see."""
    matrix = read_matrix()
    told = told_in(town.running.app.openapi_schema.to_schema(), town.walk.seen)
    assert len(told) > 120
    wrong = [
        f"{key} to {kind}: {min(where)}"
        for key, kinds in told.items()
        for kind, where in kinds.items()
        if kind not in matrix.get(key, ())
    ]
    assert wrong == []
