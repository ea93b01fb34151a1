"""Whom one can write to. What is typed comes by POST, so that it is in no log of addresses."""

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.messages import schemas
from aula_plugins.messages.api.declarations import profile_of
from aula_plugins.messages.service import audience, finding
from aula_plugins.messages.service.choices import parse_choices
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit


class RecipientsApi(Controller):
    """``/api/v1/messages/recipients``."""

    path = "/recipients"
    tags = ("Messages",)

    @post(
        "/search",
        opt=needs("messages.create"),
        status_code=200,
        responses=problems(WrongIdKind, Invalid),
    )
    async def find_recipients(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.RecipientSearch],
    ) -> schemas.FoundRecipients:
        """Find people and groups by name, at one's institution or met in a group."""
        sender = audience.choose_sender(actor, profile_of(data.sender))
        found = await finding.find_recipients(read, platform, actor, sender, data.words)
        return schemas.FoundRecipients.of(found)

    @post(
        "/preview",
        opt=needs("messages.create"),
        status_code=200,
        responses=problems(WrongIdKind, Invalid),
    )
    async def preview_audience(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.AudienceToPreview],
    ) -> schemas.AudiencePreview:
        """Tell who would get a message: how many, of what kind, and the first of them by name."""
        sender = audience.choose_sender(actor, profile_of(data.sender))
        choices = parse_choices(data.recipients)
        found = await audience.resolve(read, platform, actor, sender, choices)
        return schemas.AudiencePreview.of(found)
