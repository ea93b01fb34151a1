"""Reading the reports of imports, as plugins reach it: implements `aula_sdk.imports.Imports`."""

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

import msgspec
import sqlalchemy as sa

from aula_platform.stamdata.tables import import_error, imported
from aula_sdk.db import Id
from aula_sdk.errors import Forbidden, NotFound
from aula_sdk.i18n import Text
from aula_sdk.imports import READ_IMPORTS, ImportCount, ImportHead, ImportStop, RefusedRow
from aula_sdk.paging import Cursor, Page, beyond, page_of
from aula_sdk.people import Actor
from aula_sdk.permissions import Visible
from aula_sdk.protocols import Permissions, ReadUnit

_MOST_SOURCES = 20
_NOT_MEANT = ("preview", "staging")
"""What such an import has found says nothing of what holds."""
_columns = [imported.c[name] for name in ImportHead.__struct_fields__]
_newest_first = (imported.c.started_at.desc(), imported.c.id.desc())
_import_id = sa.bindparam("import_id", type_=Id)


@cache
def _listed(clause: sa.ColumnElement[bool], *, paged: bool) -> sa.Select[Any]:
    found = sa.select(*_columns).where(clause).order_by(*_newest_first)
    if paged:
        found = found.where(beyond(imported.c.started_at, imported.c.id))
    return found.limit(sa.bindparam("size", type_=sa.Integer))


@cache
def _last_that_went_wrong(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    later = imported.alias("later")
    is_last = ~sa.exists().where(
        later.c.municipality_id == imported.c.municipality_id,
        later.c.source == imported.c.source,
        later.c.state.not_in(_NOT_MEANT),
        sa.tuple_(later.c.started_at, later.c.id) > sa.tuple_(imported.c.started_at, imported.c.id),
    )
    went_wrong = sa.or_(imported.c.state != "applied", imported.c.errors > 0)
    return (
        sa.select(*_columns)
        .where(clause, imported.c.state.not_in(_NOT_MEANT), went_wrong, is_last)
        .order_by(*_newest_first)
        .limit(_MOST_SOURCES)
    )


@cache
def _one(clause: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(*_columns).where(imported.c.id == _import_id, clause)


_rows_of_one = (
    sa.select(*[import_error.c[name] for name in RefusedRow.__struct_fields__])
    .where(
        import_error.c.import_id == _import_id,
        import_error.c.number > sa.bindparam("after", type_=sa.Integer),
    )
    .order_by(import_error.c.number)
    .limit(sa.bindparam("size", type_=sa.Integer))
)


class ImportReports:
    """What imports have found, filtered in SQL by what the actor may read."""

    def __init__(self, permissions: Permissions) -> None:
        self._permissions = permissions

    async def newest(
        self, unit: ReadUnit, actor: Actor, *, after: Cursor | None = None, size: int = 20
    ) -> Page[ImportHead]:
        """Return the imports, the newest first."""
        visible = self._visible(actor)
        params = {**visible.params, "size": size + 1, **(after.params if after else {})}
        rows = await unit.rows(_listed(visible.clause, paged=after is not None), params)
        return page_of(
            [_head(row) for row in rows], size, lambda one: Cursor(one.started_at, one.id)
        )

    async def troubled(self, unit: ReadUnit, actor: Actor) -> Sequence[ImportHead]:
        """Return of each source the last import that was meant, when it went wrong."""
        visible = self._visible(actor)
        rows = await unit.rows(_last_that_went_wrong(visible.clause), visible.params)
        return [_head(row) for row in rows]

    async def find(self, unit: ReadUnit, actor: Actor, import_id: UUID) -> ImportHead:
        """Return one import; raise `NotFound`."""
        visible = self._visible(actor)
        row = await unit.first(_one(visible.clause), {**visible.params, "import_id": import_id})
        if row is None:
            raise NotFound
        return _head(row)

    async def errors(
        self, unit: ReadUnit, actor: Actor, import_id: UUID, *, after: int = -1, size: int = 20
    ) -> Sequence[RefusedRow]:
        """Return the rows that could not be taken, in the order of the files."""
        await self.find(unit, actor, import_id)
        params = {"import_id": import_id, "after": after, "size": size}
        return [_refused(row) for row in await unit.rows(_rows_of_one, params)]

    def _visible(self, actor: Actor) -> Visible:
        if not actor.can(READ_IMPORTS):
            raise Forbidden
        return self._permissions.visible(actor, READ_IMPORTS)


def _head(row: sa.Row[Any]) -> ImportHead:
    values = dict(row._mapping)  # noqa: SLF001  # SQLAlchemy's public name for it.
    values["counts"] = msgspec.convert(values["counts"], tuple[ImportCount, ...])
    values["stops"] = msgspec.convert(values["stops"], tuple[ImportStop, ...])
    return ImportHead(**values)


def _refused(row: sa.Row[Any]) -> RefusedRow:
    values = dict(row._mapping)  # noqa: SLF001
    return RefusedRow(**{**values, "reason": msgspec.convert(values["reason"], Text)})
