"""Who has seen the site as whom: for the municipality to review."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency

from aula_plugins.administration import _
from aula_plugins.administration.api.declarations import After
from aula_plugins.administration.service import support
from aula_sdk.contributions import needs
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell
from aula_sdk.support import READ_SUPPORT


class SupportPages(Controller):
    """``/administration/support``."""

    path = "/support"

    @get("/", opt=needs(READ_SUPPORT))
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        after: After = None,
    ) -> Response[Any]:
        """Show who has seen the site as whom, and why, the latest first."""
        found = await support.list_impersonations(read, platform, actor, Cursor.parse(after))
        context = {"found": found.items, "next": found.next}
        return await shell.page("administration/support.html", context, title=_("Support"))
