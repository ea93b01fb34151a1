"""Reports, for those who decide about them."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency

from aula_plugins.posts import _
from aula_plugins.posts.api.declarations import After, Decided, ReportPath
from aula_plugins.posts.ids import REPORT
from aula_plugins.posts.models import Decision
from aula_plugins.posts.pages import forms, wording
from aula_plugins.posts.service import reporting
from aula_sdk.contributions import needs
from aula_sdk.paging import Cursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, Shell, WriteUnit

HANDLE = needs("posts.handle_reports")


class ReportPages(Controller):
    """``/posts/reports``."""

    path = "/reports"

    @get("/", opt=HANDLE)
    async def show(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        decided: Decided = False,
        after: After = None,
    ) -> Response[Any]:
        """Show the reports that wait, or those that were decided."""
        page = await reporting.list_reports(
            read, platform, actor, decided=decided, after=Cursor.parse(after)
        )
        context = {"reports": page.items, "next": page.next, "decided": decided, "say": wording}
        return await shell.page("posts/reports.html", context, title=_("Reports"))

    @post("/{report_id:str}", opt=HANDLE)
    async def decide(
        self,
        request: forms.AnyRequest,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        shell: NamedDependency[Shell],
        *,
        report_id: ReportPath,
    ) -> Response[Any]:
        """Let the words stay, or remove them."""
        removes = await forms.read_value(request, "decision") == Decision.REMOVED
        decision = Decision.REMOVED if removes else Decision.KEPT
        await reporting.decide(write, platform, actor, REPORT.parse(report_id), decision)
        toast = _("The words have been removed") if removes else _("The words stay")
        return shell.see_other("/posts/reports", toast=toast)
