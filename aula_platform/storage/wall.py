"""The wall between municipalities: how far a unit of work reaches (decision 0011).

Queries ask for the right municipality themselves (`aula_sdk.permissions`). The wall is what holds
when one of them forgets: each unit is opened with a `Wall`, and PostgreSQL is told of it by the
session setting ``aula.wall``, on which the policies made by `policies` rest. SQLite has nothing
of the kind; there the test kit compares (`aula_platform.testing_wall`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import visitors

SETTING = "aula.wall"
COLUMN = "municipality_id"
"""Which municipality a row belongs to; a table with this column stands behind the wall."""
SET_WALL = sa.select(sa.func.set_config(SETTING, sa.bindparam("wall"), sa.false()))
"""Tells PostgreSQL how far statements reach from now on: for the session, not (as the third
argument could say) for one transaction.

It is told only when that is not what it was told last: where people share one municipality, the
wall costs no statement. What it was told is remembered for as long as the connection lives, hence
no pooler may lend one connection to several (transaction pooling).
"""


@dataclass(frozen=True, slots=True)
class Wall:
    """How far a unit reaches. Made by `around`, or one of the names below."""

    setting: str | None
    """The value of ``aula.wall``: ids with commas between, or ``everywhere``."""
    municipalities: frozenset[UUID] | None = None
    """What it encloses; None where that is not a list."""

    def narrowed(self, municipalities: Iterable[UUID]) -> "Wall":
        """Return the wall around those of ``municipalities`` that this one reaches."""
        wanted = frozenset(municipalities)
        return around(wanted if self.municipalities is None else wanted & self.municipalities)


def around(municipalities: Iterable[UUID]) -> Wall:
    """Return the wall around these municipalities; around none, nothing is reached."""
    return _enclose(frozenset(municipalities))


@lru_cache(1024)
def _enclose(enclosed: frozenset[UUID]) -> Wall:
    return Wall(",".join(sorted(str(one) for one in enclosed)), enclosed)


EVERYWHERE = Wall("everywhere")
"""Every municipality: for background work, imports, migrations, commands, and finding out who
somebody is. To be named where it is meant."""
NOWHERE = around(())
"""No municipality at all: for whoever is not signed in."""
GLOBAL = Wall(None)
"""Only what belongs to no municipality: accounts, sessions, jobs. Any other table is refused, and
the connection need not be told anything."""


class BehindTheWall(Exception):
    """A unit that is for global tables alone was given a statement about others."""


_is_global: WeakKeyDictionary[sa.Executable, bool] = WeakKeyDictionary()


def check_global(statement: sa.Executable) -> None:
    """Pass when no table in the statement belongs to a municipality; raise `BehindTheWall`."""
    known = _is_global.get(statement)
    if known is None:
        known = _is_global[statement] = _names_global_tables_alone(statement)
    if not known:
        message = "a statement about municipalities' rows, in a unit that has no wall yet"
        raise BehindTheWall(message)


def _names_global_tables_alone(statement: sa.Executable) -> bool:
    parts = list(visitors.iterate(statement)) if isinstance(statement, sa.ClauseElement) else []
    # What an SQL text is about cannot be seen.
    if not parts or any(isinstance(part, sa.TextClause) for part in parts):
        return False
    return not any(isinstance(part, sa.Table) and COLUMN in part.c for part in parts)


def forget_wall(connection: AsyncConnection) -> None:
    """Remember nothing any more: PostgreSQL takes a setting back that it was told in a transaction
    which is rolled back.
    """
    if not connection.invalidated:
        connection.info.pop(SETTING, None)
