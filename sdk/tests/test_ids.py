"""Ids on the wire name their kind (ID-2)."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aula_sdk.ids import IdKind, WrongIdKind, new_id

THREAD = IdKind("thr")


def test_new_ids_are_uuid7_and_sort_by_age() -> None:
    made = [new_id() for _number in range(50)]
    assert {identifier.version for identifier in made} == {7}
    assert [identifier.int >> 80 for identifier in made] == sorted(
        identifier.int >> 80 for identifier in made
    )


@given(st.uuids())
def test_an_id_comes_back_as_it_went(identifier: UUID) -> None:
    assert THREAD.parse(THREAD.format(identifier)) == identifier


@given(st.text() | st.sampled_from(["thr_", "thr_" + "g" * 32, "per_" + "0" * 32, "0" * 32]))
def test_anything_else_is_named_as_the_wrong_kind(text: str) -> None:
    """ID-2: a wrong id is an error that says which kind was expected, never a lookup."""
    with pytest.raises(WrongIdKind) as caught:
        THREAD.parse(text)
    assert caught.value.extra == {"expected": "thr"}
    assert caught.value.status == 400
