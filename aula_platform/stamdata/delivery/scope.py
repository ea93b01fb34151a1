"""What a delivery is about, and conditions that all comparisons share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import sqlalchemy as sa

from aula_platform.stamdata.delivery import tables
from aula_sdk.stamdata_source import PersonPart

Condition = sa.ColumnElement[bool]


class Runner(Protocol):
    """Carries out the statements of a comparison: one transaction, or one after the other."""

    async def execute(
        self, statement: sa.Executable, params: Sequence[Mapping[str, Any]] | None = None
    ) -> Any:
        """Carry out a statement that writes to the staging tables."""
        ...

    async def rows(self, statement: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """Return all rows."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """One delivery: whose it is, what it speaks about, and the moment at which it is compared."""

    id: UUID
    municipality_id: UUID
    source: str
    """The owning source; a delivery never changes or closes what another source owns."""
    bulk: bool
    kinds: frozenset[str]
    """Of which kinds of record a bulk delivery says everything (`Removed.what` names them)."""
    now: datetime
    institutions: frozenset[str] | None = None
    """The source ids of the institutions that it speaks about; None means all of the source's."""
    left_out: frozenset[PersonPart] = frozenset()
    """What it does not carry of persons."""
    by_ids: bool = False
    """Whether records refer to institutions and profiles by the platform's own ids, as those of a
    plugin do, rather than by what their source calls them."""

    def concludes(self, what: str) -> bool:
        """Whether a record of this kind that is missing has left."""
        return self.bulk and what in self.kinds

    def staged(self, stage: sa.FromClause) -> Condition:
        """Rows of this delivery."""
        return stage.c.delivery_id == self.id

    def sound(self, stage: sa.FromClause) -> Condition:
        """Rows of this delivery in which nothing wrong has been found so far."""
        return sa.and_(self.staged(stage), stage.c.problem.is_(None))

    def here(self, live: sa.FromClause) -> Condition:
        """Rows of the delivery's municipality (the wall).

        Asked wherever rows are found by what a source calls them, or by nothing. Ids that were
        found so belong to the municipality already; asking again would only tempt a database
        without statistics to read the whole municipality for each of them.
        """
        return live.c.municipality_id == self.municipality_id

    def own(self, live: sa.FromClause) -> Condition:
        """Rows that the delivery's source owns."""
        return sa.and_(self.here(live), live.c.source == self.source)

    def holds(self, live: sa.FromClause) -> Condition:
        """Rows that have not ended."""
        return sa.or_(live.c.valid_to.is_(None), live.c.valid_to > self.now)

    def leaves(self, what: str, key: sa.ColumnElement[UUID]) -> Condition:
        """Rows that rest on one that has been found to leave."""
        leaving = tables.leaving
        gone = sa.select(leaving.c.id).where(
            leaving.c.delivery_id == self.id, leaving.c.what == what
        )
        return key.in_(gone)

    def stays(self, what: str, live: sa.FromClause) -> Condition:
        """Rows that hold and go on doing so."""
        leaving = tables.leaving
        leaves = sa.exists().where(
            leaving.c.delivery_id == self.id, leaving.c.what == what, leaving.c.id == live.c.id
        )
        return sa.and_(self.holds(live), ~leaves)

    def delivered(self, stage: sa.FromClause, live: sa.FromClause) -> Condition:
        """Rows that the delivery speaks of, even where something is wrong with what it says."""
        return sa.exists().where(self.staged(stage), stage.c.live_id == live.c.id)
