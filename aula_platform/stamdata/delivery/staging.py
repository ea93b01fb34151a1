"""Records become rows of the staging tables, a batch at a time."""

from collections.abc import Iterable, Iterator, Sequence
from functools import singledispatchmethod
from typing import Any

import msgspec
import sqlalchemy as sa

from aula_platform.stamdata.delivery import tables
from aula_platform.stamdata.delivery.checks import faults, is_fit_to_name
from aula_platform.stamdata.delivery.scope import Runner, Scope
from aula_sdk.ids import GROUP, INSTITUTION, PROFILE, new_id
from aula_sdk.names import natural_sort_key, search_key, sort_key
from aula_sdk.stamdata_source import (
    Complete,
    GroupRecord,
    GuardianshipRecord,
    MembershipRecord,
    OrgRecord,
    PersonRecord,
    ProfileRecord,
    Record,
    Removed,
    RowError,
    Unchanged,
)

Row = tuple[sa.Table, dict[str, Any]]


class Staging:
    """Numbers the records of one delivery and puts them into the staging tables."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.size = 0
        """How many rows there are; the last row's number."""

    async def add(self, runner: Runner, records: Iterable[Record]) -> list[RowError]:
        """Stage the records that are fit to be; return what is wrong with the others."""
        refused: list[RowError] = []
        batches: dict[sa.Table, list[dict[str, Any]]] = {}
        for record in records:
            wrong = list(faults(record))
            refused.extend(wrong)
            if not wrong:
                for table, values in self._rows(record):
                    batches.setdefault(table, []).append(values)
        for table, rows in batches.items():
            await runner.execute(sa.insert(table), rows)
        return refused

    async def keep(self, runner: Runner, refused: Iterable[RowError]) -> None:
        """Stage the word that what bad rows are about stays as it was."""
        named = {error.about for error in refused if is_fit_to_name(error.about)}
        rows = [self._of_key(tables.unchanged, about[0], about[1:])[1] for about in sorted(named)]
        if rows:
            await runner.execute(sa.insert(tables.unchanged), rows)

    async def add_guardians(self, runner: Runner, found: Sequence[sa.Row[Any]]) -> None:
        """Stage the profiles that guardians need where their children are."""
        rows = [
            self._row_of(
                tables.profile,
                person_source_id="",
                org_source_id="",
                person_id=row.person_id,
                institution_id=row.institution_id,
                kind="guardian",
                title="",
                level="",
                derived=True,
            )[1]
            for row in found
        ]
        await runner.execute(sa.insert(tables.profile), rows)

    def _of_key(self, table: sa.Table, what: str, key: tuple[str, ...]) -> Row:
        first, second, third = (*key, "", "", "")[:3]
        _table, values = self._row_of(table, what=what, first=first, second=second, third=third)
        del values["id"]
        return table, values

    def _row_of(self, table: sa.Table, **values: Any) -> Row:
        self.size += 1
        return table, {
            "delivery_id": self._scope.id,
            "row": self.size,
            "municipality_id": self._scope.municipality_id,
            "id": new_id(),
            **values,
        }

    @singledispatchmethod
    def _rows(self, record: Record) -> Iterator[Row]:
        raise TypeError(type(record).__name__)

    @_rows.register
    def _(self, record: OrgRecord) -> Iterator[Row]:
        values = msgspec.structs.asdict(record) | {"kind": record.kind.value}
        yield self._row_of(tables.institution, **values, sort_key=sort_key(record.name))

    @_rows.register
    def _(self, record: PersonRecord) -> Iterator[Row]:
        values = msgspec.structs.asdict(record)
        values |= msgspec.structs.asdict(values.pop("contact"))
        values["uniid"] = record.uniid or None
        name = " ".join(f"{record.given_name} {record.family_name}".split())
        keys = {"name": name, "sort_key": sort_key(name), "search_key": search_key(name)}
        yield self._row_of(tables.person, **values, **keys)

    @_rows.register
    def _(self, record: ProfileRecord) -> Iterator[Row]:
        values = msgspec.structs.asdict(record) | {"kind": record.kind.value, "derived": False}
        roles = values.pop("roles")
        yield self._row_of(tables.profile, **values)
        profile_row = self.size
        for role in sorted(set(roles)):
            yield self._row_of(tables.profile_role, profile_row=profile_row, role=role)

    @_rows.register
    def _(self, record: GroupRecord) -> Iterator[Row]:
        values = msgspec.structs.asdict(record) | {"kind": record.kind.value}
        if self._scope.by_ids:
            values["id"] = GROUP.parse(record.source_id)
            values["institution_id"] = INSTITUTION.parse(record.org_source_id)
        yield self._row_of(tables.group, **values, sort_key=natural_sort_key(record.name))

    @_rows.register
    def _(self, record: MembershipRecord) -> Iterator[Row]:
        values = msgspec.structs.asdict(record)
        if self._scope.by_ids:
            values["profile_id"] = PROFILE.parse(record.person_source_id)
        yield self._row_of(tables.membership, **values)

    @_rows.register
    def _(self, record: GuardianshipRecord) -> Iterator[Row]:
        yield self._row_of(tables.guardianship, **msgspec.structs.asdict(record))

    @_rows.register
    def _(self, record: Removed) -> Iterator[Row]:
        yield self._of_key(tables.removed, record.what, record.key)

    @_rows.register
    def _(self, record: Unchanged) -> Iterator[Row]:
        yield self._of_key(tables.unchanged, record.what, record.key)

    @_rows.register
    def _(self, record: Complete) -> Iterator[Row]:
        table, values = self._row_of(
            tables.complete, what=record.what, person_source_id=record.key[0]
        )
        del values["id"]
        yield table, values
