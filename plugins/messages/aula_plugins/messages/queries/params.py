"""The parameters that statements share, by one name and type each."""

from collections.abc import Sequence
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


def each_of_mine(profiles: int) -> tuple[sa.BindParameter[UUID], ...]:
    """The same one by one: of one profile an index gives the newest rows first (decision 0034)."""
    return tuple(one(f"mine_{number}") for number in range(profiles))


def as_mine(profiles: Sequence[UUID]) -> dict[str, object]:
    """Return the values of `mine` and of `each_of_mine`."""
    each = {f"mine_{number}": profile for number, profile in enumerate(profiles)}
    return {"mine": profiles, **each}


def thread_id() -> sa.BindParameter[UUID]:
    """The conversation in question."""
    return one("thread_id")


def now() -> sa.BindParameter[datetime]:
    """The moment of the unit of work."""
    return sa.bindparam("now", type_=Instant)
