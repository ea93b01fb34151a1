"""The only way in which stamdata changes (rule 12): imports, SCIM and forms all come here."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.stamdata.delivery import (
    applying,
    groups,
    guardianships,
    institutions,
    memberships,
    persons,
    profiles,
    roles,
    tables,
)
from aula_platform.stamdata.delivery.problems import found_problems
from aula_platform.stamdata.delivery.scope import Runner, Scope
from aula_platform.stamdata.delivery.staging import Staging
from aula_platform.stamdata.delivery.ties import missing_profiles
from aula_platform.stamdata.importing.preview import Count, count_changes
from aula_platform.stamdata.moving import note_moved
from aula_platform.stamdata.tables import municipality
from aula_sdk.errors import Conflict, FieldError, Invalid, NotFound
from aula_sdk.i18n import gettext_for
from aula_sdk.ids import new_id
from aula_sdk.protocols import ReadUnit, WriteUnit
from aula_sdk.stamdata_source import Record, RowError

_ = gettext_for("aula")

_SHOWN_PROBLEMS = 100
PLUGIN_CHANGED = "stamdata.changed_by_plugin"
"""What is audited when a plugin has changed groups; who somebody is cannot have changed then."""


class StamdataMoved(Conflict):
    """Stamdata has changed since the delivery was compared with it."""

    code = "stamdata.moved"
    title = _("Something else has changed the stamdata in the meantime; look at the preview again")


class UnknownMunicipality(NotFound):
    """No municipality has this key."""

    code = "stamdata.unknown-municipality"
    title = _("There is no municipality with this key")


class Municipality(msgspec.Struct, frozen=True):
    """A municipality as the settings name it."""

    key: str
    name: str
    code: str = ""


class StamdataChanges:
    """One delivery of records, from staging to the end. Nothing is visible before `apply`."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._staging = Staging(scope)

    @property
    def size(self) -> int:
        """How many rows have been staged."""
        return self._staging.size

    async def keep(self, runner: Runner, refused: Iterable[RowError]) -> None:
        """Let what bad rows are about stay as it was, and what rests on it."""
        await self._staging.keep(runner, refused)

    async def stage(self, runner: Runner, records: Iterable[Record]) -> list[RowError]:
        """Put records into the staging tables; return what is wrong with those that cannot be."""
        return await self._staging.add(runner, records)

    async def compare(
        self, runner: Runner, settle: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Fill in what each staged record would change, and what would leave.

        ``settle`` is awaited when the references between people have been looked up.
        """
        for statement in self._first_half():
            await runner.execute(statement)
        if settle is not None:
            await settle()
        found = await runner.rows(sa.select(missing_profiles(self.scope).subquery()))
        if found:
            await self._staging.add_guardians(runner, found)
        for statement in self._second_half():
            await runner.execute(statement)

    def _first_half(self) -> Iterator[sa.Executable]:
        for kind in (institutions, persons, profiles, guardianships):
            yield from kind.compare(self.scope)

    def _second_half(self) -> Iterator[sa.Executable]:
        yield from profiles.compare_derived(self.scope)
        for kind in (roles, groups, memberships):
            yield from kind.compare(self.scope)

    async def problems(self, read: ReadUnit, limit: int, offset: int = 0) -> list[RowError]:
        """Return a part of what comparing has found to be wrong with the records."""
        return await found_problems(read, self.scope, limit, offset)

    async def apply(self, write: WriteUnit, epoch: int) -> None:
        """Make it so, in the given transaction.

        Raises `StamdataMoved`, having written nothing, when the municipality is no longer at the
        epoch at which the delivery was compared.
        """
        moved = await write.execute(
            sa.update(municipality)
            .where(municipality.c.id == self.scope.municipality_id, municipality.c.epoch == epoch)
            .values(epoch=municipality.c.epoch + 1)
        )
        if moved.rowcount != 1:
            raise StamdataMoved
        await note_moved(write, self.scope)
        for statement in applying.apply(self.scope):
            await write.execute(statement)

    async def forget(self, runner: Runner) -> None:
        """Empty the staging tables of this delivery."""
        for table in tables.ALL:
            await runner.execute(sa.delete(table).where(self.scope.staged(table)))


async def deliver(
    write: WriteUnit,
    municipality_id: UUID,
    source: str,
    records: Sequence[Record],
    *,
    by_ids: bool = False,
) -> None:
    """Carry out a few changes at once, as from a form or SCIM: all of them, or none.

    Afterwards the records hold, and what they call `Removed` has ended. ``by_ids`` says that they
    refer to institutions and profiles by the platform's ids (`Scope`). Raises `Invalid` with a
    field for each record that cannot be taken.
    """
    epoch = await _hold_epoch(write, municipality_id)
    changes = await _compared(write, municipality_id, source, records, by_ids=by_ids)
    await changes.apply(write, epoch)
    await changes.forget(write)
    write.audit(
        PLUGIN_CHANGED if by_ids else "stamdata.changed",
        municipality_id=municipality_id,
        details={"source": source, "records": len(records)},
    )


async def preview(
    write: WriteUnit,
    municipality_id: UUID,
    source: str,
    records: Sequence[Record],
    *,
    by_ids: bool = False,
) -> list[Count]:
    """Return what `deliver` would change, counted by institution and kind; nothing is changed.

    Raises `Invalid` as `deliver` would.
    """
    changes = await _compared(write, municipality_id, source, records, by_ids=by_ids)
    counts = await count_changes(write, changes.scope)
    await changes.forget(write)
    return counts


async def _compared(
    write: WriteUnit,
    municipality_id: UUID,
    source: str,
    records: Sequence[Record],
    *,
    by_ids: bool,
) -> StamdataChanges:
    scope = Scope(new_id(), municipality_id, source, False, frozenset(), write.now, by_ids=by_ids)
    changes = StamdataChanges(scope)
    wrong = await changes.stage(write, records)
    await changes.compare(write)
    wrong += await changes.problems(write, _SHOWN_PROBLEMS)
    if wrong:
        raise Invalid(fields=tuple(_as_field(error) for error in wrong))
    return changes


async def _hold_epoch(write: WriteUnit, municipality_id: UUID) -> int:
    """Return the epoch and let nobody else move it before this transaction ends.

    Two forms that are sent at the same moment are carried out one after the other, instead of the
    second being told that the stamdata has moved.
    """
    row = municipality.c.id == municipality_id
    await write.scalar(sa.select(municipality.c.id).where(row).with_for_update())
    return await current_epoch(write, municipality_id)


def _as_field(error: RowError) -> FieldError:
    return FieldError(f"{error.file}.{error.field}", str(error.reason), error.code)


async def current_epoch(read: ReadUnit, municipality_id: UUID) -> int:
    """Return the number of changes so far; raise `UnknownMunicipality` when there is none."""
    epoch = await read.scalar(
        sa.select(municipality.c.epoch).where(municipality.c.id == municipality_id)
    )
    if epoch is None:
        raise UnknownMunicipality
    return int(epoch)


async def ensure_municipalities(write: WriteUnit, wanted: Iterable[Municipality]) -> None:
    """Make the municipalities of the settings known; names and codes follow the settings.

    One that the settings no longer name keeps its data.
    """
    for one in wanted:
        table = municipality
        values = {"name": one.name, "code": one.code}
        known = await write.execute(sa.update(table).where(table.c.key == one.key).values(values))
        if known.rowcount == 0:
            row = {"id": new_id(), "key": one.key, "epoch": 0, **values}
            await write.execute(sa.insert(table), row)
