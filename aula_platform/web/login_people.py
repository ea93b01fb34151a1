"""Where stamdata and identity are joined: the people who may sign in, by UNI-ID.

The two rooms do not know each other (architecture rule 5); `identity.people` says which columns
it needs, and here they are, straight from the tables, a row for each institution profile.
"""

import sqlalchemy as sa

from aula_platform.identity.people import People
from aula_platform.stamdata.tables import institution, municipality, person, profile


def _earlier(first: sa.ColumnElement[object], second: sa.ColumnElement[object]) -> sa.Case[object]:
    """Return the earlier end of two intervals, where an empty end means "still"."""
    return sa.case(
        (first.is_(None), second), (second.is_(None), first), (first < second, first), else_=second
    )


def _later(first: sa.ColumnElement[object], second: sa.ColumnElement[object]) -> sa.Case[object]:
    """Return the later beginning of two intervals."""
    return sa.case((first > second, first), else_=second)


LOGIN_PEOPLE = People(
    sa.select(
        person.c.uniid,
        person.c.id.label("person_id"),
        person.c.municipality_id,
        municipality.c.key.label("municipality"),
        profile.c.kind,
        institution.c.name.label("institution_name"),
        _later(person.c.valid_from, profile.c.valid_from).label("valid_from"),
        _earlier(person.c.valid_to, profile.c.valid_to).label("valid_to"),
    )
    .join(profile, profile.c.person_id == person.c.id)
    .join(institution, institution.c.id == profile.c.institution_id)
    .join(municipality, municipality.c.id == person.c.municipality_id)
    .where(person.c.uniid.is_not(None)),
    sa.select(municipality.c.id, municipality.c.key),
)
"""A profile holds while its person does: the two intervals are cut with each other."""
