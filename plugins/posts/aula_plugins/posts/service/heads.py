"""Loading a post together with what the reader may do to it, by one statement (POST-5)."""

from uuid import UUID

import msgspec

from aula_plugins.posts.queries import heads
from aula_plugins.posts.settings import settings_of
from aula_sdk.errors import NotFound
from aula_sdk.people import Actor, ActorProfile
from aula_sdk.protocols import Platform, ReadUnit


class May(msgspec.Struct, frozen=True):
    """What the reader may do to a post as it stands now; programs and pages compute nothing."""

    comment: bool
    edit: bool
    withdraw: bool
    report: bool
    remove_from_group: bool
    keep: bool
    """Mark it as read or unread, and bookmark it."""


class Opened(msgspec.Struct, frozen=True):
    """A post, and what the reader may do to it."""

    head: heads.Head
    may: May
    is_own: bool


async def load_post(unit: ReadUnit, platform: Platform, actor: Actor, post_id: UUID) -> Opened:
    """Return a post that the actor may read; raise `NotFound` to everybody else."""
    visible = platform.permissions.visible(actor, "posts.read")
    rights = [platform.permissions.visible(actor, action) for action in heads.POST_ACTIONS]
    params: dict[str, object] = {
        "post_id": post_id,
        "mine": reading_profiles(actor),
        "now": unit.now,
    }
    for right in (visible, *rights):
        params |= right.params
    row = await unit.first(heads.head(visible.clause, *(right.clause for right in rights)), params)
    if row is None:
        raise NotFound
    head = heads.read_head(row)
    is_own = head.row.author_id in params["mine"]  # type: ignore[operator]  # A list of ids.
    return Opened(head, _may(platform, head, is_own=is_own), is_own)


def _may(platform: Platform, head: heads.Head, *, is_own: bool) -> May:
    """Put together what is held and what the state of the post lets be done."""
    row, rights = head.row, head.rights
    stands = row.withdrawn_at is None
    open_for_words = stands and head.is_current and comments_open(platform, head)
    return May(
        comment=rights.comment and open_for_words,
        edit=rights.edit and stands,
        withdraw=rights.withdraw and stands,
        report=rights.report and stands and not is_own,
        remove_from_group=rights.remove_from_group and stands,
        keep=True,
    )


def comments_open(platform: Platform, head: heads.Head) -> bool:
    """Whether the writer and the municipality let a post be commented on."""
    settings = settings_of(platform, head.row.municipality_id)
    return head.row.comments_allowed and settings.comments


def reading_profiles(actor: Actor) -> list[UUID]:
    """Return the profiles with which the actor reads posts."""
    return [profile.id for profile in actor.profiles_for("posts.read")]


def profile_at(actor: Actor, action: str, institution_id: UUID) -> ActorProfile:
    """Return the profile with which the actor does this to something of an institution.

    It is the one at that institution, else the first that may; raises `NotFound` without any.
    """
    possible = actor.profiles_for(action)
    there = [one for one in possible if one.institution_id == institution_id]
    for profile in (*there, *possible):
        return profile
    raise NotFound
