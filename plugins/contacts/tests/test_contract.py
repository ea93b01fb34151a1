"""What the plugin has promised: declarations, tables, columns of no answer, OpenAPI."""

import re

import sqlalchemy as sa

from aula_plugins.contacts.models import metadata
from aula_plugins.contacts.privacy import PERSONAL_DATA
from aula_plugins.contacts.queries import groups as group_queries
from aula_plugins.contacts.queries import people as people_queries
from aula_sdk.data_map import find_gaps
from plugins.contacts.tests.school import School


def test_every_column_is_declared() -> None:
    """GDPR art. 30: each table and column is declared, or is an id, time or mark of the system."""
    assert find_gaps(metadata.tables.values(), PERSONAL_DATA) == []


def test_no_statement_selects_custody() -> None:
    """R1, CON-6: custody is a condition here and there, and the column of no answer."""
    nothing = sa.true()
    statements = [
        group_queries.own_groups(nothing),
        group_queries.other_groups(nothing, paged=True),
        group_queries.head(nothing, nothing),
        people_queries.listed(nothing, parents=True, paged=True, searched=True),
        people_queries.guardians(nothing, nothing),
        people_queries.children(nothing),
        people_queries.relations(nothing),
        people_queries.contact_data(nothing),
        people_queries.card(nothing),
        people_queries.groups_of(nothing),
    ]
    for statement in statements:
        named = set(statement.subquery().c.keys())
        assert len(named) > 2
        assert not named & {"custody", "access", "extended_access", "protected"}


async def test_the_migration_makes_the_tables(school: School) -> None:
    """The revisions and the tables in the code agree about every column."""
    async with school.running.platform.read() as read:
        for table in metadata.sorted_tables:
            assert await read.rows(sa.select(table).limit(1)) == []


async def test_the_api_is_described(school: School) -> None:
    """Every operation tells what it does, its refusals as problem documents, its ids by pattern."""
    document = school.running.app.openapi_schema.to_schema()
    found = [
        (f"{verb} {path}", operation)
        for path, item in document["paths"].items()
        if path.startswith("/api/v1/contacts/")
        for verb, operation in item.items()
        if isinstance(operation, dict)
    ]
    assert len(found) == 7
    for name, operation in found:
        assert operation["description"], name
        assert {"401", "403"} <= set(operation["responses"]), name
        for parameter in operation.get("parameters", ()):
            if parameter["name"].endswith("_id"):
                assert re.fullmatch(
                    r"\^(pro|grp)_\[0-9a-f\]\{32\}\$", parameter["schema"]["pattern"]
                ), name
