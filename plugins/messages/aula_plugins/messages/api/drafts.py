"""What one is writing. The client makes the id of a new draft, so that keeping it is idempotent."""

from litestar import Controller, delete, get, put
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.messages import schemas
from aula_plugins.messages.api.declarations import After, DraftPath, profile_of
from aula_plugins.messages.ids import DRAFT
from aula_plugins.messages.service import drafting
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.paging import Cursor, WrongCursor
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit, WriteUnit


class DraftsApi(Controller):
    """``/api/v1/messages/drafts``."""

    path = "/drafts"
    tags = ("Messages",)

    @get(opt=needs("messages.read"), responses=problems(WrongCursor))
    async def list_drafts(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        after: After = None,
    ) -> schemas.DraftPage:
        """List one's drafts of new messages and of answers, the newest first."""
        page = await drafting.list_drafts(read, platform, actor, Cursor.parse(after))
        return schemas.DraftPage(
            [schemas.Draft.of(row) for row in page.items], str(page.next) if page.next else None
        )

    @put(
        "/{draft_id:str}",
        opt=needs("messages.create"),
        status_code=204,
        responses=problems(WrongIdKind, NotFound, Invalid),
    )
    async def keep_draft(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        draft_id: DraftPath,
        data: JSONBody[schemas.DraftToKeep],
    ) -> None:
        """Keep a new message as it stands."""
        content = drafting.DraftContent(
            subject=data.subject,
            html=data.html,
            recipients=tuple(data.recipients),
            regarding=tuple(data.regarding),
            attachments=tuple(data.attachments),
            sender=profile_of(data.sender),
        )
        await drafting.save_draft(write, actor, DRAFT.parse(draft_id), content)

    @delete(
        "/{draft_id:str}",
        opt=needs("messages.read"),
        responses=problems(WrongIdKind, NotFound),
    )
    async def drop_draft(
        self, actor: NamedDependency[Actor], write: NamedDependency[WriteUnit], draft_id: DraftPath
    ) -> None:
        """Throw a draft away."""
        await drafting.drop_draft(write, actor, DRAFT.parse(draft_id))
