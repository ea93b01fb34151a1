"""The parameters that statements share, by one name and type each."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from aula_sdk import many as values
from aula_sdk.db import Id, Instant


def one(name: str) -> sa.BindParameter[UUID]:
    """One id."""
    return sa.bindparam(name, type_=Id)


def many(name: str) -> sa.BindParameter[UUID]:
    """Several ids, for ``in_``."""
    return values.many(name, Id())


def texts(name: str) -> sa.BindParameter[str]:
    """Several words, for ``in_``."""
    return values.many(name, sa.String())


def today() -> sa.BindParameter[int]:
    """The day of the unit of work, as `aula_sdk.ages.day_number` counts."""
    return sa.bindparam("today", type_=sa.Integer)


def now() -> sa.BindParameter[datetime]:
    """The moment of the unit of work."""
    return sa.bindparam("now", type_=Instant)
