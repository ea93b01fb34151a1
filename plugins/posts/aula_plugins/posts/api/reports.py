"""Reports, for those who handle them."""

from litestar import Controller, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.posts import schemas
from aula_plugins.posts.api.declarations import After, Decided, ReportPath
from aula_plugins.posts.errors import AlreadyDecided
from aula_plugins.posts.ids import REPORT
from aula_plugins.posts.service import reporting
from aula_sdk.contributions import needs
from aula_sdk.errors import NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.paging import Cursor, WrongCursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit

HANDLE = needs("posts.handle_reports")


class ReportsApi(Controller):
    """``/api/v1/posts/reports``."""

    path = "/reports"
    tags = ("Posts",)

    @get(opt=HANDLE, responses=problems(WrongCursor))
    async def list_reports(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        *,
        decided: Decided = False,
        after: After = None,
    ) -> schemas.ReportPage:
        """List the reports that wait for a decision, or those that were decided."""
        return schemas.ReportPage.of(
            await reporting.list_reports(
                read, platform, actor, decided=decided, after=Cursor.parse(after)
            )
        )

    @post(
        "/{report_id:str}/decision",
        opt=HANDLE,
        status_code=204,
        responses=problems(WrongIdKind, NotFound, AlreadyDecided),
    )
    async def decide(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        report_id: ReportPath,
        data: JSONBody[schemas.DecisionToMake],
    ) -> None:
        """Let the reported words stay, or remove them; all reports of the same words with it."""
        await reporting.decide(write, platform, actor, REPORT.parse(report_id), data.decision)
