"""Who is of a protected family: nothing in a sample tells who or where that is (R8)."""

import sqlalchemy as sa

from aula_platform.stamdata.tables import guardianship, person


def is_protected(who: sa.FromClause) -> sa.ColumnElement[bool]:
    """Return the condition that the person (an alias of `person`) is protected, or that a child, a
    contact person, or another child of a contact person is.

    Ties that are over count too: where somebody lived with whom is no secret that ends.
    """
    tie, other, kin = guardianship.alias(), guardianship.alias(), person.alias()
    return sa.or_(
        who.c.protected,
        sa.exists().where(
            tie.c.guardian_person_id == who.c.id, kin.c.id == tie.c.child_person_id, kin.c.protected
        ),
        sa.exists().where(
            tie.c.child_person_id == who.c.id, kin.c.id == tie.c.guardian_person_id, kin.c.protected
        ),
        sa.exists().where(
            tie.c.child_person_id == who.c.id,
            other.c.guardian_person_id == tie.c.guardian_person_id,
            kin.c.id == other.c.child_person_id,
            kin.c.protected,
        ),
    )
