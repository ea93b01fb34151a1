"""What lies on the desk while one writes a post: choices, suggestions, whom it reaches."""

from typing import Any

import msgspec

from aula_plugins.posts.api.declarations import files_of
from aula_plugins.posts.pages import wording
from aula_plugins.posts.service import audience, finding
from aula_plugins.posts.service.audience import Audience
from aula_plugins.posts.service.choices import parse_choices
from aula_plugins.posts.service.drafting import DraftContent
from aula_plugins.posts.settings import settings_of
from aula_sdk.i18n import Text
from aula_sdk.ids import FILE, PROFILE
from aula_sdk.people import Actor, ActorProfile, Kind
from aula_sdk.protocols import Platform, ReadUnit
from aula_sdk.richtext import plain_text


class Chosen(msgspec.Struct, frozen=True):
    """The people of one kind in a group, who were chosen."""

    key: str
    name: Text
    size: int


class Desk(msgspec.Struct, frozen=True):
    """A post as the page shows it while it is written."""

    draft_key: str
    content: DraftContent
    senders: tuple[ActorProfile, ...]
    sender: ActorProfile
    chosen: tuple[Chosen, ...]
    found: tuple[finding.Candidate, ...]
    reached: Audience
    is_large: bool
    comments_possible: bool
    files: tuple[Any, ...]

    @property
    def text(self) -> str:
        """The words without marks, for those who write without the editor."""
        return plain_text(self.content.html)

    @property
    def sender_key(self) -> str:
        """The writing profile's id on the wire."""
        return PROFILE.format(self.sender.id)

    @property
    def sender_options(self) -> list[dict[str, str]]:
        """The institutions from which one can post."""
        return [
            {"value": PROFILE.format(one.id), "label": one.institution_name} for one in self.senders
        ]

    @property
    def chosen_keys(self) -> tuple[str, ...]:
        """What has been chosen, as it is written on the wire."""
        return tuple(one.key for one in self.chosen)

    @property
    def size(self) -> int:
        """How many people it reaches now."""
        return self.reached.size

    @property
    def sizes(self) -> list[tuple[Kind, int]]:
        """How many of each kind."""
        by_kind = self.reached.by_kind
        return [(kind, by_kind[kind]) for kind in Kind if kind in by_kind]

    @property
    def first_names(self) -> tuple[str, ...]:
        """The first of those whom it reaches."""
        return self.reached.first_names


async def lay_out(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    draft_key: str,
    content: DraftContent,
    sender: ActorProfile,
) -> Desk:
    """Return a post with everything that the page shows beside it."""
    choices = parse_choices(content.audience)
    reached = await audience.resolve(read, platform, actor, sender, choices)
    files = files_of(content.attachments)
    return Desk(
        draft_key=draft_key,
        content=content,
        senders=audience.senders(actor),
        sender=sender,
        chosen=tuple(
            Chosen(one.key, wording.audience_name(one.role, reached.names[one]), size)
            for one, size in reached.sizes.items()
        ),
        found=await finding.find_groups(read, platform, actor, sender, content.search),
        reached=reached,
        is_large=audience.is_large(platform, sender, reached),
        comments_possible=settings_of(platform, sender.municipality_id).comments,
        files=tuple(
            {"key": FILE.format(one.id), "name": one.name}
            for one in (await platform.files.waiting(read, actor, files) if files else ())
        ),
    )
