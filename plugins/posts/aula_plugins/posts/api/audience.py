"""Whom a post can be for. What is typed comes by POST, so that it is in no log of addresses."""

from litestar import Controller, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from aula_plugins.posts import schemas
from aula_plugins.posts.api.declarations import profile_of
from aula_plugins.posts.service import audience, finding
from aula_plugins.posts.service.choices import parse_choices
from aula_sdk.contributions import needs
from aula_sdk.errors import Invalid
from aula_sdk.ids import WrongIdKind
from aula_sdk.openapi import problems
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit


class AudienceApi(Controller):
    """``/api/v1/posts/audience``."""

    path = "/audience"
    tags = ("Posts",)

    @post(
        "/search",
        opt=needs("posts.create"),
        status_code=200,
        responses=problems(WrongIdKind, Invalid),
    )
    async def find_groups(
        self,
        actor: NamedDependency[Actor],
        read: NamedDependency[ReadUnit],
        platform: NamedDependency[Platform],
        data: JSONBody[schemas.GroupSearch],
    ) -> schemas.FoundGroups:
        """Find groups at one's institution by how their names begin."""
        sender = audience.choose_sender(actor, profile_of(data.sender))
        found = await finding.find_groups(read, platform, actor, sender, data.words)
        return schemas.FoundGroups([schemas.FoundGroup.of(one) for one in found])

    @post(
        "/preview",
        opt=needs("posts.create"),
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
        """Tell whom a post would reach now: how many, of what kind, and the first by name."""
        sender = audience.choose_sender(actor, profile_of(data.sender))
        choices = parse_choices(data.audience)
        found = await audience.resolve(read, platform, actor, sender, choices)
        return schemas.AudiencePreview.of(found)
