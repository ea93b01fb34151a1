"""Single messages: change and withdraw what one has sent."""

from litestar import Controller, delete, patch
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.messages import schemas
from aula_plugins.messages.api.declarations import MessagePath
from aula_plugins.messages.errors import AlreadyWithdrawn, NotWritten, TooLateToEdit
from aula_plugins.messages.ids import MESSAGE
from aula_plugins.messages.service import editing
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid, NotFound
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, WriteUnit


class MessagesApi(Controller):
    """``/api/v1/messages/messages``."""

    path = "/messages"
    tags = ("Messages",)

    @patch(
        "/{message_id:str}",
        opt=needs("messages.edit_own"),
        status_code=204,
        responses=problems(
            WrongIdKind, NotFound, TooLateToEdit, AlreadyWithdrawn, NotWritten, Invalid
        ),
    )
    async def edit_message(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        message_id: MessagePath,
        data: JSONBody[schemas.OtherWords],
    ) -> None:
        """Put other words into an own message; everybody sees that it was changed."""
        await editing.edit_message(write, platform, actor, MESSAGE.parse(message_id), data.html)

    @delete(
        "/{message_id:str}",
        opt=needs("messages.withdraw_own"),
        responses=problems(WrongIdKind, NotFound, AlreadyWithdrawn, NotWritten),
    )
    async def withdraw_message(
        self,
        actor: NamedDependency[Actor],
        write: NamedDependency[WriteUnit],
        platform: NamedDependency[Platform],
        message_id: MessagePath,
    ) -> None:
        """Take an own message back; everybody sees that there was one."""
        await editing.withdraw_message(write, platform, actor, MESSAGE.parse(message_id))
