"""Every table is handed over, or is named with the reason why it is not."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from aula_platform.kernel import owners_of
from aula_platform.plugin_host import start_host
from aula_platform.privacy.exporting import name_type
from aula_platform.privacy.reach import KEPT, NOBODYS, NOT_EXPORTED, RULES, rows_of
from aula_sdk.db import plugin_metadata
from aula_sdk.ids import new_id

_SECRET = re.compile(r"token|secret|password|verifier|nonce|(?<!sha256)_hash$")
TABLES = {
    table.name: table for owner in owners_of(start_host()) for table in owner.metadata.sorted_tables
}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_of_every_table_it_is_known_whose_the_rows_are(name: str) -> None:
    """R25: a new table is handed over by itself, or somebody must say why it is not."""
    condition = rows_of(TABLES[name], new_id())
    assert (condition is None) == (name in NOBODYS)
    # What is taken away row by row, needs a key to take it by.
    assert list(TABLES[name].primary_key)


@pytest.mark.parametrize("named", [KEPT, NOBODYS, NOT_EXPORTED, RULES])
def test_nothing_is_named_that_is_not_there(named: Mapping[str, object]) -> None:
    """A list that speaks of what was is no longer read."""
    assert set(named) - set(TABLES) == set()


def test_a_table_of_which_nobody_has_said_it_is_refused() -> None:
    """A table without the column stops the export until somebody has thought of it."""
    table = sa.Table("probe", plugin_metadata("probe"), sa.Column("id", sa.Integer))
    with pytest.raises(LookupError, match="probe"):
        rows_of(table, new_id())


@pytest.mark.parametrize("name", sorted(set(TABLES) - set(NOT_EXPORTED) - set(NOBODYS)))
def test_no_credential_is_handed_over(name: str) -> None:
    """A column that by its name is a secret stands in no table that is handed over."""
    assert [column for column in TABLES[name].c.keys() if _SECRET.search(column)] == []  # noqa: SIM118  # These are columns' names.
    assert all(name_type(column.type) for column in TABLES[name].c)
