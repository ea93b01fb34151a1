"""What lies on the desk while one writes a new message: choices, suggestions, who gets it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from aula_plugins.messages.api.declarations import files_of
from aula_plugins.messages.pages import wording
from aula_plugins.messages.queries.search import ChildChoice
from aula_plugins.messages.service import audience, finding
from aula_plugins.messages.service.audience import Audience
from aula_plugins.messages.service.choices import Choice, parse_choices
from aula_plugins.messages.service.drafting import DraftContent
from aula_plugins.messages.settings import settings_of
from aula_sdk.i18n import Text
from aula_sdk.ids import FILE, PROFILE
from aula_sdk.people import Actor, ActorProfile, Kind
from aula_sdk.protocols import Platform, ReadUnit
from aula_sdk.richtext import plain_text

MOST_CHILDREN = 12
"""With more children among the recipients, none is offered as what the message is about."""
PREVIEW = 12


class Chosen(msgspec.Struct, frozen=True):
    """A recipient that was chosen."""

    key: str
    name: Text | str
    size: int
    is_group: bool


class Desk(msgspec.Struct, frozen=True):
    """A new message as the page shows it."""

    draft_key: str
    content: DraftContent
    senders: tuple[ActorProfile, ...]
    sender: ActorProfile
    chosen: tuple[Chosen, ...]
    found: finding.Candidates
    reached: Audience
    is_large: bool
    children: tuple[ChildChoice, ...]
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
        """The institutions from which one can write."""
        return [
            {"value": PROFILE.format(one.id), "label": one.institution_name} for one in self.senders
        ]

    @property
    def chosen_keys(self) -> tuple[str, ...]:
        """What has been chosen, as it is written on the wire."""
        return tuple(one.key for one in self.chosen)

    @property
    def child_options(self) -> list[dict[str, str]]:
        """The children that it can be about."""
        return [{"value": child.key, "label": child.name} for child in self.children]

    @property
    def size(self) -> int:
        """How many people get it."""
        return len(self.reached.people)

    @property
    def sizes(self) -> list[tuple[Kind, int]]:
        """How many of each kind."""
        by_kind = audience.size_by_kind(self.reached)
        return [(kind, by_kind[kind]) for kind in Kind if kind in by_kind]

    @property
    def first_names(self) -> list[str]:
        """The first of those who get it."""
        return [person.name for person in self.reached.people[:PREVIEW]]


async def lay_out(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    draft_key: str,
    content: DraftContent,
    *,
    search: bool = True,
) -> Desk:
    """Return a new message with everything that the page shows beside it."""
    senders = audience.senders(actor)
    sender = audience.choose_sender(actor, content.sender)
    choices = parse_choices(content.recipients)
    names = await finding.name_choices(read, platform, actor, choices)
    choices = tuple(choice for choice in choices if choice in names)
    reached = Audience((), {}, ())
    if choices:
        reached = await audience.resolve(read, platform, actor, sender, choices)
    found = finding.Candidates()
    if search:
        found = await finding.find_recipients(read, platform, actor, sender, content.search)
    files = files_of(content.attachments)
    return Desk(
        draft_key=draft_key,
        content=content,
        senders=senders,
        sender=sender,
        chosen=_chosen(choices, names, reached),
        found=found,
        reached=reached,
        is_large=len(reached.people) > settings_of(platform, sender.municipality_id).large_audience,
        children=await _children(read, actor, sender, reached),
        files=tuple(
            {"key": FILE.format(one.id), "name": one.name}
            for one in (await platform.files.waiting(read, actor, files) if files else ())
        ),
    )


def _chosen(
    choices: Sequence[Choice], names: dict[Choice, str], reached: Audience
) -> tuple[Chosen, ...]:
    return tuple(
        Chosen(
            choice.key,
            wording.recipient_name(choice.what, choice.role, names[choice]),
            reached.sizes.get(choice, 0),
            is_group=choice.role != "",
        )
        for choice in choices
    )


async def _children(
    read: ReadUnit, actor: Actor, sender: ActorProfile, reached: Audience
) -> tuple[ChildChoice, ...]:
    """Return the children whom the message can be said to be about (MSG-9)."""
    if sender.kind is Kind.GUARDIAN:
        return tuple(
            ChildChoice(child.profile_id, child.name)
            for child in actor.children
            if child.guardian_profile_id == sender.id
        )
    children: list[UUID] = sorted(reached.children)
    if len(children) > MOST_CHILDREN:
        return ()
    return await finding.name_children(read, children)
