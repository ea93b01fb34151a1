"""What the plugin tells others: ids only, one committed schema each in ``event_schemas/``."""

from typing import ClassVar
from uuid import UUID

from aula_sdk.events import Event


class _OfGroup(Event, frozen=True, kw_only=True):
    """Something that has happened to a group."""

    group_id: UUID

    @property
    def stream(self) -> UUID:
        """In order within a group."""
        return self.group_id


class GroupCreated(_OfGroup, frozen=True, kw_only=True):
    """Somebody has made a group."""

    name: ClassVar[str] = "groups.group_created.v1"
    institution_id: UUID
    maker_id: UUID


class GroupChanged(_OfGroup, frozen=True, kw_only=True):
    """The name, the end or the set-up of a group has changed."""

    name: ClassVar[str] = "groups.group_changed.v1"


class GroupEnded(_OfGroup, frozen=True, kw_only=True):
    """A group reaches nobody any more."""

    name: ClassVar[str] = "groups.group_ended.v1"


class MembersChanged(_OfGroup, frozen=True, kw_only=True):
    """People have become members, or are none any more."""

    name: ClassVar[str] = "groups.members_changed.v1"


class ApplicationMade(_OfGroup, frozen=True, kw_only=True):
    """Somebody asks to become a member, or for a child."""

    name: ClassVar[str] = "groups.application_made.v1"
    application_id: UUID
    profile_id: UUID


class ApplicationDecided(_OfGroup, frozen=True, kw_only=True):
    """An application was accepted or rejected."""

    name: ClassVar[str] = "groups.application_decided.v1"
    application_id: UUID
    profile_id: UUID
    accepted: bool


EVENTS: tuple[type[Event], ...] = (
    GroupCreated,
    GroupChanged,
    GroupEnded,
    MembersChanged,
    ApplicationMade,
    ApplicationDecided,
)
