"""Reports of imports."""

from litestar import Controller, get
from litestar.di import NamedDependency

from aula_plugins.administration import schemas
from aula_plugins.administration.api.declarations import After, AfterRow, ImportPath
from aula_plugins.administration.permissions import OPEN
from aula_plugins.administration.service import imports
from aula_sdk.contributions import needs
from aula_sdk.errors import NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.imports import IMPORT
from aula_sdk.openapi import problems
from aula_sdk.paging import Cursor, WrongCursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit

ENTER = needs(OPEN)


class ImportsApi(Controller):
    """``/api/v1/administration/imports``."""

    path = "/imports"
    tags = ("Administration",)

    @get(opt=ENTER, responses=problems(WrongCursor))
    async def list_imports(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        *,
        after: After = None,
    ) -> schemas.ImportList:
        """List the imports of the municipalities whose reports one reads, the newest first."""
        return await imports.list_imports(read, platform, actor, Cursor.parse(after))

    @get("/{import_id:str}", opt=ENTER, responses=problems(WrongIdKind, NotFound))
    async def open_import(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        import_id: ImportPath,
    ) -> schemas.ImportItem:
        """Read one report: what was found, what stopped it, and whether it was applied."""
        return await imports.open_import(read, platform, actor, IMPORT.parse(import_id))

    @get("/{import_id:str}/rows", opt=ENTER, responses=problems(WrongIdKind, NotFound))
    async def list_rows(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        import_id: ImportPath,
        *,
        after: AfterRow = -1,
    ) -> schemas.RowList:
        """List the rows that could not be taken, in the order of the files."""
        return await imports.list_rows(read, platform, actor, IMPORT.parse(import_id), after)
