"""Reports of imports: the list, and one in full."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.api.declarations import After, AfterRow, ImportPath
from aula_plugins.administration.pages import wording
from aula_plugins.administration.permissions import OPEN
from aula_plugins.administration.service import imports
from aula_plugins.administration.service.places import list_places
from aula_sdk.contributions import needs
from aula_sdk.imports import IMPORT
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell

ENTER = needs(OPEN)


class ImportPages(Controller):
    """``/administration/imports``."""

    path = "/imports"

    @get("/", opt=ENTER)
    async def show_imports(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        after: After = None,
    ) -> Response[Any]:
        """Show the imports, the newest first."""
        found = await imports.list_imports(read, platform, actor, Cursor.parse(after))
        # Whose it is need not be said to who looks after one municipality.
        is_one = len(actor.municipalities) == 1
        places = [] if is_one else await list_places(read, platform, actor)
        context = {
            "imports": found.items,
            "next": found.next,
            "names": {place.id: place.name for place in places},
            "say": wording,
        }
        return await shell.page("administration/imports.html", context, title=_("Imports"))

    @get("/{import_id:str}", opt=ENTER)
    async def show_import(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        import_id: ImportPath,
        after: AfterRow = -1,
    ) -> Response[Any]:
        """Show one report; rows that could not be taken come 20 at a time."""
        key = IMPORT.parse(import_id)
        found = await imports.open_import(read, platform, actor, key)
        rows = await imports.list_rows(read, platform, actor, key, after)
        context = {"report": found, "rows": rows.items, "next": rows.next, "say": wording}
        title = _("Import from %(source)s") % {"source": found.source}
        return await shell.page("administration/import.html", context, title=title)
