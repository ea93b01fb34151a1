"""What would tell that glass was broken, hidden from whom the family hides from (R8)."""

import sqlalchemy as sa

from aula_platform.audit.tables import entry
from aula_platform.permissions.support.glass import NOTED
from aula_sdk.operations import BREAK_GLASS


def is_of_glass() -> sa.ColumnElement[bool]:
    """Return the condition for audit entries of broken glass, and of what was read by it.

    That it was broken at all may tell the other parent of a protected child where the child is, or
    that somebody is looking for it.
    """
    return sa.or_(
        entry.c.action.in_((BREAK_GLASS, *NOTED)),
        # An underscore stands for any letter in LIKE, unless it is escaped.
        entry.c.allowed_by.startswith(BREAK_GLASS, autoescape=True),
    )
