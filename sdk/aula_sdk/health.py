"""How the installation is: what operators and administrators see of it, plugin by plugin.

Nothing here is about people: types and places of failures, never their messages.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

import msgspec

from aula_sdk.ids import IdKind
from aula_sdk.people import Actor
from aula_sdk.protocols import ReadUnit, WriteUnit

READ_HEALTH = "health.read"
"""The action of seeing how the installation is."""
RELEASE = "health.release"
"""The action of letting parked streams of a municipality go on, with or without the event on which
each stopped: its administrators hold it from the start."""
STREAM = IdKind("str")


class RefusedPlugin(msgspec.Struct, frozen=True):
    """A plugin, or what one of its hooks gives, that is not used."""

    plugin: str
    distribution: str
    hook: str
    """Empty when the whole plugin is left out."""
    problem: str
    remedy: str
    """What the operator can do about it."""


class FaultyPlace(msgspec.Struct, frozen=True):
    """A part of a plugin that has failed."""

    plugin: str
    place: str
    """What it is, and its name in the plugin: ``widget newest``, ``route GET /messages``."""
    failures: int
    """In all workers, since it was first seen."""
    error: str
    """Type and place of the last failure."""
    failed_at: datetime


class Quarantine(msgspec.Struct, frozen=True):
    """A part of a plugin that is not called, because it has failed again and again."""

    plugin: str
    place: str
    reason: str
    since: datetime
    until: datetime
    """When it is tried again; it stays in quarantine until it has come back well."""


class FailingJob(msgspec.Struct, frozen=True):
    """A job whose last run failed."""

    name: str
    failures: int
    """In a row."""
    error: str
    next_run: datetime


class ParkedStream(msgspec.Struct, frozen=True):
    """Events of one stream that a subscriber could not take; they wait for an operator."""

    subscriber: str
    stream: UUID
    parked_at: datetime
    error: str
    event_name: str
    waiting: int


class WorkerRestart(msgspec.Struct, frozen=True):
    """A worker that was ended and started anew."""

    at: datetime
    cause: str
    """``stalled``, ``memory``, ``slow start`` or ``died``."""
    plugin: str
    """Whose code was running; empty when it was no plugin's."""
    place: str


class HealthReport(msgspec.Struct, frozen=True):
    """Everything at once, as this worker sees it now; the database's part is of all workers."""

    at: datetime
    has_database: bool
    has_files: bool
    """Whether the store of uploaded files answers."""
    refused: tuple[RefusedPlugin, ...] = ()
    faults: tuple[FaultyPlace, ...] = ()
    quarantines: tuple[Quarantine, ...] = ()
    failing_jobs: tuple[FailingJob, ...] = ()
    parked: tuple[ParkedStream, ...] = ()
    behind: tuple[str, ...] = ()
    """Whose tables wait for ``aula migrate``."""
    restarts: tuple[WorkerRestart, ...] = ()
    """The last ones, the newest first."""

    @property
    def is_well(self) -> bool:
        """Whether there is nothing that somebody should do something about now."""
        return (
            self.has_database
            and self.has_files
            and not (self.refused or self.quarantines or self.failing_jobs)
            and not (self.parked or self.behind)
        )


class Health(Protocol):
    """How the installation is, for those who may know."""

    async def report(self, actor: Actor) -> HealthReport:
        """Return the report; raise `aula_sdk.errors.Forbidden` without the right `READ_HEALTH`.

        Of parked streams it holds those of the municipalities in which the actor has that right;
        all else is about the installation and about nobody's rows (R10).

        What cannot be asked because the database is gone is left out, and ``has_database`` is
        false: this does not raise because something is unwell.
        """
        ...

    async def parked(self, unit: ReadUnit, actor: Actor) -> Sequence[ParkedStream]:
        """Return the parked streams of the report alone, the longest parked first."""
        ...

    async def replay(self, write: WriteUnit, actor: Actor, subscriber: str, stream: UUID) -> None:
        """Let a parked stream go on with the event on which it stopped; audited.

        Raises `aula_sdk.errors.Forbidden` without the right `RELEASE`, and
        `aula_sdk.errors.NotFound` when nothing of the actor's municipalities is parked there.
        """
        ...

    async def skip(self, write: WriteUnit, actor: Actor, subscriber: str, stream: UUID) -> None:
        """Give up the event on which a parked stream stopped, and let it go on without; audited.

        Raises as `replay` does. It cannot be undone: the subscriber never gets this event.
        """
        ...
