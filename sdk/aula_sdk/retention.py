"""How long things are kept, and how they go (DEL-R1 to DEL-R3): what their owners say, who decides.

An owner of tables says what its things are, from when their time counts, and how they are removed.
A municipality decides how long that time is. Nothing goes but by a run: planned, previewed with
counts, announced to those who can read the things, and carried out in small batches. What is frozen
stays, whatever its age.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_sdk.i18n import Text
from aula_sdk.ids import IdKind
from aula_sdk.operations import Place, Source
from aula_sdk.people import Actor

if TYPE_CHECKING:
    from aula_sdk.protocols import ReadUnit, WriteUnit

DECIDE_RETENTION = "privacy.decide_retention"
"""The action of deciding how long a municipality keeps things: its administrators hold it from the
start."""
RUN = IdKind("rtr")
FREEZE = IdKind("rtf")
MAX_REASON = 500
LEAST_NOTICE, MOST_NOTICE = 14, 180
"""How many days before the deletion it can be announced."""


@dataclass(frozen=True, slots=True)
class Link:
    """Where a thing's people or groups stand: a column with the thing's id, one with theirs."""

    thing: sa.Column[Any]
    other: sa.Column[Any]

    @property
    def is_indexed(self) -> bool:
        """Whether a key or an index over all rows begins with ``other``.

        By such links alone a reader's things are looked for when they are announced.
        """
        table = self.other.table
        assert isinstance(table, sa.Table)  # noqa: S101  # As plugins declare them.
        keys = [
            list(one.columns)
            for one in table.indexes
            if all(one.dialect_options[name]["where"] is None for name in ("sqlite", "postgresql"))
        ]
        keys.append(list(table.primary_key.columns))
        return any(key[0] is self.other for key in keys if key)


@dataclass(frozen=True, slots=True)
class RetentionSubject:
    """One kind of thing that is kept for a time, and how it goes."""

    name: str
    """Begins with the owner's name and a dot; it is kept in policies, runs and tombstones."""
    title: Text
    """What people call the things, in the plural."""
    counts_from: Text
    """From when the time counts, as the end of a sentence: "after the last message"."""
    kind: IdKind
    table: sa.Table
    """Has a row for each thing, with ``municipality_id``."""
    months: int
    """How long they are kept unless the municipality decides otherwise."""
    least: int
    most: int
    """What a municipality can decide."""
    due: Callable[[sa.ColumnElement[Any]], sa.ColumnElement[bool]]
    """Return the condition on rows of ``table`` that their time began before this moment. What is
    due before a moment is due before every later one."""
    remove: "Callable[[Sequence[UUID], WriteUnit], Awaitable[int]]"
    """Remove these things with all that is theirs; return how many rows that were. Files that hang
    on them go by themselves. Called in one transaction with the tombstones; what is gone already
    is no error, and what has a row of ``table`` afterwards has failed."""
    tables: tuple[str, ...]
    """Every table from which rows go with the things."""
    people: tuple[Link, ...] = ()
    """Whom the things are of or about, by profile or by person: who is frozen holds them."""
    groups: tuple[Link, ...] = ()
    action: str = ""
    """Who may do this to a thing, and is named by it or in one of its groups, is told before it
    goes; nobody where there is none."""
    href: str = ""
    """The page on which people find theirs."""
    by_school_year: bool = False
    """Whether the time counts from the end of the school year (31 July) in which it began."""
    key: sa.Column[Any] | None = None
    """The column with the thing's id; ``id`` of the table unless it is said."""
    institution: sa.ColumnElement[Any] | None = None
    """The institution that counts it; ``institution_id`` of the table unless it is said."""
    formal: Callable[[], sa.ColumnElement[bool]] | None = None
    """Return the condition on rows of ``table`` that are formal documents: these are archived
    before they go (DEL-R3)."""
    preserve: "Callable[[UUID, ReadUnit], AsyncIterator[tuple[str, dict[str, Any]]]] | None" = None
    """Yield (table, row) of everything that the archive keeps of a thing; its files are added."""

    def __post_init__(self) -> None:
        """Raise ValueError when the times contradict each other, or the archive is half said."""
        if not 1 <= self.least <= self.months <= self.most:
            message = f"{self.name}: {self.least} <= {self.months} <= {self.most} months is wanted"
            raise ValueError(message)
        if self.action and not any(one.is_indexed for one in (*self.people, *self.groups)):
            message = f"{self.name}: no index finds the things of those who are to be told"
            raise ValueError(message)
        if (self.formal is None) != (self.preserve is None):
            message = f"{self.name}: what is formal and what is preserved belong together"
            raise ValueError(message)

    @property
    def id_column(self) -> sa.Column[Any]:
        """The column with the thing's id."""
        return self.table.c.id if self.key is None else self.key

    @property
    def institution_column(self) -> sa.ColumnElement[Any]:
        """What says at which institution the thing is counted."""
        return self.table.c.institution_id if self.institution is None else self.institution


@dataclass(frozen=True, slots=True)
class KeptOtherwise:
    """Tables from which no run deletes, with what ends their rows instead."""

    name: str
    """Begins with the owner's name and a dot."""
    tables: tuple[str, ...]
    why: Text


def find_unanswered(
    tables: Iterable[sa.Table], answers: Iterable[RetentionSubject | KeptOtherwise]
) -> Iterator[str]:
    """Yield what is wrong with an owner's answers: each table wants at least one (DEL-R1)."""
    known = {table.name for table in tables}
    said = [(one.name, name) for one in answers for name in one.tables]
    for table in sorted(known - {name for _one, name in said}):
        yield f"nobody says how rows of {table} end"
    for one, name in said:
        if name not in known:
            yield f"{one} speaks of {name}, which is no table here"


class FreezeKind(StrEnum):
    """How far a freeze reaches."""

    MUNICIPALITY = "municipality"
    INSTITUTION = "institution"
    GROUP = "group"
    PERSON = "person"
    THING = "thing"


class RunState(StrEnum):
    """How far a run is."""

    PLANNED = "planned"
    """It is being counted what is due."""
    PREVIEWED = "previewed"
    ANNOUNCED = "announced"
    """Those who can read the things are told; nothing is deleted before the day."""
    EXECUTING = "executing"
    DONE = "done"
    CANCELLED = "cancelled"


class PolicyLine(msgspec.Struct, frozen=True):
    """How long one kind of thing is kept in a municipality."""

    subject: str
    title: Text
    counts_from: Text
    by_school_year: bool
    months: int
    default: int
    least: int
    most: int
    preserves: bool
    """Whether formal documents among them are archived before they go."""
    source: Source


class FreezeLine(msgspec.Struct, frozen=True):
    """Something from which nothing is deleted."""

    id: UUID
    municipality_id: UUID
    kind: FreezeKind
    target_id: UUID
    name: str
    """Of the institution, group or person; empty for a thing."""
    reason: str
    frozen_at: datetime
    until: datetime | None
    by: str
    """Empty when whoever froze it is known no more."""


class RunCount(msgspec.Struct, frozen=True):
    """What a run has found, and done, of one kind of thing at one institution."""

    subject: str
    title: Text | str
    institution_id: UUID
    institution: str
    found: int
    """In the preview."""
    frozen: int
    """Due, but frozen when it was previewed."""
    deleted: int
    preserved: int
    spared: int
    """Previewed, but not due any more, or frozen since."""
    failed: int
    """Could not be removed; the log says why, and they are due again. One at the municipality, of a
    kind that could not even be counted: nothing of it goes by this run."""


class RunLine(msgspec.Struct, frozen=True):
    """One run."""

    id: UUID
    municipality_id: UUID
    state: RunState
    planned_at: datetime
    previewed_at: datetime | None
    announced_at: datetime | None
    deletes_from: datetime | None
    began_at: datetime | None
    finished_at: datetime | None


class RunReport(msgspec.Struct, frozen=True):
    """One run with its counts."""

    run: RunLine
    counts: tuple[RunCount, ...]


class Announced(msgspec.Struct, frozen=True):
    """What is going to be deleted of what somebody can read."""

    title: Text
    href: str
    count: int
    deletes_from: datetime


class Retention(Protocol):
    """Deciding what is kept for how long, for those who hold `DECIDE_RETENTION`.

    Each method raises `aula_sdk.errors.NotFound` for a municipality in which the actor does not
    hold it. Everything that is decided is audited.
    """

    def places(self, actor: Actor) -> Sequence[Place]:
        """Return the municipalities in which the actor decides, by name."""
        ...

    async def policies(
        self, unit: "ReadUnit", actor: Actor, municipality_id: UUID
    ) -> Sequence[PolicyLine]:
        """Return how long everything is kept, explained, by owner and title."""
        ...

    async def decide(
        self,
        write: "WriteUnit",
        actor: Actor,
        municipality_id: UUID,
        subject: str,
        months: int | None,
    ) -> None:
        """Decide how long things are kept; None: as their owner says.

        It holds for runs that are announced already, too. Raises `Invalid` beyond the bounds.
        """
        ...

    async def freezes(
        self, unit: "ReadUnit", actor: Actor, municipality_id: UUID
    ) -> Sequence[FreezeLine]:
        """Return what is frozen now, the newest first; who reads it is audited (R19)."""
        ...

    async def freeze(
        self,
        write: "WriteUnit",
        actor: Actor,
        municipality_id: UUID,
        target: str,
        reason: str,
        until: datetime | None,
    ) -> UUID:
        """Freeze what this id on the wire names; return the freeze's id.

        Neither a run nor an erasure deletes it while that lasts. Raises `Invalid` for an id of
        nothing in the municipality, a missing reason and an end that has passed.
        """
        ...

    async def lift(self, write: "WriteUnit", actor: Actor, freeze_id: UUID) -> None:
        """End a freeze now."""
        ...

    async def runs(
        self, unit: "ReadUnit", actor: Actor, municipality_id: UUID
    ) -> Sequence[RunLine]:
        """Return the runs of the municipality, the newest first, at most a hundred."""
        ...

    async def run(self, unit: "ReadUnit", actor: Actor, run_id: UUID) -> RunReport:
        """Return a run with its counts by kind and institution."""
        ...

    async def plan(self, write: "WriteUnit", actor: Actor, municipality_id: UUID) -> UUID:
        """Plan a run, which is previewed within seconds; return its id.

        Raises `Conflict` while another one of the municipality is open.
        """
        ...

    async def announce(self, write: "WriteUnit", actor: Actor, run_id: UUID, days: int) -> None:
        """Tell those whose things go, and begin with it after so many days.

        Raises `Invalid` beyond `LEAST_NOTICE` and `MOST_NOTICE`, `Conflict` when the run is not
        previewed, or has nothing to delete.
        """
        ...

    async def cancel(self, write: "WriteUnit", actor: Actor, run_id: UUID) -> None:
        """End a run; what is deleted already stays so. Raises `Conflict` when it is over."""
        ...

    async def announced(self, unit: "ReadUnit", actor: Actor) -> Sequence[Announced]:
        """Return what is going to be deleted of what the actor can read; open to everybody."""
        ...
