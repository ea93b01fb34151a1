"""Deciding retention, as plugins reach it: implements `aula_sdk.retention.Retention`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from aula_platform.privacy.retention import announcing, freezes, policies, runs
from aula_sdk.errors import NotFound
from aula_sdk.operations import Place
from aula_sdk.people import Actor
from aula_sdk.protocols import Permissions, ReadUnit, WriteUnit
from aula_sdk.retention import (
    DECIDE_RETENTION,
    Announced,
    FreezeLine,
    PolicyLine,
    RetentionSubject,
    RunLine,
    RunReport,
)


class RetentionDesk:
    """What somebody may decide, and deciding it."""

    def __init__(
        self,
        permissions: Permissions,
        subjects: Mapping[str, RetentionSubject],
        names: Mapping[UUID, str],
        *,
        is_sqlite: bool,
    ) -> None:
        """``names`` are the municipalities' names by id."""
        self.subjects = subjects
        self._permissions = permissions
        self._names = names
        self._is_sqlite = is_sqlite

    def places(self, actor: Actor) -> Sequence[Place]:
        """Return the municipalities in which the actor decides, by name."""
        found = [Place(one, None, self._names.get(one, "")) for one in _decides_in(actor)]
        return sorted(found, key=lambda place: place.name)

    async def policies(
        self, unit: ReadUnit, actor: Actor, municipality_id: UUID
    ) -> Sequence[PolicyLine]:
        """Return how long everything is kept, explained."""
        _require(actor, municipality_id)
        return await policies.list_policies(unit, municipality_id, self.subjects)

    async def decide(
        self,
        write: WriteUnit,
        actor: Actor,
        municipality_id: UUID,
        subject: str,
        months: int | None,
    ) -> None:
        """Decide how long things are kept."""
        by = _require(actor, municipality_id)
        wanted = self.subjects.get(subject)
        await policies.decide(write, municipality_id, by, wanted, months, is_sqlite=self._is_sqlite)

    async def freezes(
        self, unit: ReadUnit, actor: Actor, municipality_id: UUID
    ) -> Sequence[FreezeLine]:
        """Return what is frozen now."""
        _require(actor, municipality_id)
        return await freezes.list_freezes(unit, municipality_id)

    async def freeze(
        self,
        write: WriteUnit,
        actor: Actor,
        municipality_id: UUID,
        target: str,
        reason: str,
        until: datetime | None,
    ) -> UUID:
        """Freeze what this id names."""
        by = _require(actor, municipality_id)
        return await freezes.set_freeze(
            write, municipality_id, by, target, reason, until, self.subjects
        )

    async def lift(self, write: WriteUnit, actor: Actor, freeze_id: UUID) -> None:
        """End a freeze now."""
        mine = _decides_in(actor)
        await freezes.lift_freeze(write, mine, freeze_id)

    async def runs(self, unit: ReadUnit, actor: Actor, municipality_id: UUID) -> Sequence[RunLine]:
        """Return the runs, the newest first."""
        _require(actor, municipality_id)
        return await runs.list_runs(unit, municipality_id)

    async def run(self, unit: ReadUnit, actor: Actor, run_id: UUID) -> RunReport:
        """Return a run with its counts."""
        line = await runs.find_run(unit, list(_decides_in(actor)), run_id)
        name = self._names.get(line.municipality_id, "")
        return await runs.report_run(unit, line, self.subjects, name)

    async def plan(self, write: WriteUnit, actor: Actor, municipality_id: UUID) -> UUID:
        """Plan a run."""
        return await runs.plan(write, municipality_id, _require(actor, municipality_id))

    async def announce(self, write: WriteUnit, actor: Actor, run_id: UUID, days: int) -> None:
        """Tell those whose things go."""
        mine = _decides_in(actor)
        line = await runs.find_run(write, list(mine), run_id)
        await runs.announce(write, line, mine[line.municipality_id], days)

    async def cancel(self, write: WriteUnit, actor: Actor, run_id: UUID) -> None:
        """End a run."""
        await runs.cancel(write, await runs.find_run(write, list(_decides_in(actor)), run_id))

    async def announced(self, unit: ReadUnit, actor: Actor) -> Sequence[Announced]:
        """Return what is going to be deleted of what the actor can read."""
        return await announcing.list_announced(unit, self._permissions, actor, self.subjects)


def _decides_in(actor: Actor) -> dict[UUID, UUID]:
    """Return the municipalities in which the actor decides, with the profile that does so."""
    held = actor.profiles_for(DECIDE_RETENTION)
    return {profile.municipality_id: profile.id for profile in reversed(held)}


def _require(actor: Actor, municipality_id: UUID) -> UUID:
    found = _decides_in(actor).get(municipality_id)
    if found is None:
        raise NotFound
    return found
