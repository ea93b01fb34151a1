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


def mine() -> sa.BindParameter[UUID]:
    """The profiles with which the actor takes part in conversations."""
    return many("mine")


def thread_id() -> sa.BindParameter[UUID]:
    """The conversation in question."""
    return one("thread_id")


def now() -> sa.BindParameter[datetime]:
    """The moment of the unit of work."""
    return sa.bindparam("now", type_=Instant)
