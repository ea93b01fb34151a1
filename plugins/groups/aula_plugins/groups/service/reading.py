"""Reading groups: lists, one group, its members."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from aula_plugins.groups.queries import applications, groups, members
from aula_plugins.groups.queries.groups import GroupRow, Head, PartRow
from aula_plugins.groups.queries.members import Editor, MemberRow, Named
from aula_sdk.errors import NotFound
from aula_sdk.names import natural_sort_key
from aula_sdk.people import Actor
from aula_sdk.protocols import Platform, ReadUnit
from aula_sdk.stamdata_source import GroupKind


class Wanted(msgspec.Struct, frozen=True):
    """Which groups a list is asked for."""

    mine: bool = False
    """Groups that the actor or a child belongs to, or that the actor looks after."""
    kind: GroupKind | None = None
    words: str = ""
    """How the name begins."""


class GroupPage(msgspec.Struct, frozen=True):
    """Some groups; ``next`` is the last of them where there are more."""

    items: tuple[GroupRow, ...]
    next: UUID | None = None


class MemberPage(msgspec.Struct, frozen=True):
    """Some members; ``next`` is the last of them where there are more."""

    items: tuple[MemberRow, ...]
    next: UUID | None = None


class Opened(msgspec.Struct, frozen=True):
    """A group with what its page shows to this reader."""

    head: Head
    editors: tuple[Editor, ...]
    parts: tuple[PartRow, ...]
    """Only for those who manage the members."""
    members: MemberPage
    """Empty for those who may not see them."""
    mine: tuple[Named, ...]
    """The actor and the children, as far as they are in the group."""
    joiners: tuple[Named, ...]
    """The actor and the children, as far as they could come in."""
    waiting: frozenset[UUID]
    """For whom of these an application waits."""


def mine(actor: Actor) -> list[UUID]:
    """Return the profiles for whom the actor acts: the own ones and the children's."""
    return [
        *(profile.id for profile in actor.profiles),
        *(child.profile_id for child in actor.children),
    ]


def pattern(folded: str, before: str = "") -> str:
    """Return the pattern of what begins so, after ``before``."""
    for sign in ("\\", "%", "_"):
        folded = folded.replace(sign, f"\\{sign}")
    return f"{before}{folded}%"


async def list_groups(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    wanted: Wanted,
    after: UUID | None = None,
) -> GroupPage:
    """Return the groups that the actor may see, by name."""
    right = platform.permissions.visible(actor, "groups.see")
    given: dict[str, Any] = {**right.params, "now": read.now}
    if wanted.mine:
        given["members"] = mine(actor)
    if wanted.kind is not None:
        given["kind"] = wanted.kind.value
    if wanted.words:
        given["prefix"] = pattern(natural_sort_key(wanted.words))
    if after is not None:
        given["after"] = after
    statement = groups.listed(
        right.clause,
        mine=wanted.mine,
        of_kind=wanted.kind is not None,
        named=bool(wanted.words),
        paged=after is not None,
    )
    rows = await read.structs(GroupRow, statement, given)
    shown = tuple(rows[: groups.PAGE])
    return GroupPage(shown, shown[-1].id if len(rows) > groups.PAGE else None)


async def load_head(read: ReadUnit, platform: Platform, actor: Actor, group_id: UUID) -> Head:
    """Return a group with what the actor may do to it; raise `NotFound` to strangers."""
    rights = platform.permissions
    visible = rights.visible(actor, "groups.see")
    asked = [rights.visible(actor, f"groups.{name}") for name in groups.ASKED]
    given: dict[str, Any] = {**visible.params, "group_id": group_id, "now": read.now}
    for right in asked:
        given |= right.params
    statement = groups.head(visible.clause, *(right.clause for right in asked))
    found = await read.structs(Head, statement, given)
    if not found:
        raise NotFound
    return found[0]


async def open_group(read: ReadUnit, platform: Platform, actor: Actor, group_id: UUID) -> Opened:
    """Return everything that the group's page shows; raise `NotFound` to strangers."""
    head = await load_head(read, platform, actor, group_id)
    given = _given(read, actor, group_id)
    editors = await read.structs(Editor, members.EDITORS, given) if head.made_here else []
    parts = await read.structs(PartRow, groups.PARTS, given) if head.may_manage_members else []
    inside = await read.structs(Named, members.MEMBERS_OF_MINE, given)
    joiners, waiting = await _joiners(read, head, given, inside)
    page = MemberPage(())
    if head.may_see_members:
        page = await list_members(read, platform, actor, group_id)
    return Opened(head, tuple(editors), tuple(parts), page, tuple(inside), tuple(joiners), waiting)


async def _joiners(
    read: ReadUnit, head: Head, given: Mapping[str, Any], inside: list[Named]
) -> tuple[list[Named], frozenset[UUID]]:
    if not head.may_join:
        return [], frozenset()
    there = {one.id for one in inside}
    found = await read.structs(Named, members.JOINABLE_BY, given)
    waiting = await read.rows(groups.MY_APPLICATIONS, given)
    return [one for one in found if one.id not in there], frozenset(row[0] for row in waiting)


async def list_members(
    read: ReadUnit,
    platform: Platform,
    actor: Actor,
    group_id: UUID,
    after: UUID | None = None,
) -> MemberPage:
    """Return members by name; nobody to those who may not see who is in the group."""
    right = platform.permissions.visible(actor, "groups.see_members")
    given = {**right.params, "group_id": group_id, "now": read.now, "after": after}
    statement = members.members(right.clause, paged=after is not None)
    rows = await read.structs(MemberRow, statement, given)
    shown = tuple(rows[: members.PAGE])
    return MemberPage(shown, shown[-1].profile_id if len(rows) > members.PAGE else None)


def _given(read: ReadUnit, actor: Actor, group_id: UUID) -> dict[str, Any]:
    return {"group_id": group_id, "now": read.now, "members": mine(actor)}


async def count_applications(read: ReadUnit, platform: Platform, actor: Actor) -> int:
    """Return how many applications wait for the actor, by one statement."""
    right = platform.permissions.visible(actor, "groups.decide")
    return int(await read.scalar(applications.count_waiting(right.clause), right.params) or 0)


def is_over(head: Head, now: datetime) -> bool:
    """Whether the group has ended."""
    return head.valid_to is not None and head.valid_to <= now
