"""What imports of stamdata have found and done, for the municipality's administrators."""

from uuid import UUID

from aula_plugins.administration import schemas
from aula_sdk.ids import MUNICIPALITY
from aula_sdk.imports import IMPORT, ImportHead
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit

PAGE = 20


async def list_imports(
    read: ReadUnit, platform: Platform, actor: Actor, after: Cursor | None = None
) -> schemas.ImportList:
    """Return the imports, the newest first; raise `Forbidden` to who may read none."""
    page = await platform.imports.newest(read, actor, after=after, size=PAGE)
    following = str(page.next) if page.next else None
    return schemas.ImportList([item_of(one) for one in page.items], following)


async def open_import(
    read: ReadUnit, platform: Platform, actor: Actor, import_id: UUID
) -> schemas.ImportItem:
    """Return one import; raise `NotFound` for another municipality's."""
    return item_of(await platform.imports.find(read, actor, import_id))


async def list_rows(
    read: ReadUnit, platform: Platform, actor: Actor, import_id: UUID, after: int = -1
) -> schemas.RowList:
    """Return rows that could not be taken, in the order of the files."""
    rows = await platform.imports.errors(read, actor, import_id, after=after, size=PAGE + 1)
    items = [
        schemas.RowItem(
            row.number, row.file, row.line, row.field, row.code, str(row.reason), row.fatal
        )
        for row in rows[:PAGE]
    ]
    return schemas.RowList(items, items[-1].number if len(rows) > PAGE else None)


def item_of(found: ImportHead) -> schemas.ImportItem:
    """Return the import as it travels."""
    return schemas.ImportItem(
        IMPORT.format(found.id),
        MUNICIPALITY.format(found.municipality_id),
        found.source,
        found.format,
        found.mode,
        found.state,
        found.started_at,
        found.finished_at,
        found.changes,
        found.errors,
        found.is_well,
        found.counts,
        found.stops,
    )
