"""Who has seen the site as whom, for the municipality to review; and logging somebody out."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.administration import _, _n
from aula_plugins.administration.api.declarations import After, ProfilePath
from aula_plugins.administration.service import support
from aula_sdk.contributions import needs
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit
from aula_sdk.support import END_SESSIONS, READ_SUPPORT


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

    @post("/people/{profile_id:str}/log-out", opt=needs(END_SESSIONS, step_up=True))
    async def log_out(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        profile_id: ProfilePath,
    ) -> Response[Any]:
        """Log somebody out everywhere; their next page asks them to log in."""
        done = await support.end_sessions(write, platform, actor, profile_id)
        toast = _n("Logged out in one place", "Logged out in %(count)s places", done.sessions)
        return shell.see_other(f"/administration/why/{profile_id}", toast=toast)
