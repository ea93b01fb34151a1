"""Where somebody was at work when they did something: by the profiles that the entry itself names.

Whoever works at one place can be a guardian or have another job elsewhere. What they did there is
not the first place's to look into, however often it is the same person and the same account.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from aula_platform.audit.tables import entry, subject
from aula_platform.stamdata.tables import profile
from aula_sdk import stamdata
from aula_sdk.people import Kind

AT_WORK = (Kind.EMPLOYEE.value, Kind.EXTERNAL.value)


class _Lists(FunctionElement[bool]):
    """Whether a JSON list of ids in hexadecimal digits has an id in it."""

    type = sa.Boolean()
    inherit_cache = True


@compiles(_Lists, "sqlite")
def _on_sqlite(element: _Lists, compiler: SQLCompiler, **kw: Any) -> str:
    listed, key = (compiler.process(one, **kw) for one in element.clauses)
    return f"lower(hex({key})) IN (SELECT value FROM json_each({listed}))"  # noqa: S608  # Of compiled columns.


@compiles(_Lists, "postgresql")
def _on_postgresql(element: _Lists, compiler: SQLCompiler, **kw: Any) -> str:
    listed, key = (compiler.process(one, **kw) for one in element.clauses)
    return f"jsonb_exists({listed}, replace(CAST({key} AS text), '-', ''))"


def by_people_of(institution_id: UUID) -> sa.ColumnElement[bool]:
    """Return the condition that whoever acted did so at work at the institution.

    One of the entry's profiles is an employee's or an external's there, at that moment. Where
    another of them is so at another institution, what is about people there and about nobody here
    is that one's.
    """
    mine, other = profile.alias(), profile.alias()
    here, there, whom = subject.alias(), subject.alias(), profile.alias()
    about_theirs = sa.exists().where(
        _acted(other),
        other.c.institution_id != institution_id,
        there.c.entry_id == entry.c.id,
        whom.c.id == there.c.profile_id,
        whom.c.institution_id == other.c.institution_id,
    )
    ours = profile.alias()
    about_ours = sa.exists().where(
        here.c.entry_id == entry.c.id,
        ours.c.id == here.c.profile_id,
        ours.c.institution_id == institution_id,
    )
    return sa.and_(
        sa.exists().where(_acted(mine), mine.c.institution_id == institution_id),
        sa.or_(~about_theirs, about_ours),
    )


def _acted(who: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(
        who.c.person_id == entry.c.person_id,
        who.c.kind.in_(AT_WORK),
        stamdata.valid(who, entry.c.at),
        _Lists(entry.c.profiles, who.c.id),
    )
